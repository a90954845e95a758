"""Fits have a period: what a run learns from, and that it need not be the run's own moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.small_project import Rows, card, project

from scorewell.api.v1 import Column, CustomerKey, Expression, Level, ScorewellError, Table
from scorewell.configuration import Metric, Project, ScoredMetric, SourceTables
from scorewell.dialect import SqlAggregate
from scorewell.replay import period_start
from scorewell.runner import run
from scorewell.runner.checking import check
from scorewell.runner.explanation import explain
from scorewell.runner.training import train_project
from scorewell_standard.normalizers import Linear, Percentile

BERLIN = ZoneInfo("Europe/Berlin")
MARCH = datetime(2026, 3, 1, tzinfo=BERLIN)


def compared(*rows: tuple[str, str, float], folder: Path = Path(), **of_card: Any) -> Project:
    """Customers a, b, c and d, compared by all minutes that they ever used: rows of customer, day and minutes."""
    of = project({"id": ["a", "b", "c", "d"]}, card(), folder=folder)
    usage = pl.DataFrame(rows, schema=["who", "day", "minutes"], orient="row")
    table = Table(customer=CustomerKey(column=Column("who")), time=Column("day"))
    minutes = Metric(source="usage", measure=SqlAggregate(sql=Expression("sum(minutes)")), audience="customer")
    scored = {"minutes": ScoredMetric(normalizer=of_card.pop("normalizer", Percentile()))}
    return attrs.evolve(
        of,
        sources={**of.sources, "usage": SourceTables(plugin=Rows(frame=usage), tables={"": table})},
        metrics={"minutes": minutes},
        scorecards={"standard": card(metrics=scored, precision=None, **of_card)},
    )


FEBRUARY = (
    ("a", "2026-02-10", 10.0),
    ("b", "2026-02-10", 20.0),
    ("c", "2026-02-10", 30.0),
    ("d", "2026-02-10", 40.0),
)
LATER = (*FEBRUARY, ("b", "2026-03-05", 1000.0), ("c", "2026-03-06", 1000.0), ("d", "2026-03-07", 1000.0))


def scores(of: Project, as_of: datetime) -> dict[str, float]:
    return dict(run(of, as_of=as_of, dry_run=True).scores.select("customer_id", "score").iter_rows())


@pytest.mark.parametrize(
    ("as_of", "refit", "start"),
    [
        (datetime(2026, 3, 1, tzinfo=BERLIN), "monthly", datetime(2026, 3, 1, tzinfo=BERLIN)),
        (datetime(2026, 3, 31, 23, 59, tzinfo=BERLIN), "monthly", datetime(2026, 3, 1, tzinfo=BERLIN)),
        # 23:30 in London is half past midnight of the next month in Berlin
        (datetime(2026, 2, 28, 23, 30, tzinfo=UTC), "monthly", datetime(2026, 3, 1, tzinfo=BERLIN)),
        (datetime(2026, 3, 15, tzinfo=BERLIN), "quarterly", datetime(2026, 1, 1, tzinfo=BERLIN)),
        (datetime(2026, 12, 31, tzinfo=BERLIN), "quarterly", datetime(2026, 10, 1, tzinfo=BERLIN)),
        (datetime(2026, 3, 15, tzinfo=BERLIN), "every_run", None),
        (datetime(2026, 3, 15, tzinfo=BERLIN), "never", None),
    ],
)
def test_a_period_begins_with_a_local_day(as_of: datetime, refit: Any, start: datetime | None) -> None:
    assert period_start(as_of, refit, "Europe/Berlin") == start


def test_a_score_does_not_fall_only_because_others_improved() -> None:
    every_run, monthly = compared(*LATER), compared(*LATER, refit="monthly")
    late = MARCH + timedelta(days=14)
    improved = {"a": 12.5, "b": 37.5, "c": 62.5, "d": 87.5}
    assert scores(every_run, MARCH) == scores(monthly, MARCH) == improved
    # b moves to the end of what there was on the first of March; whoever did not move keeps the score.
    assert scores(monthly, late) == {"a": 12.5, "b": 87.5, "c": 87.5, "d": 87.5}
    assert scores(every_run, late)["d"] == 87.5
    others = compared(("a", "2026-02-10", 50.0), *LATER[1:])
    assert scores(others, MARCH)["a"] == 87.5
    assert scores(others, late)["a"] == 12.5
    assert scores(attrs.evolve(others, scorecards=monthly.scorecards), late)["a"] == 87.5


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("bcd"), st.integers(1, 14), st.floats(0, 1e6)).map(
            lambda row: (row[0], f"2026-03-{row[1]:02}", row[2])
        ),
        max_size=6,
    )
)
def test_whatever_others_do_within_the_period_moves_nobody_else(rows: list[tuple[str, str, float]]) -> None:
    assert scores(compared(*FEBRUARY, *rows, refit="monthly"), MARCH + timedelta(days=14))["a"] == 12.5


def test_runs_of_one_month_share_a_fit_and_the_next_month_has_its_own() -> None:
    of = compared(*LATER, refit="monthly")

    def fingerprint(as_of: datetime) -> str:
        return str(run(of, as_of=as_of, dry_run=True).scores["scorecard"][0])

    in_march = {fingerprint(datetime(2026, 3, day, tzinfo=BERLIN)) for day in (1, 9, 31)}
    assert len(in_march) == 1
    assert fingerprint(datetime(2026, 4, 1, tzinfo=BERLIN)) not in in_march


def test_a_backfilled_run_gives_what_the_live_run_gave() -> None:
    live = compared(*LATER[:6], refit="monthly")
    later = compared(*LATER, ("a", "2026-04-02", 5000.0), refit="monthly")
    as_of = datetime(2026, 3, 7, tzinfo=BERLIN)
    assert run(live, as_of=as_of).scores.equals(run(later, as_of=as_of).scores)


def test_what_compares_nobody_is_measured_once() -> None:
    late = MARCH + timedelta(days=14)
    reads = []
    for normalizer, refit in (
        (Linear(from_=0, to=100), "monthly"),
        (Percentile(), "every_run"),
        (Percentile(), "monthly"),
    ):
        of = compared(*LATER, normalizer=normalizer, refit=refit)
        run(of, as_of=late)
        source = of.sources["usage"].plugin
        assert isinstance(source, Rows)
        reads.append(len(source.reads))
    assert reads[0] == reads[1] < reads[2]


def test_before_there_was_anybody_a_run_learns_from_itself_and_says_so() -> None:
    of = compared(*LATER, refit="quarterly")
    since = pl.DataFrame({"id": ["a", "b", "c", "d"], "since": [date(2026, 2, 1)] * 4})
    dated = SourceTables(
        plugin=Rows(frame=since), tables={"": Table(customer=CustomerKey(column=Column("id")), time=Column("since"))}
    )
    result = run(attrs.evolve(of, sources={**of.sources, "crm": dated}), as_of=MARCH)
    assert result.scores["score"].to_list() == [12.5, 37.5, 62.5, 87.5]
    (finding,) = (finding for finding in result.findings if finding.id == "no-customers-yet")
    assert (finding.level, finding.where) == (Level.WARNING, "2026-01-01")


def test_what_is_never_fitted_again_must_have_been_fitted(tmp_path: Path) -> None:
    of = compared(*LATER, folder=tmp_path, refit="never")
    with pytest.raises(ScorewellError, match="scorecard 'standard' says refit: never, and there is no") as caught:
        run(of, as_of=MARCH)
    assert caught.value.message.endswith("fits/standard.json")
    assert caught.value.hint == "scorewell fit --scorecard standard"
    assert caught.value.message in {finding.message for finding in check(of, MARCH)}


def test_what_is_never_fitted_again_scores_by_the_stored_fit(tmp_path: Path) -> None:
    of = compared(*LATER, folder=tmp_path, refit="never")
    train_project(of, as_of=MARCH)
    late = datetime(2026, 9, 1, tzinfo=BERLIN)
    assert scores(of, late) == {"a": 12.5, "b": 87.5, "c": 87.5, "d": 87.5}
    with pytest.raises(ScorewellError, match=r"fits/standard\.json was learned with other settings"):
        run(
            compared(*LATER, folder=tmp_path, refit="never", normalizer=Percentile(fallback=Linear(from_=0, to=1))),
            as_of=late,
        )


def test_what_learns_nothing_needs_no_stored_fit(tmp_path: Path) -> None:
    of = compared(*FEBRUARY, folder=tmp_path, refit="never", normalizer=Linear(from_=0, to=100))
    assert scores(of, MARCH)["a"] == 10


def test_the_customers_own_page_is_scored_by_the_runs_fit() -> None:
    result = run(compared(*LATER, refit="monthly"), as_of=MARCH + timedelta(days=14))
    [page] = [page for page in result.reports("customer") if page.path == "customers/c.html"]
    assert "87.5" in page.content


def test_an_explanation_says_that_a_fallback_scored() -> None:
    of = compared(*FEBRUARY, normalizer=Percentile(fallback=Linear(from_=0, to=100)))
    explanation = explain(of, "a", as_of=MARCH)
    assert explanation.root is not None
    assert explanation.score == 10
    assert explanation.root.parts[0].remark == "fewer than 30 values to compare with: scored by its fallback, linear"
