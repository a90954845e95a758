"""One snapshot of 7,043 customers: values and scores against a few lines of polars."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from tests.real.running import RealRun, assert_same, half_up, within


@pytest.fixture
def ran(real_run: Callable[[str], RealRun]) -> RealRun:
    return real_run("telco_ibm")


@pytest.fixture(scope="module")
def raw(test_data: Path) -> pl.DataFrame:
    """As a spreadsheet would have it; eleven blanks in TotalCharges."""
    text = pl.read_csv(test_data / "telco_ibm/Telco-Customer-Churn.csv", infer_schema=False)
    return text.with_columns(
        pl.col("tenure", "MonthlyCharges").cast(pl.Float64),
        pl.col("TotalCharges").str.strip_chars().replace("", None).cast(pl.Float64),
    ).rename({"customerID": "customer_id"})


PROTECTIONS = ("OnlineSecurity", "OnlineBackup", "DeviceProtection", "TechSupport")


def test_services_are_counted(ran: RealRun, raw: pl.DataFrame) -> None:
    count = pl.sum_horizontal(pl.col(name) == "Yes" for name in PROTECTIONS)
    assert_same(ran.metric("protections"), raw.select("customer_id", value=count))


def test_in_the_month_of_joining_there_is_no_average_to_drift_from(ran: RealRun, raw: pl.DataFrame) -> None:
    drift = pl.col("MonthlyCharges") / (pl.col("TotalCharges") / pl.col("tenure")) - 1
    expected = raw.select("customer_id", value=drift)
    assert expected["value"].null_count() == 11
    assert_same(ran.metric("charge_drift"), expected)


def test_categories_are_the_files_own_words(ran: RealRun, raw: pl.DataFrame) -> None:
    assert_same(ran.metric("payment"), raw.select("customer_id", value="PaymentMethod"))


def test_lower_charges_rank_higher(ran: RealRun, raw: pl.DataFrame) -> None:
    """The population is those who share the scorecard; ties count half."""
    peers = raw.filter((pl.col("Contract") == "Month-to-month") & (pl.col("tenure") >= 6))
    dearer = (pl.len() - pl.col("MonthlyCharges").rank("average") + 0.5) / pl.len() * 100
    ours = ran.scores.select("customer_id", value="normalized.value.charge").drop_nulls()
    assert_same(ours, peers.select("customer_id", value=dearer), tolerance=0.002)


def test_the_first_half_years_score_is_a_mean_of_three(ran: RealRun, raw: pl.DataFrame) -> None:
    def score(row: dict[str, str | float]) -> float:
        parts = [within(row["tenure"] / 6 * 100), 0.0 if row["PaymentMethod"] == "Electronic check" else 100.0]
        if row["InternetService"] != "No":
            parts.append(within(sum(row[name] == "Yes" for name in PROTECTIONS) / 3 * 100))
        return half_up(sum(parts) / len(parts))

    new = raw.filter((pl.col("Contract") == "Month-to-month") & (pl.col("tenure") < 6))
    expected = pl.DataFrame({"customer_id": new["customer_id"], "value": [score(row) for row in new.to_dicts()]})
    ours = ran.scores.filter(segment="monthly", stage="new").select("customer_id", value="score")
    assert_same(ours, expected)


def test_a_score_of_ten_follows_the_rules_of_the_committed(ran: RealRun, raw: pl.DataFrame) -> None:
    def score(row: dict[str, str | float | None]) -> float:
        contract = {"Two year": 100.0, "One year": 70.0}[row["Contract"]]
        commitment = (2 * contract + within(row["tenure"] / 60 * 100)) / 3
        if row["TotalCharges"] is None:
            return half_up((0.6 * commitment + 0.4 * 50) / 10, 1)  # filled in: it counts, and decides no rule
        price = within((0.15 - (row["MonthlyCharges"] / (row["TotalCharges"] / row["tenure"]) - 1)) / 0.15 * 100)
        return half_up((min(commitment, price) if price < 20 else 0.6 * commitment + 0.4 * price) / 10, 1)

    committed = raw.filter(pl.col("Contract") != "Month-to-month")
    expected = pl.DataFrame(
        {"customer_id": committed["customer_id"], "value": [score(row) for row in committed.to_dicts()]}
    )
    assert_same(ran.scores.filter(segment="committed").select("customer_id", value="score"), expected)


def test_customers_read_nothing_of_what_is_internal(ran: RealRun) -> None:
    """Two metrics are for customers; the others' labels must not be on their pages."""
    [file] = (ran.folder / "out/customers/customers").glob("7590-vhveg-*.html")
    page = file.read_text(encoding="utf-8")
    assert "Protection services" in page
    assert "Months with us" in page
    for internal in ("Monthly charge", "How they pay", "Electronic check", "Charge against own average", "household"):
        assert internal not in page
