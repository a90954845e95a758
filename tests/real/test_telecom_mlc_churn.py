"""A table without a key: each row is a customer, numbered from 1."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from tests.real.running import RealRun, assert_same, half_up, within


@pytest.fixture
def ran(real_run: Callable[[str], RealRun]) -> RealRun:
    return real_run("telecom_mlc_churn")


@pytest.fixture(scope="module")
def raw(test_data: Path) -> pl.DataFrame:
    rows = pl.read_csv(test_data / "telecom_mlc_churn/mlc_churn.csv")
    return rows.select(pl.int_range(1, pl.len() + 1).cast(pl.String).alias("customer_id"), pl.all())


def total(kind: str) -> pl.Expr:
    return pl.sum_horizontal(f"total_{when}_{kind}" for when in ("day", "eve", "night", "intl"))


def test_a_row_is_a_customer(ran: RealRun, raw: pl.DataFrame) -> None:
    assert_same(ran.metric("complaints"), raw.select("customer_id", value="number_customer_service_calls"))


def test_minutes_and_charges_are_added_up(ran: RealRun, raw: pl.DataFrame) -> None:
    assert_same(ran.metric("minutes"), raw.select("customer_id", value=total("minutes")))
    assert_same(ran.metric("price_per_minute"), raw.select("customer_id", value=total("charge") / total("minutes")))


def test_voice_mail_applies_to_those_who_have_it(ran: RealRun, raw: pl.DataFrame) -> None:
    domestic = raw.filter(pl.col("international_plan") == "no")
    points = pl.when(pl.col("voice_mail_plan") == "yes").then((pl.col("number_vmail_messages") / 30 * 100).clip(0, 100))
    ours = ran.scores.filter(segment="domestic").select("customer_id", value="normalized.usage.voice_mails")
    assert_same(ours, domestic.select("customer_id", value=points))
    assert ran.scores["coverage"].eq(1).all()  # what does not apply is no gap


def test_the_score_of_the_international_plan_follows_its_rule(ran: RealRun, raw: pl.DataFrame) -> None:
    def score(row: dict[str, float]) -> float:
        complaints = row["number_customer_service_calls"]
        service = 100 if complaints <= 1 else 60 if complaints <= 3 else 0
        calls = within((row["total_intl_calls"] - 1) / 5 * 100)
        charge = within((90 - row["charge"]) / 45 * 100)
        exact = 0.4 * service + 0.6 * (20 if calls < 30 else (calls + charge) / 2)
        return half_up(min(exact, 70) if row["account_length"] / 30.4375 < 1 else exact)

    international = raw.with_columns(charge=total("charge")).filter(pl.col("international_plan") == "yes")
    expected = pl.DataFrame(
        {"customer_id": international["customer_id"], "value": [score(row) for row in international.to_dicts()]}
    )
    assert_same(ran.scores.filter(segment="international").select("customer_id", value="score"), expected)
