"""1,355 accounts, 1.25 million rows of daily use, a gzipped file of single events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from tests.real.running import RealRun, assert_same, for_everybody, half_up, within

TODAY = date(2023, 6, 1)
ADD_ONS = ["meetings", "search_unlimited"]


@pytest.fixture
def ran(real_run: Callable[[str], RealRun]) -> RealRun:
    return real_run("churnsim_b2b_a")


@pytest.fixture(scope="module")
def usage(test_data: Path) -> pl.DataFrame:
    rows = pl.read_parquet(test_data / "churnsim_b2b_a/usage_daily.parquet")
    return rows.with_columns(
        pl.col("event_type").cast(pl.String), customer_id=pl.col("account_id").cast(pl.String)
    ).filter(pl.col("date") < TODAY)


@pytest.fixture(scope="module")
def plans(test_data: Path) -> pl.DataFrame:
    """The plans' periods that have begun, without the add-ons that everybody has."""
    rows = pl.read_csv(test_data / "churnsim_b2b_a/subscription.csv", try_parse_dates=True)
    begun = rows.filter((pl.col("start_date") < TODAY) & ~pl.col("plan").is_in(ADD_ONS))
    return begun.with_columns(customer_id=pl.col("account_id").cast(pl.String))


def last(days: int) -> pl.Expr:
    return pl.col("date") >= TODAY - timedelta(days=days)


def by_customer(rows: pl.DataFrame, value: pl.Expr) -> pl.DataFrame:
    return rows.group_by("customer_id").agg(value=value)


def test_actions_and_days_in_use(ran: RealRun, usage: pl.DataFrame) -> None:
    month = usage.filter(last(30))
    assert_same(ran.metric("actions"), for_everybody(ran.scores, by_customer(month, pl.col("n_events").sum()), 0))
    assert_same(ran.metric("active_days"), for_everybody(ran.scores, by_customer(month, pl.col("date").n_unique()), 0))


def test_the_users_of_the_best_day_are_unknown_without_use(ran: RealRun, usage: pl.DataFrame) -> None:
    best = by_customer(usage.filter(last(30)), pl.col("n_users").max())
    assert_same(ran.metric("peak_users"), for_everybody(ran.scores, best, None))


def test_deals_won_of_those_decided(ran: RealRun, usage: pl.DataFrame) -> None:
    decided = usage.filter(last(90) & pl.col("event_type").is_in(["win_opportunity", "lose_opportunity"]))
    won = pl.col("n_events").filter(pl.col("event_type") == "win_opportunity").sum()
    rate = by_customer(decided, won / pl.col("n_events").sum())
    assert_same(ran.metric("win_rate"), for_everybody(ran.scores, rate, None))


def test_days_to_renewal_are_those_of_the_plan(ran: RealRun, plans: pl.DataFrame) -> None:
    left = by_customer(plans, (pl.col("end_date").max() - TODAY).dt.total_days())
    assert_same(ran.metric("days_left"), for_everybody(ran.scores, left, None))


def test_the_plan_pays_until_its_period_ends(ran: RealRun, plans: pl.DataFrame) -> None:
    live = plans.filter(pl.col("end_date") >= TODAY)
    assert_same(ran.metric("mrr"), for_everybody(ran.scores, by_customer(live, pl.col("mrr").sum()), 0))
    assert_same(ran.metric("plans"), for_everybody(ran.scores, by_customer(live, pl.len()), 0))


def test_single_events_are_known_of_six_accounts_only(ran: RealRun, test_data: Path) -> None:
    rows = pl.read_csv(test_data / "churnsim_b2b_a/event_raw_sample.csv.gz", try_parse_dates=True)
    end = datetime(2023, 6, 1)
    month = rows.filter(pl.col("event_time").is_between(end - timedelta(days=30), end, closed="left"))
    people = (
        month.with_columns(customer_id=pl.col("account_id").cast(pl.String))
        .group_by("customer_id")
        .agg(value=pl.col("user_id").n_unique())
    )
    covered = pl.DataFrame({"customer_id": [str(number) for number in range(6)]})
    known = for_everybody(covered, people, 0)
    assert_same(ran.metric("people_30d"), for_everybody(ran.scores, known, None))


def test_who_has_no_plan_is_listed_without_a_score(ran: RealRun, plans: pl.DataFrame) -> None:
    paying = set(plans.filter(pl.col("end_date") >= TODAY)["customer_id"])
    unassigned = set(ran.scores.filter(status="unassigned")["customer_id"])
    assert unassigned == set(ran.scores["customer_id"]) - paying


def test_the_score_of_the_first_sixty_days_by_hand(ran: RealRun) -> None:
    def score(row: dict[str, float]) -> float:
        features = row["metric.features"]
        breadth = 20 if features < 5 else 60 if features < 10 else 100
        return half_up((2 * within(row["metric.active_days"] / 15 * 100) + breadth) / 3 / 10, 1)

    new = ran.scores.filter(stage="onboarding").drop_nulls("segment")
    assert new.height == 79
    expected = pl.DataFrame({"customer_id": new["customer_id"], "value": [score(row) for row in new.to_dicts()]})
    assert_same(new.select("customer_id", value="score"), expected)
