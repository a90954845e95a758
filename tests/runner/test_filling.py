"""A backfill leaves in the history what runs at those moments would have left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import polars as pl
import pytest
from tests.support.project_on_disk import project_on_disk

from scorewell.api.v1 import ScorewellError
from scorewell.configuration import ConfigurationError, Project, load
from scorewell.history import History, HistoryError, Writer
from scorewell.replay import Scored
from scorewell.runner import filling, run
from scorewell.runner.filling import backfill
from scorewell.runner.remembering import Remembered, remember

BERLIN = ZoneInfo("Europe/Berlin")
WEEKS = [datetime(2026, 2, 1, tzinfo=BERLIN) + timedelta(days=7 * week) for week in range(6)]
BEHIND = "    minimum_coverage: 30%"


@pytest.fixture
def one_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each moment is a transaction of its own, as where there are many customers."""
    monkeypatch.setattr(filling, "_ROWS_AT_ONCE", 3)


def of(folder: Path, *changes: tuple[str, str]) -> Project:
    made = project_on_disk(folder)
    # Learned once a month, so that a backfill learns at moments that it does not score.
    made.replace("scorewell.yaml", BEHIND, f"    refit: monthly\n{BEHIND}")
    for old, new in changes:
        made.replace("scorewell.yaml", old, new)
    return load(folder / "scorewell.yaml")


def remembered(project: Project) -> dict[datetime, tuple[object, ...]]:
    """What the history shows of each moment, but for how and when it came there."""
    assert project.history is not None
    with History.open(project.history.url, project=project.name, folder=project.folder, create=False) as history:
        return {
            each.as_of: (
                attrs.evolve(each, number=0, kind="run", recorded_at=each.as_of),
                history.scores([each]).drop("run").to_dicts(),
                history.metrics(each).to_dicts(),
                history.fit(each),
                history.findings(each),
                history.transitions(since=each.as_of, until=each.as_of).drop("run", strict=False).to_dicts(),
            )
            for each in history.runs()
        }


def run_each(project: Project, moments: Sequence[datetime]) -> None:
    for moment in moments:
        run(attrs.evolve(project, sinks=()), as_of=moment)


def rate_again(project: Project) -> None:
    """Two more answers of the first customer, so that with ``GAPS`` it has no score at one moment in between."""
    tickets = project.folder / "tickets.csv"
    tickets.write_text(tickets.read_text() + "a1,2026-02-14,2026-02-16,4\na1,2026-02-24,2026-02-26,3\n")


GAPS = (("minimum_coverage: 30%", "minimum_coverage: 90%"), ("avg(rating), window: 90d", "avg(rating), window: 9d"))
HOLDING = (("    dimensions:\n", "    hysteresis: {readings: 3}\n    dimensions:\n"),)


@pytest.mark.parametrize("changes", [(), GAPS, HOLDING, GAPS + HOLDING], ids=["plain", "gaps", "holding", "both"])
@pytest.mark.parametrize("at_once", [1, 4, 8])
def test_it_remembers_what_runs_would_have_remembered(
    tmp_path: Path, changes: tuple[tuple[str, str], ...], at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "_MOMENTS_AT_ONCE", at_once)
    by_runs, filled = of(tmp_path / "runs", *changes), of(tmp_path / "filled", *changes)
    for project in (by_runs, filled):
        rate_again(project)
    run_each(by_runs, WEEKS)
    states = [each.state for each in backfill(filled, [*reversed(WEEKS), WEEKS[0]])]
    assert states == ["remembered"] * 6
    assert remembered(filled) == remembered(by_runs)


