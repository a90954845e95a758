"""Five hundred accounts, use that is keyed by subscription, and dirt: what leads nowhere is told and left out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from tests.real.running import RealRun, assert_same, for_everybody, half_up, within

TODAY = date(2024, 7, 1)


@pytest.fixture
def ran(real_run: Callable[[str], RealRun]) -> RealRun:
    return real_run("ravenstack")


@pytest.fixture(scope="module")
def table(test_data: Path) -> Callable[[str], pl.DataFrame]:
    def read(name: str) -> pl.DataFrame:
        return pl.read_csv(test_data / f"ravenstack/ravenstack_{name}.csv", try_parse_dates=True)

    return read


@pytest.fixture(scope="module")
def contracts(table: Callable[[str], pl.DataFrame]) -> pl.DataFrame:
    """The subscriptions that have begun, with the end as far as it has come."""
    begun = table("subscriptions").filter(pl.col("start_date") < TODAY)
    return begun.with_columns(ended=pl.when(pl.col("end_date") < TODAY).then(pl.col("end_date")))


@pytest.fixture(scope="module")
def usage(table: Callable[[str], pl.DataFrame], contracts: pl.DataFrame) -> pl.DataFrame:
    """What was used, and by whom: rows of subscriptions that have not begun lead nowhere."""
    return table("feature_usage").join(
        contracts.select("subscription_id", customer_id="account_id"), on="subscription_id"
    )


def last(days: int, column: str = "usage_date") -> pl.Expr:
    return pl.col(column).is_between(TODAY - timedelta(days=days), TODAY - timedelta(days=1))


def by_customer(rows: pl.DataFrame, value: pl.Expr) -> pl.DataFrame:
    return rows.group_by("customer_id").agg(value=value)


def test_use_before_its_subscription_began_is_left_out_and_told(
    ran: RealRun, table: Callable[[str], pl.DataFrame], contracts: pl.DataFrame
) -> None:
    """The longest look back is 180 days: two windows of a change, and the window of the errors."""
    stray = table("feature_usage").filter(last(180)).join(contracts, on="subscription_id", how="anti")
    assert stray.height > 3000
    assert ran.findings("usage") == {"unknown-customers": stray.height}


def test_days_in_use_are_found_through_the_subscription(ran: RealRun, usage: pl.DataFrame) -> None:
    days = by_customer(usage.filter(last(90)), pl.col("usage_date").n_unique())
    assert_same(ran.metric("active_days"), for_everybody(ran.scores, days, 0))


def test_features_and_errors(ran: RealRun, usage: pl.DataFrame) -> None:
    features = by_customer(usage.filter(last(90)), pl.col("feature_name").n_unique())
    assert_same(ran.metric("features"), for_everybody(ran.scores, features, 0))
    rate = by_customer(usage.filter(last(180)), pl.col("error_count").sum() / pl.col("usage_count").sum())
    assert_same(ran.metric("error_rate"), for_everybody(ran.scores, rate, None))


def test_use_is_compared_with_the_ninety_days_before(ran: RealRun, usage: pl.DataFrame) -> None:
    sums = usage.group_by("customer_id").agg(
        now=pl.col("usage_count").filter(last(90)).sum(),
        before=pl.col("usage_count").filter(last(180) & ~last(90)).sum(),
    )
    change = (
        pl.when(pl.col("before") > 0)
        .then(pl.col("now") / pl.col("before") - 1)
        .otherwise(pl.when(pl.col("now") == 0).then(0.0))
    )
    changes = sums.select("customer_id", value=change)
    assert_same(ran.metric("usage_change"), for_everybody(ran.scores, changes, 0))


def test_a_contract_that_ends_later_is_open_and_pays(ran: RealRun, contracts: pl.DataFrame) -> None:
    live = contracts.rename({"account_id": "customer_id"}).filter(pl.col("ended").is_null())
    assert live["end_date"].is_not_null().any()  # known to the file, not to the day
    assert_same(ran.metric("contracts_open"), for_everybody(ran.scores, by_customer(live, pl.len()), 0))
    paid = by_customer(live, pl.col("mrr_amount").filter(~pl.col("is_trial")).sum())
    assert_same(ran.metric("mrr"), for_everybody(ran.scores, paid, 0))


def test_who_has_no_support_has_no_tickets_rather_than_none(ran: RealRun, table: Callable[[str], pl.DataFrame]) -> None:
    basic = table("accounts").filter(pl.col("plan_tier") == "Basic")["account_id"]
    uncovered = ran.scores.filter(pl.col("customer_id").is_in(basic.implode()))
    assert uncovered.height == 168
    assert uncovered["metric.urgent"].null_count() == 168
    assert ran.scores["metric.urgent"].null_count() == 168


def test_satisfaction_counts_what_was_answered_by_then(ran: RealRun, table: Callable[[str], pl.DataFrame]) -> None:
    midnight = datetime(2024, 7, 1)
    tickets = table("support_tickets").rename({"account_id": "customer_id"}).filter(last(365, "submitted_at"))
    basic = table("accounts").filter(pl.col("plan_tier") == "Basic")["account_id"]
    answer = pl.when(pl.col("closed_at") < midnight).then(pl.col("satisfaction_score"))
    answered = tickets.filter(~pl.col("customer_id").is_in(basic.implode())).with_columns(answer=answer)
    satisfied = pl.col("answer").drop_nulls().ge(4).mean() * 100
    value = by_customer(answered, pl.when(pl.len() >= 2).then(satisfied))
    assert_same(ran.metric("csat"), for_everybody(ran.scores, value, None))


def test_the_self_serve_score_by_hand(ran: RealRun) -> None:
    """Satisfaction is never known here: its weight goes to the others, and the coverage says so."""

    def score(row: dict[str, float]) -> float:
        product = (2 * within(row["metric.active_days"] / 8 * 100) + within(row["metric.features"] / 8 * 100)) / 3
        ended = row["metric.contracts_ended"]
        exact = 0.7 * product + 0.3 * (100 if ended < 1 else 50 if ended < 2 else 0)
        return half_up(min(exact, 20) if row["metric.contracts_open"] == 0 else exact)

    basic = ran.scores.filter(segment="basic", stage="mature").drop_nulls("score")
    expected = pl.DataFrame({"customer_id": basic["customer_id"], "value": [score(row) for row in basic.to_dicts()]})
    assert_same(basic.select("customer_id", value="score"), expected)
    assert basic["coverage"].unique().to_list() == [pytest.approx(0.7 * 0.75 + 0.3)]


def test_trials_and_those_who_sign_up_later_are_listed_as_inactive(
    ran: RealRun, table: Callable[[str], pl.DataFrame]
) -> None:
    waiting = table("accounts").filter(pl.col("is_trial") | (pl.col("signup_date") >= TODAY))["account_id"]
    assert set(ran.scores.filter(status="inactive")["customer_id"]) == set(waiting)
