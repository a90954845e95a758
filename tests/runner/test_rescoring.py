"""Rescoring: past scores from stored metric values, and no source is read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import attrs
import polars as pl
import pytest
import sqlalchemy as sa
from polars.testing import assert_frame_equal
from tests.support.model import Distance
from tests.support.project_on_disk import ProjectOnDisk, project_on_disk
from tests.support.small_project import card, latest, scored
from tests.support.small_project import project as small_project

from scorewell.api.v1 import Condition, Secret
from scorewell.configuration import HistoryStore, Outcomes, Project, load
from scorewell.history import History, HistoryError, Writer, schema
from scorewell.runner import run
from scorewell.runner.rescoring import Rescored, rescore
from scorewell.runner.training import train_project

WEEKS = [datetime(2026, 2, day, tzinfo=ZoneInfo("Europe/Berlin")) for day in (8, 15, 22)]
WEEKS += [datetime(2026, 3, day, tzinfo=ZoneInfo("Europe/Berlin")) for day in (1, 8)]


@attrs.frozen
class Kept:
    """A project on disk with weekly runs in its history; the sources are gone after them."""

    on_disk: ProjectOnDisk

    @property
    def project(self) -> Project:
        return load(self.on_disk.folder / "scorewell.yaml")

    def replace(self, before: str, after: str) -> None:
        self.on_disk.replace("scorewell.yaml", before, after)

    def run_weeks(self) -> None:
        for moment in WEEKS:
            run(self.project, as_of=moment)

    def lose_sources(self) -> None:
        for name in ("accounts.csv", "usage.csv", "tickets.csv"):
            (self.on_disk.folder / name).unlink()

    def rescored(self, **settings: object) -> list[Rescored]:
        return list(rescore(self.project, **settings))  # type: ignore[arg-type]

    def history(self) -> History:
        project = self.project
        assert project.history is not None
        return History.open(project.history.url, project=project.name, folder=project.folder, create=False)

    def scores(self) -> pl.DataFrame:
        with self.history() as history:
            return history.scores(history.runs()).drop("run")

    def transitions(self) -> pl.DataFrame:
        with self.history() as history:
            return history.transitions().drop("run")

    def kinds(self) -> list[str]:
        with self.history() as history:
            return [stored.kind for stored in history.runs()]


def made(folder: Path, *changes: tuple[str, str]) -> Kept:
    folder.mkdir(exist_ok=True)
    kept = Kept(project_on_disk(folder))
    written = (folder / "scorewell.yaml").read_text()
    kept.replace(written[written.index("sinks:") :], "sinks: []\n")
    for before, after in changes:
        kept.replace(before, after)
    return kept


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    kept = made(tmp_path / "kept")
    kept.run_weeks()
    kept.lose_sources()
    return kept


def as_if_always(folder: Path, *changes: tuple[str, str]) -> Kept:
    """A history in which the changed configuration was there from the beginning."""
    kept = made(folder, *changes)
    kept.run_weeks()
    return kept


HEAVIER = ("weight: 60", "weight: 90")
HOLDING = ("    minimum_coverage: 30%\n", "    minimum_coverage: 30%\n    hysteresis: {points: 20}\n")
MINUTES = "          minutes: {normalizer: "
COMPARING = ("minutes: {normalizer: {type: linear, from: 0, to: 100}}", "minutes: {normalizer: percentile}")


@pytest.mark.parametrize("refit", ["every_run", "monthly"])
def test_the_same_configuration_gives_the_same_scores_and_writes_nothing(tmp_path: Path, refit: str) -> None:
    kept = made(
        tmp_path, COMPARING, ("    minimum_coverage: 30%\n", f"    minimum_coverage: 30%\n    refit: {refit}\n")
    )
    kept.run_weeks()
    kept.lose_sources()
    before = kept.scores()
    told = kept.rescored()
    assert [(each.changed, each.bands, each.gained, each.lost, each.is_written) for each in told] == [
        (0, 0, 0, 0, False)
    ] * len(WEEKS)
    assert_frame_equal(kept.scores(), before, check_exact=True)
    assert kept.kinds() == ["run"] * len(WEEKS)


@pytest.mark.parametrize("changes", [(HEAVIER,), (HOLDING,), (HEAVIER, HOLDING), (COMPARING,)])
def test_another_scorecard_gives_what_it_would_have_given_then(
    kept: Kept, tmp_path: Path, changes: tuple[tuple[str, str], ...]
) -> None:
    for before, after in changes:
        kept.replace(before, after)
    told = kept.rescored()
    always = as_if_always(tmp_path / "always", *changes)
    assert_frame_equal(kept.scores(), always.scores(), check_exact=True)
    assert_frame_equal(kept.transitions(), always.transitions(), check_exact=True)
    assert any(each.is_written for each in told)
    assert set(kept.kinds()) == {"rescore"}


def test_each_run_says_how_many_scores_and_bands_changed(kept: Kept) -> None:
    before = kept.scores()
    kept.replace(*HEAVIER)
    told = kept.rescored()
    both = before.join(kept.scores(), on=["customer_id", "as_of"], suffix="_now")
    for each in told:
        rows = both.filter(as_of=each.as_of)
        assert each.scores == 3
        assert each.changed == (rows["score"] != rows["score_now"]).sum()
        assert each.bands == rows["band"].ne_missing(rows["band_now"]).sum()


def test_a_dimension_that_changes_under_a_score_that_stays_is_told_and_written(tmp_path: Path) -> None:
    weighty = ("minimum_coverage: 30%\n", "minimum_coverage: 30%\n    aggregator: minimum\n")
    kept = made(tmp_path / "kept", weighty)
    kept.run_weeks()
    before = kept.scores()
    kept.replace("from: 1, to: 5}", "from: 1, to: 6}")
    foretold = kept.rescored(dry_run=True)
    last = kept.rescored()[-1]
    after = kept.scores()
    keys = ["customer_id", "score_name", "as_of"]
    both = before.join(after, on=keys, suffix="_now").filter(pl.col("as_of") == pl.col("as_of").max())
    stayed = both.filter(
        pl.col("score").eq_missing(pl.col("score_now")) & (pl.col("dimensions") != pl.col("dimensions_now"))
    )
    assert stayed.height > 0
    assert last.dimensions_only == stayed.height == foretold[-1].dimensions_only
    assert last.is_written


def test_a_dimension_alone_is_written_again_where_the_configuration_is_the_same(kept: Kept) -> None:
    with closing(sqlite3.connect(kept.on_disk.folder / "scorewell.db")) as store, store:
        store.execute("update scores set dimensions = replace(dimensions, ':', ':1') where customer_id = 'a1'")
    last = kept.rescored()[-1]
    assert (last.changed, last.dimensions_only, last.is_written) == (0, 1, True)
    assert not any(each.is_written for each in kept.rescored())


def test_the_former_runs_are_kept_and_superseded(kept: Kept) -> None:
    kept.replace(*HEAVIER)
    kept.rescored()
    with kept.history() as history:
        everything = history.runs(superseded=True)
    assert [stored.kind for stored in everything if stored.superseded] == ["run"] * len(WEEKS)


@pytest.mark.parametrize("change", [HEAVIER, HOLDING])
def test_a_dry_run_says_the_same_and_writes_nothing(kept: Kept, change: tuple[str, str]) -> None:
    before = kept.scores()
    kept.replace(*change)
    foretold = kept.rescored(dry_run=True)
    assert_frame_equal(kept.scores(), before)
    told = kept.rescored()
    assert [attrs.evolve(each, is_written=True) for each in foretold] == told


def test_only_the_runs_between_two_moments_are_scored_again(kept: Kept) -> None:
    kept.replace(*HEAVIER)
    assert [each.as_of for each in kept.rescored(since=WEEKS[1], until=WEEKS[2])] == WEEKS[1:3]
    assert kept.kinds() == ["run", "rescore", "rescore", "run", "run"]


def test_a_metric_that_was_not_measured_then_has_failed_and_is_told(kept: Kept) -> None:
    kept.replace("metrics:\n  minutes:", "metrics:\n  days: {source: usage, measure: count(*)}\n  minutes:")
    kept.replace(MINUTES, f"          days: {{normalizer: {{type: linear, from: 0, to: 9}}}}\n{MINUTES}")
    told = kept.rescored()
    (found,) = [finding for finding in told[0].findings if finding.id == "not-stored"]
    assert found.where == "metrics.days"
    assert found.message == "its values of 2026-02-08 are not in the history: it was not measured then"
    assert set(kept.scores()["status"]) == {"error"}


def test_a_metric_that_was_measured_otherwise_is_not_taken_for_the_same(kept: Kept) -> None:
    before = kept.scores()
    kept.replace("measure: sum(minutes), window: 30d", "measure: sum(minutes), window: 7d")
    (found,) = [finding for finding in kept.rescored()[0].findings if finding.id == "not-stored"]
    assert found.message.endswith("it was measured differently then")
    # Nothing is lost by it: with the former configuration the former scores come back.
    kept.replace("measure: sum(minutes), window: 7d", "measure: sum(minutes), window: 30d")
    kept.rescored()
    assert_frame_equal(kept.scores(), before, check_exact=True)


def test_to_and_fro_between_configurations_loses_no_value_and_no_receipt(tmp_path: Path) -> None:
    kept = made(tmp_path, ("sinks: []", "sinks:\n  - {plugin: parquet, path: out/}"))
    kept.run_weeks()
    kept.lose_sources()
    before = kept.scores()
    window = ["measure: sum(minutes), window: 30d", "measure: sum(minutes), window: 7d"]
    for former, latter in (window, window[::-1], window, window[::-1]):
        kept.replace(former, latter)
        kept.rescored()
    assert_frame_equal(kept.scores(), before, check_exact=True)
    with kept.history() as history:
        assert [len(history.receipts(stored)) for stored in history.runs()] == [1] * len(WEEKS)


def test_what_was_noticed_when_values_were_measured_is_said_of_their_run_for_ever(tmp_path: Path) -> None:
    kept = made(tmp_path)
    usage = kept.on_disk.folder / "usage.csv"
    usage.write_text(usage.read_text() + "stranger,2026-02-20,10\n")
    kept.run_weeks()
    with kept.history() as history:
        before = [history.findings(stored) for stored in history.runs()]
    assert [found.id for found in before[-1]].count("unknown-customers") == 1
    for former, latter in (HEAVIER, HEAVIER[::-1]):
        kept.replace(former, latter)
        kept.rescored()
    with kept.history() as history:
        assert [history.findings(stored) for stored in history.runs()] == before


def test_values_whose_configuration_cannot_be_read_any_more_are_taken_by_name_and_that_is_told(kept: Kept) -> None:
    before = kept.scores().drop("line", "scorecard")
    with kept.history() as history, history.writing() as writer:
        lost = sa.delete(schema.documents).where(schema.documents.c.kind == "configuration")
        writer.connection.execute(lost)
    kept.replace("weight: 60", "weight: 61")
    kept.replace("weight: 40", "weight: 39")
    [found] = [each for each in kept.rescored(dry_run=True)[0].findings if each.id == "configuration-unread"]
    assert found.message.startswith("the configuration of the run of 2026-02-08 cannot be read any more")
    assert kept.scores().drop("line", "scorecard").equals(before)


def test_a_derived_metric_is_computed_from_what_was_measured(kept: Kept, tmp_path: Path) -> None:
    changes = [
        ("metrics:\n  minutes:", "metrics:\n  per_seat: {sql: minutes / seats}\n  minutes:"),
        (MINUTES, f"          per_seat: {{normalizer: {{type: linear, from: 0, to: 9}}}}\n{MINUTES}"),
    ]
    for before, after in changes:
        kept.replace(before, after)
    kept.rescored()
    assert_frame_equal(kept.scores(), as_if_always(tmp_path / "always", *changes).scores(), check_exact=True)


def test_an_attribute_that_was_not_asked_for_is_unknown_and_told(kept: Kept) -> None:
    kept.replace("attributes: [plan, seats]", "attributes: [plan, seats, name_of_group]")
    kept.replace("when: plan = 'Large'", "when: name_of_group = 'x' or plan = 'Large'")
    told = kept.rescored()
    assert [finding.where for finding in told[0].findings if finding.id == "not-stored"] == ["customers.name_of_group"]
    assert set(kept.scores()["segment"]) == {"large", "everyone_else"}


def test_what_was_learned_once_and_for_all_is_what_was_learned_then(tmp_path: Path) -> None:
    kept = made(tmp_path, COMPARING, ("    minimum_coverage: 30%\n", "    minimum_coverage: 30%\n    refit: never\n"))
    train_project(kept.project, as_of=WEEKS[1])
    kept.run_weeks()
    before = kept.scores()
    train_project(kept.project, as_of=WEEKS[-1])  # a later fit, which no earlier run could know
    kept.lose_sources()
    assert not any(each.changed for each in kept.rescored())
    assert_frame_equal(kept.scores().drop("scorecard"), before.drop("scorecard"), check_exact=True)


def test_a_run_whose_metric_values_were_pruned_is_skipped_with_the_reason(kept: Kept) -> None:
    with kept.history() as history, history.writing() as writer:
        (first, *_) = writer.runs()
        without_metrics(writer, first.number)
    kept.replace(*HEAVIER)
    told = kept.rescored()
    assert [each.skipped is None for each in told] == [False, True, True, True, True]
    assert told[0].skipped == "its metric values are missing"


def without_metrics(writer: Writer, number: int) -> None:
    writer.connection.execute(sa.delete(schema.frames).where(schema.frames.c.run == number))


def test_a_project_without_a_history_is_refused(tmp_path: Path) -> None:
    kept = made(tmp_path)
    with pytest.raises(HistoryError):
        kept.rescored()
    kept.replace("version: 1\n", "version: 1\nhistory: none\n")
    with pytest.raises(HistoryError, match="has no history"):
        kept.rescored()


def test_a_model_scores_the_past_with_what_it_had_learned_then(tmp_path: Path) -> None:
    def company(usage: list[float], gone: list[float]) -> Project:
        table = {"id": [*"abcdef"], "usage": usage, "gone": gone}
        made = small_project(table, card(aggregator=Distance(floor=2), metrics={"usage": scored()}), folder=tmp_path)
        outcomes = Outcomes(source="crm", outcome=Condition("gone = 1"))
        kept = HistoryStore(url=Secret("sqlite:///kept.db"))
        settings = {"metrics": {"usage": latest("usage")}, "outcomes": outcomes, "history": kept}
        return cast("Project", attrs.evolve(cast("Any", made), **settings))

    then = company([10, 20, 30, 40, 50, 60], [1, 0, 0, 0, 0, 1])
    train_project(then, as_of=WEEKS[0])
    before = run(then, as_of=WEEKS[0]).scores
    # Trained again on what happened since, it would score that week otherwise.
    now = company([70, 20, 30, 40, 50, 60], [0, 0, 0, 1, 1, 1])
    train_project(now, as_of=WEEKS[2])
    assert not run(now, as_of=WEEKS[0], dry_run=True).scores["score"].equals(before["score"])
    (told,) = rescore(now)
    assert (told.scores, told.changed) == (6, 0)
