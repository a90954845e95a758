"""Three vendors' tables as a connector leaves them: few rows, so what must come out is written down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.real.running import RealRun, assert_same, curve, for_everybody, half_up

REQUESTER = "2222"


def row(ran: RealRun, customer: str) -> dict[str, Any]:
    return ran.scores.row(by_predicate=pl.col("customer_id") == customer, named=True)


# The helpdesk, Zendesk, whose changes know their ticket, and the ticket its requester.


@pytest.fixture
def zendesk(real_run: Callable[[str], RealRun]) -> RealRun:
    return real_run("zendesk")


def test_a_ticket_solved_later_is_still_open_and_urgent(zendesk: RealRun) -> None:
    """Ticket 11071 came on 2020-08-28, became urgent and open again on 11-02, and was solved on 11-14."""
    seen = row(zendesk, REQUESTER)
    assert seen["metric.tickets_open"] == 1
    assert seen["metric.status_now"] == "open"
    assert seen["metric.priority_now"] == "urgent"


def test_changes_are_found_over_two_hops(zendesk: RealRun, test_data: Path) -> None:
    history = pl.read_csv(
        test_data / "fivetran_seeds/zendesk/ticket_field_history_data.csv", schema_overrides={"updated": pl.Datetime}
    )
    month = history.filter(
        (pl.col("ticket_id") == 11071)
        & (pl.col("field_name") == "status")
        & pl.col("updated").is_between(pl.datetime(2020, 8, 12), pl.datetime(2020, 11, 10), closed="left")
    )
    assert month.height == 11
    expected = pl.DataFrame({"customer_id": [REQUESTER], "value": [month.height]})
    assert_same(zendesk.metric("back_and_forth"), for_everybody(zendesk.scores, expected, 0))


def test_the_requesters_score_by_hand(zendesk: RealRun) -> None:
    """Open for 73 days is worse than urgent, 10. Eleven changes of status and three reopenings: no ease at all."""
    seen = row(zendesk, REQUESTER)
    days = (datetime(2020, 11, 10) - datetime(2020, 8, 28, 18, 6, 36)) / timedelta(days=1)
    worst = curve(days, 3, 14)
    assert worst < 10
    assert seen["dimension.now"] == pytest.approx(worst, abs=1e-6)
    assert seen["dimension.effort"] == 0
    assert seen["score"] == half_up(0.6 * worst)
    assert seen["status"] == "scored"


def test_keys_that_lead_nowhere_are_told_with_their_number(zendesk: RealRun) -> None:
    assert zendesk.findings("tickets") == {"unknown-customers": 8}  # of the nine that had come
    assert zendesk.findings("changes") == {"unknown-customers": 19}
    assert zendesk.findings("comments") == {"unknown-customers": 19}


def test_agents_are_no_customers_to_score(zendesk: RealRun) -> None:
    assert zendesk.scores.filter(status="inactive")["customer_id"].to_list() == ["1111"]


# The billing system, Zuora.


@pytest.fixture
def zuora(real_run: Callable[[str], RealRun]) -> RealRun:
    return real_run("zuora")


ACTIVE, DRAFT, DEBTOR = (
    "2c92c0f967640caa0167836a3e396a3b",
    "8ad088718262bc1701826340a8720972",
    "dff38ac05ae066e479f6ba9b68a23d47",
)


def test_live_charges_and_what_they_bring(zuora: RealRun) -> None:
    """Three charges have begun; one ended in October 2022."""
    assert row(zuora, ACTIVE)["metric.charges_ever"] == 3
    assert row(zuora, ACTIVE)["metric.charges_live"] == 2
    assert row(zuora, ACTIVE)["metric.mrr_live"] == 49


def test_billed_and_paid(zuora: RealRun, test_data: Path) -> None:
    folder = test_data / "fivetran_seeds/zuora"
    items = pl.read_csv(folder / "zuora_invoice_item_data.csv", infer_schema=False)
    billed = items.group_by(customer_id="account_id").agg(
        value=(pl.col("charge_amount").cast(pl.Float64) + pl.col("tax_amount").cast(pl.Float64)).sum()
    )
    assert_same(zuora.metric("billed"), for_everybody(zuora.scores, billed, 0))
    assert row(zuora, DEBTOR)["metric.paid"] == 2 * 773_506


def test_refunds_and_taxes_find_their_account_through_other_tables(zuora: RealRun) -> None:
    assert row(zuora, DEBTOR)["metric.tax_lines"] == 2
    assert row(zuora, "2c92c0f86763fb0a0167834d6c5e086b")["metric.refunded"] == 0.1
    assert row(zuora, DRAFT)["metric.amendments"] == 2
    assert zuora.findings("taxes") == {"rows-without-key": 1, "unknown-customers": 3}


def test_who_owes_forty_months_cannot_score_more_than_twenty(zuora: RealRun) -> None:
    seen = row(zuora, DEBTOR)
    assert seen["metric.months_owed"] == pytest.approx(110_084_312 / 2_726_666.67)
    # Nothing of the debt is good: the last payment is seven years old. Two of four contract parts are at zero.
    assert seen["dimension.debt"] == 0
    assert seen["dimension.contract"] == pytest.approx((0 + 0 + 40 + 100) / 4)
    assert seen["score"] == 0.4 * 35


# The CRM, HubSpot.


@pytest.fixture
def hubspot(real_run: Callable[[str], RealRun]) -> RealRun:
    return real_run("hubspot")


@pytest.fixture(scope="module")
def companies(test_data: Path) -> pl.DataFrame:
    return pl.read_csv(test_data / "fivetran_seeds/hubspot/company_data.csv", infer_schema=False).rename(
        {"id": "customer_id"}
    )


def test_hours_of_one_digit_are_read(hubspot: RealRun, companies: pl.DataFrame) -> None:
    """As 2019-09-15 2:50:54. Local days in London, from texts that say no zone."""
    created = pl.col("property_createdate").str.split(" ").list.first().str.to_date()
    age = (pl.date(2020, 5, 1) - created).dt.total_days()
    assert_same(hubspot.metric("age_days"), companies.select("customer_id", value=age))


def test_names_that_sql_does_not_know_are_read_in_quotes(hubspot: RealRun, companies: pl.DataFrame) -> None:
    seats = pl.col("property_hs_all-funky-a9384-syntax")
    assert_same(hubspot.metric("seats"), companies.select("customer_id", value=seats.cast(pl.Float64)))
    fields = ["property_city", "property_industry", "property_hs_all-funky-a9384-syntax"]
    filled = pl.sum_horizontal(pl.col(name).is_not_null() for name in fields)
    assert_same(hubspot.metric("filled"), companies.select("customer_id", value=filled))


def test_changes_of_a_record(hubspot: RealRun, test_data: Path) -> None:
    """90 local days before 1 May 2020, 00:00 in London, which is 23:00 UTC of the day before."""
    changes = pl.read_csv(
        test_data / "fivetran_seeds/hubspot/company_property_history_data.csv",
        schema_overrides={"timestamp": pl.Datetime},
    ).with_columns(customer_id=pl.col("company_id").cast(pl.String))
    known = changes.join(hubspot.scores, on="customer_id", how="semi")
    recent = known.filter(
        pl.col("timestamp").is_between(pl.datetime(2020, 2, 1), pl.datetime(2020, 5, 1), closed="left")
    )
    counts = recent.group_by("customer_id").agg(value=pl.len())
    assert_same(hubspot.metric("changes_90d"), for_everybody(hubspot.scores, counts, 0))
    stray = changes.filter(pl.col("timestamp") < pl.datetime(2020, 5, 1)).join(known, on="customer_id", how="anti")
    assert hubspot.findings("changes") == {"unknown-customers": stray.height}


def test_an_unrounded_score_by_hand(hubspot: RealRun, companies: pl.DataFrame) -> None:
    """Company 860870157: seats were never filled in, which is the worst; its record changes all the time."""
    seen = row(hubspot, "860870157")
    complete = (2 * seen["metric.filled"] / 3 * 100 + 0) / 3
    fresh = (curve(seen["metric.last_change"], 14, 60) + 100) / 2
    assert seen["score"] == pytest.approx((complete + fresh) / 2, abs=1e-9)
