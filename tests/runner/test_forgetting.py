"""Forgetting, from the sinks to the history; and runs that follow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import polars as pl
import pytest
from tests.support.small_project import Remembering, card, project, scored

from scorewell.api.v1 import Forgotten, Location, Receipt, Run, ScorewellError, Secret, Sink, frozen
from scorewell.configuration import HistoryStore, Project, ScoredMetric
from scorewell.configuration.pseudonyms import Pseudonymous, pseudonym
from scorewell.discovery import Plugins
from scorewell.history import History, HistoryError
from scorewell.replay import scored_as_of
from scorewell.runner import NobodySelected, run
from scorewell.runner.decisions import override_score, overrides_of, pulses_of, record_pulse
from scorewell.runner.forgetting import forget, whom
from scorewell.runner.remembering import records_of, remember
from scorewell.runner.training import train_project
from scorewell_standard.normalizers import Percentile
from scorewell_standard.sinks import Html, Parquet

MARCH = datetime(2026, 3, 2, tzinfo=UTC)


@frozen
class Stuck(Sink):
    """Cannot be reached."""

    name = "stuck"

    def deliver(self, run: Run) -> Receipt:
        return Receipt(location="far away", count=0, what="rows")

    def forget(self, forgotten: Forgotten) -> Receipt | None:
        raise ScorewellError("the warehouse is down")


def kept(folder: Path, **changes: object) -> Project:
    customers = {"id": ["a", "b"], "name": ["Acme", "Bolt"], "usage": [50.0, 80.0]}
    of = project(customers, card(metrics={"usage": scored()}), folder=folder)
    history = HistoryStore(url=Secret("sqlite:///kept.db"))
    return attrs.evolve(of, timezone="UTC", history=history, **changes)


def test_a_customer_is_gone_from_sinks_and_history_and_stays_gone(tmp_path: Path) -> None:
    files = Parquet(path=Location(str(tmp_path / "out")))
    of = kept(tmp_path, sinks=(files, Html(path=Location(str(tmp_path / "pages")))))
    run(of, as_of=MARCH)
    forgotten = whom(of, "acme", "customer")
    assert (forgotten.id, forgotten.names) == ("a", ("Acme",))
    done = forget(of, forgotten)
    assert done.is_done
    assert [answer.receipt and answer.receipt.count for answer in done.sinks] == [1, 3]  # its page, and two lists
    assert done.history is not None
    assert (done.history["scores"], done.history["metrics"]) == (1, 1)
    (file,) = (tmp_path / "out").iterdir()
    assert pl.read_parquet(file)["customer_id"].to_list() == ["b"]
    # The source still has it.
    again = run(of, as_of=MARCH + timedelta(days=7))
    assert again.scores["customer_id"].to_list() == ["b"]
    assert [found.count for found in again.findings if found.id == "forgotten-customers"] == [1]
    assert not any("Acme" in page.read_text("utf-8") for page in (tmp_path / "pages").rglob("*.html"))


def test_nobody_decides_or_says_anything_of_who_was_forgotten(tmp_path: Path) -> None:
    of = kept(tmp_path)
    run(of, as_of=MARCH)
    forget(of, whom(of, "a", "customer"))
    until = datetime(2027, 1, 1, tzinfo=UTC)
    for who in ("a", "Acme"):
        with pytest.raises(NobodySelected):
            override_score(
                of, who, kind="score", value=5, because="they left", author="mara", until=until, begins=MARCH
            )
        with pytest.raises(NobodySelected):
            record_pulse(of, who, 1, author="mara")
    assert (overrides_of(of), pulses_of(of)) == ((), ())


def test_who_was_forgotten_is_no_longer_compared_with(tmp_path: Path) -> None:
    compared = card(metrics={"usage": ScoredMetric(normalizer=Percentile())}, refit="monthly")
    values = {f"c{number}": float(number) for number in range(10)}
    of = project({"id": list(values), "usage": list(values.values())}, compared, folder=tmp_path)
    of = attrs.evolve(of, timezone="UTC", history=kept(tmp_path).history)
    with History.open("sqlite:///kept.db", project=of.name, folder=tmp_path) as history:
        history.forget_customer("c9")
    # The month's fit is learned from the first of the month, whose table is another than that of the run.
    result = run(of, as_of=MARCH)
    assert result.fitted.values["standard"]["usage"] == 9
    pinned = attrs.evolve(compared, refit="never")
    trained = train_project(attrs.evolve(of, scorecards={"standard": pinned}), as_of=MARCH)
    assert [fit.stored.values for fit in trained.fits] == [{"usage": 9}]


def test_a_customer_that_is_forgotten_while_a_run_scores_does_not_come_back(tmp_path: Path) -> None:
    of = kept(tmp_path)
    run(of, as_of=MARCH)
    plugins = Plugins.installed()
    with History.open("sqlite:///kept.db", project=of.name, folder=tmp_path) as history:
        records = records_of(of, history)
        found = scored_as_of(of, MARCH + timedelta(days=7), plugins=plugins, hooks=plugins.hooks(), records=records)
        history.forget_customer("a")
        with (
            pytest.raises(HistoryError, match="was forgotten during this run"),
            history.writing() as writer,
        ):
            remember(writer, found, kind="run")
        assert set(history.scores(history.runs())["customer_id"]) == {"b"}


def test_a_sink_that_fails_leaves_the_history_and_the_same_again_goes_on(tmp_path: Path) -> None:
    of = kept(tmp_path, sinks=(Stuck(), Parquet(path=Location(str(tmp_path / "out")))))
    run(of, as_of=MARCH)
    done = forget(of, whom(of, "a", "customer"))
    assert (done.is_done, done.history) == (False, None)
    assert [answer.failure for answer in done.sinks] == ["the warehouse is down", None]
    repaired = attrs.evolve(of, sinks=of.sinks[1:])
    done = forget(repaired, whom(repaired, "Acme", "customer"))
    assert done.history is not None
    assert done.history["scores"] == 1


def test_a_sink_that_cannot_take_back_is_told(tmp_path: Path) -> None:
    of = kept(tmp_path, sinks=(Remembering(),))
    run(of, as_of=MARCH)
    (answer,) = forget(of, whom(of, "a", "customer")).sinks
    assert (answer.receipt, answer.failure) == (None, None)


def test_a_customer_that_left_the_source_long_ago_is_known_by_its_id(tmp_path: Path) -> None:
    run(kept(tmp_path), as_of=MARCH)
    fewer = project(
        {"id": ["b"], "name": ["Bolt"], "usage": [80.0]}, card(metrics={"usage": scored()}), folder=tmp_path
    )
    later = attrs.evolve(fewer, timezone="UTC", history=kept(tmp_path).history)
    run(later, as_of=MARCH + timedelta(days=7))
    forgotten = whom(later, "a", "customer")
    assert forgotten.names == ("Acme",)
    with pytest.raises(NobodySelected, match="'z'"):
        whom(later, "z", "customer")


def test_what_is_too_old_is_let_go_by_the_next_run(tmp_path: Path) -> None:
    from scorewell.api.v1 import Duration

    keep = {"metrics": Duration.parse("10d"), "transitions": Duration.parse("1d")}
    of = attrs.evolve(kept(tmp_path), history=HistoryStore(url=Secret("sqlite:///kept.db"), keep=keep))
    for week in range(3):
        run(of, as_of=MARCH + timedelta(days=7 * week))
    with History.open("sqlite:///kept.db", project=of.name, folder=tmp_path) as history:
        kinds = [stored.pruned for stored in history.runs()]
        assert [set(each) for each in kinds] == [{"metrics", "transitions"}, set(), set()]
        assert len(history.scores(history.runs())) == 6


def test_a_run_of_a_moment_to_come_lets_go_of_nothing_that_is_not_too_old_now(tmp_path: Path) -> None:
    from scorewell.api.v1 import Duration

    store = HistoryStore(url=Secret("sqlite:///kept.db"), keep={"runs": Duration.parse("10d")})
    of = attrs.evolve(kept(tmp_path), history=store)
    yesterday = datetime.now(MARCH.tzinfo) - timedelta(days=1)
    for moment in (yesterday, yesterday + timedelta(days=3650)):
        run(of, as_of=moment)
    with History.open("sqlite:///kept.db", project=of.name, folder=tmp_path) as history:
        assert len(history.runs()) == 2


def test_a_run_that_is_too_old_to_be_kept_leaves_no_receipt_behind(tmp_path: Path) -> None:
    from scorewell.api.v1 import Duration

    store = HistoryStore(url=Secret("sqlite:///kept.db"), keep={"runs": Duration.parse("10d")})
    of = attrs.evolve(kept(tmp_path), history=store, sinks=(Parquet(path=Location(str(tmp_path / "out"))),))
    run(of, as_of=MARCH)
    run(of, as_of=MARCH - timedelta(days=30))
    with History.open("sqlite:///kept.db", project=of.name, folder=tmp_path) as history:
        assert history.check() == ()


def test_pseudonyms_name_nobody_and_are_the_same_everywhere(tmp_path: Path) -> None:
    key = Secret("open sesame")
    disguised = Pseudonymous(sink=Parquet(path=Location(str(tmp_path / "out"))), key=key)
    seen = Remembering()
    of = kept(tmp_path, sinks=(disguised, Pseudonymous(sink=seen, key=key)))
    result = run(of, as_of=MARCH)
    assert result.failures == ()
    (file,) = (tmp_path / "out").iterdir()
    scores = pl.read_parquet(file)
    assert "name" not in scores.columns
    assert scores["customer_id"].to_list() == sorted([pseudonym(key, "a"), pseudonym(key, "b")])
    assert dict(scores.select("customer_id", "score").iter_rows())[pseudonym(key, "a")] == 50.0
    (delivered,) = seen.runs
    summary = delivered.summary()
    assert summary["name"].to_list() == summary["owner"].to_list() == [None, None]
    assert set(summary["customer_id"]) == set(scores["customer_id"])
    assert delivered.findings == ()
    forgotten = forget(attrs.evolve(of, sinks=(disguised,)), whom(of, "a", "customer"))
    assert [answer.receipt and answer.receipt.count for answer in forgotten.sinks] == [1]


def test_pages_cannot_be_under_pseudonyms(tmp_path: Path) -> None:
    pages = Pseudonymous(sink=Html(path=Location(str(tmp_path / "pages"))), key=Secret("open sesame"))
    (failure,) = run(kept(tmp_path, sinks=(pages,)), as_of=MARCH).failures
    assert failure.message == "pages name their customers, and this sink has pseudonyms"


def test_another_key_gives_other_names() -> None:
    assert pseudonym(Secret("one"), "a") != pseudonym(Secret("two"), "a")
    assert pseudonym(Secret("one"), "a") != pseudonym(Secret("one"), "b")