@pytest.mark.parametrize("changes", [GAPS, GAPS + HOLDING], ids=["gaps", "holding"])
@pytest.mark.parametrize("days", [1, 6])
def test_scores_that_are_no_longer_kept_are_not_looked_at(
    tmp_path: Path, changes: tuple[tuple[str, str], ...], days: int
) -> None:
    keeping = f'\nhistory: {{url: "sqlite:///scorewell.db", keep: {{scores: {days}d}}}}\nsources:'
    changes = (*changes, ("\nsources:", keeping))
    by_runs, filled = of(tmp_path / "runs", *changes), of(tmp_path / "filled", *changes)
    for project in (by_runs, filled):
        rate_again(project)
    run_each(by_runs, WEEKS)
    list(backfill(filled, WEEKS))
    assert remembered(filled) == remembered(by_runs)


@pytest.mark.usefixtures("one_at_once")
def test_a_run_in_between_is_seen_by_the_moments_after_it(tmp_path: Path) -> None:
    by_runs, filled = of(tmp_path / "runs"), of(tmp_path / "filled")
    between = WEEKS[1] + timedelta(days=3)
    run_each(by_runs, sorted([*WEEKS, between]))
    told = backfill(filled, WEEKS)
    next(told)
    next(told)
    run_each(filled, [between])
    assert [each.as_of for each in told] == WEEKS[2:]
    assert remembered(filled) == remembered(by_runs)


@pytest.mark.usefixtures("one_at_once")
def test_what_was_interrupted_is_gone_on_with(tmp_path: Path) -> None:
    filled, whole = of(tmp_path / "filled"), of(tmp_path / "whole")
    told = backfill(filled, WEEKS)
    next(told)
    next(told)
    told.close()  # type: ignore[attr-defined] # a generator
    assert len(remembered(filled)) == 2
    assert [each.state for each in backfill(filled, WEEKS)] == ["there"] * 2 + ["remembered"] * 4
    assert len(list(backfill(whole, WEEKS))) == 6
    assert remembered(filled) == remembered(whole)


def test_again_does_them_anew(tmp_path: Path) -> None:
    filled = of(tmp_path)
    list(backfill(filled, WEEKS[:2]))
    before = remembered(filled)
    assert [each.state for each in backfill(filled, WEEKS[:2], again=True)] == ["remembered"] * 2
    assert remembered(filled) == before


def test_another_configuration_finds_nothing_of_its_own(tmp_path: Path) -> None:
    list(backfill(of(tmp_path), WEEKS[:1]))
    text = (tmp_path / "scorewell.yaml").read_text()
    (tmp_path / "scorewell.yaml").write_text(text.replace("weight: 60", "weight: 10"))
    changed = load(tmp_path / "scorewell.yaml")
    assert [each.state for each in backfill(changed, WEEKS[:1])] == ["remembered"]
    assert len(remembered(changed)) == 1


def test_a_dry_run_scores_and_writes_nothing(tmp_path: Path) -> None:
    told = list(backfill(of(tmp_path), WEEKS, dry_run=True))
    assert [(each.state, each.customers, each.scores) for each in told][-1] == ("scored", 3, 3)
    assert not (tmp_path / "scorewell.db").exists()


def test_nothing_is_delivered(tmp_path: Path) -> None:
    list(backfill(of(tmp_path), WEEKS[:1]))
    assert not (tmp_path / "out").exists()


def test_a_project_without_a_history_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScorewellError, match="history: none"):
        list(backfill(attrs.evolve(of(tmp_path), history=None), WEEKS))


def test_a_moment_that_cannot_be_scored_is_named_and_those_before_it_stay(tmp_path: Path) -> None:
    versioned = "crm: {plugin: files, path: accounts.csv, customer: id, valid_from: since, valid_to: until}"
    project = of(tmp_path, ("crm: {plugin: files, path: accounts.csv, customer: id}", versioned))
    # From the middle of February on, two versions say who the first customer is.
    (tmp_path / "accounts.csv").write_text(
        "id,name,plan,seats,since,until\n"
        "a1,Acme,Large,10,2025-01-01,\na1,Acme Inc,Large,12,2026-02-12,2026-03-01\nb2,Globex,Large,20,2025-01-01,\n"
    )
    told = backfill(project, WEEKS)
    assert [next(told).as_of for _ in range(2)] == WEEKS[:2]
    with pytest.raises(ScorewellError, match=r"as of 2026-02-15T00:00:00.*a1"):
        next(told)
    assert list(remembered(project)) == WEEKS[:2]


