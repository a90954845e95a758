"""What is remembered is what was given, and the same run again takes its place."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
import sqlalchemy as sa
from polars.testing import assert_frame_equal
from tests.support.remembered import MONDAY, NEXT_MONDAY, record, scores, transition

from scorewell.api.v1 import Finding, Level
from scorewell.history import History, HistoryError, RunRecord, StoredReceipt, StoredRun, schema


def remembered(history: History, *records: RunRecord) -> list[StoredRun]:
    with history.writing() as writer:
        return [writer.replace(given) for given in records]


def test_a_run_comes_back_as_it_was_told(history: History) -> None:
    given = record(versions={"scorewell": "0.3.0"}, failed={"csat": "no column"}, stale={"logins": "usage: 3 days"})
    [stored] = remembered(history, given)
    assert history.runs() == (stored,)
    assert (stored.project, stored.run_id, stored.as_of, stored.kind) == ("Acme", "a1", MONDAY, "run")
    assert (stored.versions, stored.failed, stored.stale) == (given.versions, given.failed, given.stale)
    assert (stored.customers, stored.superseded) == (2, False)
    assert abs(stored.recorded_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_moments_are_instants_to_the_microsecond(history: History) -> None:
    moment = datetime(2026, 3, 1, 0, 0, 0, 123457, tzinfo=ZoneInfo("Europe/Berlin"))
    remembered(history, record(as_of=moment))
    found = history.run_at(moment.astimezone(UTC))
    assert found is not None
    assert (found.as_of, found.as_of.tzinfo) == (moment, UTC)
    assert history.scores([found])["as_of"].to_list() == [moment, moment]


def test_scores_come_back_bit_by_bit(history: History) -> None:
    awkward = {'ä,"b\nc': 0.1 + 0.2, "": 1e-300, " x ": 100.0, "null": None, "\\N": 33.333333333333336}
    [run] = remembered(history, record(awkward))
    found = history.scores([run])
    given = scores(awkward)
    assert_frame_equal(
        found.select("customer_id", "score", "band", "stage", "coverage"),
        given.select("customer_id", "score", "band", "stage", "coverage"),
        check_exact=True,
    )
    dimensions = found["dimensions"].str.json_decode(pl.Struct({"usage": pl.Float64, "usage.depth": pl.Float64}))
    assert dimensions.struct.field("usage").to_list() == given["score"].to_list()
    assert dimensions.struct.field("usage.depth").to_list() == [1 / 3] * 5


def test_the_columns_that_are_asked_for_are_those_that_come(history: History) -> None:
    [run] = remembered(history, record())
    assert history.scores([run], ["customer_id", "as_of", "score"]).schema == {
        "customer_id": pl.String,
        "as_of": pl.Datetime("us", "UTC"),
        "score": pl.Float64,
    }
    assert history.scores([], ["run", "score"]).schema == {"run": pl.Int64, "score": pl.Float64}


def test_metrics_come_back_with_every_type(history: History) -> None:
    metrics = pl.DataFrame(
        {
            "customer_id": ["ada", "bob"],
            "active": [True, None],
            "logins": [float("nan"), 0.1],
            "seats": pl.Series([1, None], dtype=pl.Int64),
            "renewal": [date(2026, 5, 1), None],
            "seen": pl.Series([MONDAY, None], dtype=pl.Datetime("us", "Europe/Berlin")),
            "plan": pl.Series(["pro", None], dtype=pl.Categorical),
            "tenure": [timedelta(days=3), None],
        }
    )
    [run] = remembered(history, record(metrics=metrics))
    assert_frame_equal(history.metrics(run), metrics, check_exact=True)
    assert history.metrics(run, ["bob"])["customer_id"].to_list() == ["bob"]
    assert history.metrics(run, ["eve"]).schema == metrics.schema


def test_metrics_of_many_customers_are_kept_in_parts(history: History) -> None:
    ids = [f"c{number:06}" for number in range(45_000)]
    metrics = pl.DataFrame({"customer_id": ids[::-1], "logins": range(45_000)})
    [run] = remembered(history, record(metrics=metrics))
    assert_frame_equal(history.metrics(run), metrics.sort("customer_id"))
    assert history.metrics(run, {"c044999"})["logins"].to_list() == [0]
    assert history.metrics(run, {"c000000", "c030000"}).height == 2


def test_one_customers_metrics_are_read_without_those_of_others(history: History) -> None:
    metrics = pl.DataFrame({"customer_id": [f"c{number:06}" for number in range(45_000)]})
    [run] = remembered(history, record(metrics=metrics))
    with history.writing() as writer:
        damaged = sa.update(schema.frames).where(schema.frames.c.kind == "metrics", schema.frames.c.part == 2)
        writer.connection.execute(damaged.values(content=b"no longer what was written"))
    assert history.metrics(run, {"c020000"}).height == 1
    with pytest.raises(HistoryError, match="part 2 of the metrics differs from what was written"):
        history.metrics(run, {"c044999"})


@pytest.mark.parametrize(
    "odd", ["nul \x00 inside", "O'Neil\"; drop table runs --", "line\nbreak\r\n\\.\n", "x" * 9000, "é", "e\u0301"]
)
def test_customers_may_be_called_anything(history: History, odd: str) -> None:
    [run] = remembered(history, record({odd: 1.0, "plain": 2.0}, transitions=transition(odd)))
    [receipt] = [StoredReceipt(sink="sinks.1", failure=f"no {odd}")]
    with history.writing() as writer:
        writer.remember_receipts(run, [receipt])
    called = odd.replace("\x00", "\ufffd")
    assert set(history.scores([run])["customer_id"]) == {called, "plain"}
    assert set(history.metrics(run)["customer_id"]) == {called, "plain"}
    assert history.transitions(customer_id=called).height == 1
    assert history.receipts(run)[0].failure == f"no {called}"
    assert history.check() == ()


def test_bands_of_another_product_may_be_called_anything(history: History) -> None:
    old = pl.DataFrame({"customer_id": ["ada"], "as_of": [MONDAY], "score": [50.0], "band": ["a\x00b"]})
    [imported] = history.import_scores(old, "old")
    assert history.scores([imported])["band"].to_list() == ["a\ufffdb"]
    assert history.check() == ()


def test_documents_and_findings_come_back(history: History) -> None:
    found = Finding(id="stale-table", level=Level.WARNING, where="usage", message="old", count=3, examples=("a", "b"))
    [run] = remembered(history, record(fit='{"é": 1}', document="name: Acme\n", findings=[found]))
    assert (history.fit(run), history.document(run)) == ('{"é": 1}', "name: Acme\n")
    assert history.findings(run) == (found,)


def test_the_same_run_again_replaces_the_former_and_keeps_its_number(history: History) -> None:
    [first, later] = remembered(history, record(transitions=transition("ada")), record(as_of=NEXT_MONDAY))
    [again] = remembered(history, record({"ada": 12.0}, transitions=transition("ada", "at_risk")))
    assert again.number == first.number
    assert [run.number for run in history.runs(superseded=True)] == [first.number, later.number]
    assert history.scores([again])["score"].to_list() == [12.0]
    assert history.metrics(again).height == 1
    assert history.transitions()["to_band"].to_list() == ["at_risk"]


def test_another_run_of_the_same_moment_supersedes_the_former(history: History) -> None:
    [old] = remembered(history, record({"ada": 1.0}, run_id="old", transitions=transition("ada")))
    [new] = remembered(history, record({"ada": 2.0}, run_id="new"))
    assert history.runs() == (new,)
    assert [(run.run_id, run.superseded) for run in history.runs(superseded=True)] == [("old", True), ("new", False)]
    assert history.scores_of("ada")["score"].to_list() == [2.0]
    assert history.transitions().height == 0
    assert history.scores([old])["score"].to_list() == [1.0]


def test_a_superseded_run_that_is_run_again_is_the_valid_one(history: History) -> None:
    remembered(history, record(run_id="old"), record(run_id="new"), record(run_id="old"))
    assert [(run.run_id, run.superseded) for run in history.runs(superseded=True)] == [("new", True), ("old", False)]


def test_runs_are_found_by_their_moment(history: History) -> None:
    days = [MONDAY + timedelta(days=day) for day in range(4)]
    remembered(history, *(record(as_of=day) for day in reversed(days)))
    assert [run.as_of for run in history.runs()] == days
    assert [run.as_of for run in history.runs(since=days[1], until=days[2])] == days[1:3]
    before = history.run_before(days[2])
    assert before is not None
    assert before.as_of == days[1]
    assert history.run_before(days[0]) is None
    assert history.run_at(days[0] + timedelta(microseconds=1)) is None


def test_one_customers_scores_come_latest_first(history: History) -> None:
    days = [MONDAY + timedelta(days=day) for day in range(4)]
    remembered(history, *(record({"ada": float(day.day), "bob": 5.0}, as_of=day) for day in days))
    assert history.scores_of("ada")["score"].to_list() == [5.0, 4.0, 3.0, 2.0]
    assert history.scores_of("ada", until=days[2], limit=2)["score"].to_list() == [4.0, 3.0]
    assert history.scores_of("ada", score_name="adoption").height == 0


def test_band_changes_are_found_by_moment_and_customer(history: History) -> None:
    days = [MONDAY + timedelta(days=day) for day in range(3)]
    bands = ["stable", "healthy", "at_risk"]
    remembered(
        history,
        *(record(as_of=day, transitions=transition("ada", band)) for day, band in zip(days, bands, strict=True)),
    )
    assert history.transitions(since=days[1], customer_id="ada")["to_band"].to_list() == ["healthy", "at_risk"]
    assert history.transitions(customer_id="bob").height == 0


def test_receipts_are_replaced_together(history: History) -> None:
    [run] = remembered(history, record())
    done = StoredReceipt(sink="sinks.1 (csv)", location="out/scores.csv", count=2, what="rows")
    failed = StoredReceipt(sink="sinks.2 (html)", failure="the disk is full")
    for given in ([done, failed], [done]):
        with history.writing() as writer:
            writer.remember_receipts(run, given)
        assert history.receipts(run) == tuple(given)


def test_what_was_learned_for_a_period_is_found_by_its_key(history: History) -> None:
    key = {"scorecard": "standard", "as_of": MONDAY, "settings": "s1"}
    with history.writing() as writer:
        writer.remember_period_fit(**key, document="first")
        writer.remember_period_fit(**key, document="second")
        assert writer.period_fit(**key) == "second"
    assert history.period_fit(**key) == "second"
    assert history.period_fit(**{**key, "settings": "s2"}) is None


def test_a_writer_sees_what_it_wrote_and_others_see_it_at_the_end(history: History) -> None:
    with history.writing() as writer:
        run = writer.replace(record())
        assert writer.runs() == (run,)
        assert writer.scores([run]).height == 2
        assert history.runs() == ()
    assert history.runs() == (run,)


def test_an_error_within_leaves_the_store_as_it_was(history: History) -> None:
    [run] = remembered(history, record({"ada": 1.0}))
    with suppress(ZeroDivisionError), history.writing() as writer:
        writer.replace(record({"ada": 2.0}))
        raise ZeroDivisionError
    assert history.scores([run])["score"].to_list() == [1.0]


def test_projects_in_one_store_do_not_see_each_other(open_history: Callable[..., History]) -> None:
    acme, other = open_history(), open_history(project="Other")
    [run] = remembered(acme, record({"ada": 1.0}, transitions=transition("ada")))
    [others] = remembered(other, record({"ada": 2.0}))
    assert (acme.runs(), other.runs()) == ((run,), (others,))
    assert acme.scores_of("ada")["score"].to_list() == [1.0]
    assert other.transitions().height == 0


def test_a_store_that_is_not_there_is_not_made_for_who_only_reads(open_history: Callable[..., History]) -> None:
    with pytest.raises(HistoryError, match="there is no history yet"):
        open_history(create=False)
    open_history()
    assert open_history(create=False).runs() == ()
