"""A space-aligned file of 69,659 purchases, without a list of customers: 23,570 have bought."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from tests.real.conftest import PAGES_FOR
from tests.real.running import RealRun, assert_same, curve, for_everybody

TODAY = date(1998, 7, 1)


@pytest.fixture
def ran(real_run: Callable[[str], RealRun]) -> RealRun:
    return real_run("cdnow")


@pytest.fixture(scope="module")
def raw(test_data: Path) -> pl.DataFrame:
    lines = (test_data / "cdnow/CDNOW_master.txt").read_text().splitlines()[1:]
    rows = [
        (key, date.fromisoformat(day), int(cds), float(dollars)) for key, day, cds, dollars in map(str.split, lines)
    ]
    return pl.DataFrame(rows, schema=["customer_id", "day", "cds", "dollars"], orient="row")


def between(first: int, last: int) -> pl.Expr:
    """From so many days ago to so many days ago."""
    return pl.col("day").is_between(TODAY - timedelta(days=first), TODAY - timedelta(days=last))


def by_customer(rows: pl.DataFrame, value: pl.Expr) -> pl.DataFrame:
    return rows.group_by("customer_id").agg(value=value)


def test_whoever_has_bought_is_a_customer(ran: RealRun, raw: pl.DataFrame) -> None:
    assert set(ran.scores["customer_id"]) == set(raw["customer_id"])
    assert ran.findings("purchases") == {"superseded-rows": 69_659 - 23_570}


def test_orders_and_days_are_counted(ran: RealRun, raw: pl.DataFrame) -> None:
    assert_same(ran.metric("orders"), by_customer(raw, pl.len()))
    assert_same(ran.metric("purchases"), by_customer(raw, pl.col("day").n_unique()))


def test_days_since_the_last_and_the_first_purchase(ran: RealRun, raw: pl.DataFrame) -> None:
    assert_same(ran.metric("recency"), by_customer(raw, (TODAY - pl.col("day").max()).dt.total_days()))
    assert_same(ran.metric("days_since_first"), by_customer(raw, (TODAY - pl.col("day").min()).dt.total_days()))


def test_a_window_has_ninety_whole_days(ran: RealRun, raw: pl.DataFrame) -> None:
    spent = by_customer(raw.filter(between(90, 1)), pl.col("dollars").sum())
    assert_same(ran.metric("spend_90d"), for_everybody(ran.scores, spent, 0))


def test_a_change_from_nothing_to_something_has_no_share(ran: RealRun, raw: pl.DataFrame) -> None:
    sums = raw.group_by("customer_id").agg(
        now=pl.col("dollars").filter(between(90, 1)).sum(), before=pl.col("dollars").filter(between(180, 91)).sum()
    )
    change = (
        pl.when(pl.col("before") > 0)
        .then((pl.col("now") - pl.col("before")) / pl.col("before"))
        .otherwise(pl.when(pl.col("now") == 0).then(0.0))
    )
    assert_same(ran.metric("spend_change"), sums.select("customer_id", value=change))


def test_the_usual_order_needs_two_orders(ran: RealRun, raw: pl.DataFrame) -> None:
    median = by_customer(raw, pl.when(pl.len() >= 2).then(pl.col("dollars").median()))
    assert_same(ran.metric("basket"), median)


def test_recency_is_the_worse_of_silence_and_silence_against_the_own_rhythm(ran: RealRun, raw: pl.DataFrame) -> None:
    expected = {}
    bought = raw.group_by("customer_id").agg(days=pl.col("day").n_unique(), first=pl.min("day"), last=pl.max("day"))
    for key, days, first, last in bought.iter_rows():
        silent = (TODAY - last).days
        if days >= 2 and silent <= 365:
            rhythm = (last - first).days / (days - 1)
            expected[key] = min(curve(silent, 30, 150), curve(silent / rhythm, 1, 3))
    ours = ran.scores.filter(segment="repeat", stage="alive").select("customer_id", value="dimension.recency")
    assert_same(ours, pl.DataFrame({"customer_id": list(expected), "value": list(expected.values())}), tolerance=1e-6)


def test_spending_ranks_among_those_who_share_the_scorecard(ran: RealRun, raw: pl.DataFrame) -> None:
    """Read from a table of 2,048 slots: near the exact rank, half a point at most."""
    spent = raw.group_by("customer_id").agg(days=pl.col("day").n_unique(), dollars=pl.col("dollars").sum())
    once = spent.filter(pl.col("days") == 1)
    rank = (pl.col("dollars").rank("average") - 0.5) / pl.len() * 100
    ours = ran.scores.filter(segment="once").select("customer_id", value="normalized.dollars")
    assert_same(ours, once.select("customer_id", value=rank), tolerance=0.005)


def test_one_cd_says_nothing_about_prices(ran: RealRun, raw: pl.DataFrame) -> None:
    bought_one = set(by_customer(raw, pl.col("cds").sum()).filter(pl.col("value") == 1)["customer_id"])
    once = ran.scores.filter(segment="once")
    without = set(once.filter(pl.col("normalized.price_of_a_cd").is_null())["customer_id"])
    assert without == bought_one & set(once["customer_id"])


def test_a_limited_delivery_is_scored_among_everybody(ran: RealRun) -> None:
    few = ran.delivered.scores
    assert few["customer_id"].to_list() == PAGES_FOR["cdnow"]
    assert few.drop("run_id").equals(ran.scores.filter(pl.col("customer_id").is_in(PAGES_FOR["cdnow"])).drop("run_id"))