def test_a_mistake_in_the_configuration_is_told_with_its_place_and_the_moment(tmp_path: Path) -> None:
    project = of(
        tmp_path, ("  everyone_else: {", "  few_seats: {when: seats > 5, scorecard: standard}\n  everyone_else: {")
    )
    accounts = tmp_path / "accounts.csv"
    accounts.write_text(accounts.read_text().replace("Small,5", "Small,five"))
    with pytest.raises(ConfigurationError, match=r"as of 2026-02-01T00:00:00.*scorewell.yaml:\d+.*seats > 5") as told:
        list(backfill(project, WEEKS))
    assert [problem.path for problem in told.value.problems] == ["segments.few_seats.when"]


def test_where_one_of_a_transaction_is_not_written_none_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[datetime] = []

    def failing(writer: Writer, scored: Scored, **others: Any) -> Remembered:
        written.append(scored.as_of)
        if len(written) == 5:
            raise HistoryError("the disk is full")
        return remember(writer, scored, **others)

    monkeypatch.setattr(filling, "_MOMENTS_AT_ONCE", 3)
    monkeypatch.setattr(filling, "remember", failing)
    project = of(tmp_path)
    told = backfill(project, WEEKS)
    assert [next(told).as_of for _ in range(3)] == WEEKS[:3]
    with pytest.raises(HistoryError, match="the disk is full"):
        next(told)
    assert list(remembered(project)) == WEEKS[:3]


def test_failed_metrics_are_told_with_their_moment(tmp_path: Path) -> None:
    project = of(tmp_path)
    (tmp_path / "usage.csv").unlink()
    assert [sorted(each.failed) for each in backfill(project, WEEKS[:2])] == [["minutes"]] * 2


def test_scores_are_numbers_only(tmp_path: Path) -> None:
    project = of(tmp_path)
    pl.DataFrame({"id": ["a1", "new"], "name": ["Acme", "New"], "plan": ["Large", "Large"], "seats": [1, 1]}).write_csv(
        tmp_path / "accounts.csv"
    )
    (told,) = backfill(project, WEEKS[-1:])
    assert (told.customers, told.scores) == (2, 2)


WINDOWS = {"latest": "taken_at: file_date", "week": "time: file_date"}


@pytest.mark.parametrize("kind", WINDOWS)
@pytest.mark.parametrize("seats", ["many", "1.5"])
def test_what_files_of_other_days_hold_is_not_seen_by_a_moment(tmp_path: Path, kind: str, seats: str) -> None:
    daily = f'seats: {{plugin: files, path: daily/*.csv, date_in_name: "%Y-%m-%d", customer: id, {WINDOWS[kind]}}}'
    window = ", window: 7d" if kind == "week" else ""
    changes = (
        ("  crm: {plugin", f"  {daily}\n  crm: {{plugin"),
        ("\nmetrics:\n", f"\nmetrics:\n  licences: {{source: seats, measure: sum(seats){window}}}\n"),
    )
    by_runs, filled = of(tmp_path / "runs", *changes), of(tmp_path / "filled", *changes)
    for folder in (by_runs.folder, filled.folder):
        (folder / "daily").mkdir()
        for day in range(1, 29):
            (folder / f"daily/2026-02-{day:02}.csv").write_text(f"id,seats\na1,{seats if day == 16 else day}\nb2,2\n")
    run_each(by_runs, WEEKS)
    assert [each.state for each in backfill(filled, WEEKS)] == ["remembered"] * 6
    assert remembered(filled) == remembered(by_runs)
