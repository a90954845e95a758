"""Two public tables of customers who left or stayed, as a project would measure them."""

from __future__ import annotations

from collections.abc import Collection
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import attrs
import polars as pl
import pytest
from tests.support.scorecards import project, scorecard, scored

from scorewell.api.v1 import Aggregator
from scorewell.configuration.model import Metric, Project
from scorewell_standard.normalizers import Categories


class Absent(pytest.Module):
    """A file of tests for which the distribution is not there."""

    def collect(self) -> Any:
        pytest.skip("scorewell-ml is not installed: pip install -e . -e plugins/ml")


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    return Absent.from_parent(parent, path=module_path) if find_spec("scorewell_ml") is None else None


@attrs.frozen
class Book:
    """Customers: ``metrics`` as a metrics table, ``outcomes`` with ``happened``; less is better of ``lower``, and of
    ``free`` nobody knows."""

    metrics: pl.DataFrame
    outcomes: pl.DataFrame
    lower: frozenset[str]
    free: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        return [name for name in self.metrics.columns if name != "customer_id"]

    def project(self, aggregator: Aggregator) -> Project:
        """One scorecard of all metrics; what they are normalized to does not matter here."""
        texts = {name for name in self.names if self.metrics.schema[name] == pl.String}
        leaves = {
            name: scored(Categories(categories={"else": 50.0})) if name in texts else scored() for name in self.names
        }
        better = {name: Metric(better="lower" if name in self.lower else "higher") for name in self.names}
        return project(scorecard(aggregator, metrics=leaves, precision=None), metrics=better)


def book(table: pl.DataFrame, left: pl.Expr, lower: Collection[str], free: Collection[str]) -> Book:
    ids = pl.int_range(pl.len()).cast(pl.String).str.zfill(5)
    numbers = [pl.col(name).cast(pl.Float64) for name, dtype in table.schema.items() if dtype.is_numeric()]
    outcomes = table.select(customer_id=ids, happened=left)
    metrics = table.drop(left.meta.root_names()).with_columns(numbers).select(ids.alias("customer_id"), pl.all())
    return Book(metrics, outcomes, frozenset(lower), tuple(sorted(free)))


@pytest.fixture(scope="session")
def telco(test_data: Path) -> Book:
    """A consumer telco: 7,043 customers, of whom 26.5 % left."""
    table = pl.read_csv(test_data / "telco_ibm/Telco-Customer-Churn.csv", null_values=" ").sort("customerID")
    return book(
        table.drop("customerID").with_columns(pl.col("SeniorCitizen").cast(pl.String)),
        pl.col("Churn") == "Yes",
        lower={"MonthlyCharges"},
        free={"TotalCharges"},
    )


@pytest.fixture(scope="session")
def telecom(test_data: Path) -> Book:
    """Call records of 5,000 customers, of whom 14.1 % left; a charge is a constant times its minutes."""
    table = pl.read_csv(test_data / "telecom_mlc_churn/mlc_churn.csv")
    # Heavy use costs the customer much, and light use says that they need it little: who is to say which is better?
    use = {name for name in table.columns if name.endswith(("_minutes", "_charge", "_calls"))}
    known = {"number_customer_service_calls", "total_intl_calls"}
    return book(
        table,
        pl.col("churn") == "yes",
        lower={"number_customer_service_calls"},
        free={*use - known, "account_length"},
    )
