"""Another product's scores beside ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from scorewell.evaluation.beside import beside, nearest_moments
from scorewell.history.rows import MOMENT

MARCH = datetime(2026, 3, 1, tzinfo=UTC)
WEEK = timedelta(weeks=1)


def scores(*rows: tuple[str, datetime, float | None, str | None]) -> pl.DataFrame:
    columns = {"customer_id": pl.String(), "as_of": MOMENT, "score": pl.Float64(), "band": pl.String()}
    return pl.DataFrame(rows, schema=columns, orient="row")


def test_the_nearest_run_counts_and_the_earlier_of_two() -> None:
    runs = [MARCH + WEEK, MARCH, MARCH - WEEK]
    between = MARCH + WEEK / 2
    asked = [MARCH + timedelta(days=1), between, MARCH + 2 * WEEK]
    assert nearest_moments(asked, runs) == {asked[0]: MARCH, between: MARCH, asked[2]: MARCH + WEEK}


@pytest.mark.parametrize(("days", "is_near"), [(15, True), (16, False)])
def test_a_run_of_another_time_is_none(days: int, is_near: bool) -> None:
    assert (MARCH in nearest_moments([MARCH], [MARCH - timedelta(days=days)])) is is_near


def test_the_order_is_compared_and_not_the_scale() -> None:
    old = scores(("a", MARCH, 1.0, "red"), ("b", MARCH, 2.0, "red"), ("c", MARCH, 9.0, "green"))
    own = scores(("a", MARCH, 40.0, "at_risk"), ("b", MARCH, 71.0, "healthy"), ("c", MARCH, 90.0, "healthy"))
    told = beside(old, own)
    assert told.rank_correlation == pytest.approx(1)
    assert told.bands.rows() == [("green", "healthy", 1), ("red", "at_risk", 1), ("red", "healthy", 1)]
    assert beside(old, own.with_columns(-pl.col("score"))).rank_correlation == pytest.approx(-1)


def test_whom_both_see_most_differently_comes_first() -> None:
    old = scores(*((name, MARCH, score, None) for name, score in zip("abcd", (1.0, 2.0, 3.0, 4.0), strict=True)))
    own = scores(*((name, MARCH, score, "x") for name, score in zip("abcd", (90.0, 10.0, 20.0, 20.0), strict=True)))
    rows = beside(old, own).customers.select("customer_id", "old_place", "place").rows()
    assert rows == [("a", 1.0, 4.0), ("d", 4.0, 2.5), ("b", 2.0, 1.0), ("c", 3.0, 2.5)]


def test_of_each_customer_the_latest_that_both_have_counts() -> None:
    later = MARCH + WEEK
    old = scores(("a", MARCH, 1.0, None), ("a", later, 2.0, None), ("b", MARCH, 3.0, None), ("b", later, 4.0, None))
    own = scores(("a", MARCH, 10.0, "x"), ("a", later, 20.0, "x"), ("b", MARCH, 30.0, "x"), ("b", later, None, None))
    told = beside(old, own)
    assert sorted(told.customers.select("customer_id", "old_score", "score").rows()) == [("a", 2, 20), ("b", 3, 30)]
    assert told.moments.select("customers", "rank_correlation").rows() == [(2, pytest.approx(1)), (1, None)]


def test_what_has_no_counterpart_is_counted() -> None:
    long_before = MARCH - timedelta(days=40)
    old = scores(("a", MARCH, 1.0, None), ("gone", MARCH, 1.0, None), ("a", long_before, 1.0, None))
    told = beside(old, scores(("a", MARCH, 10.0, "x")))
    assert (told.old_scores, told.without_run, told.without_score) == (3, 1, 1)
    assert told.customers["customer_id"].to_list() == ["a"]


def test_without_any_run_nothing_is_compared() -> None:
    told = beside(scores(("a", MARCH, 1.0, None)), scores())
    assert (told.customers.height, told.without_run, told.rank_correlation) == (0, 1, None)
