"""Scorecards as products and companies describe theirs, each with rows worked out by hand from the description.

A folder holds ``scorewell.yaml``, ``inputs.csv`` and ``expected.csv``; every column of the last is one of the scores
frame. An empty cell means no value.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from scorewell.configuration import load
from scorewell.metrics import metrics_as_of
from scorewell.scoring import fit

HERE = Path(__file__).parent
NAMES = (
    "catalyst",
    "churnzero",
    "gainsight",
    "hubspot",
    "license_grades",
    "nested_geometric",
    "pendo",
    "planhat",
    "points_salesforce",
    "plus_minus_scale",
    "readme_examples",
    "red_dimension_no_green",
    "salesforce",
    "totango",
    "traffic_lights",
    "vitally",
)


def scores(name: str) -> pl.DataFrame:
    project = load(HERE / name / "scorewell.yaml")
    table = metrics_as_of(project, datetime(2026, 3, 1, tzinfo=UTC))
    assert table.failed == {}
    return fit(project, table.frame).score(table.frame.lazy(), finite=True).collect()


@pytest.mark.parametrize("name", NAMES)
def test_a_described_scorecard_gives_the_rows_worked_out_by_hand(name: str) -> None:
    ours = scores(name)
    expected = pl.read_csv(HERE / name / "expected.csv", infer_schema_length=None).sort("customer_id")
    expected = expected.cast({column: ours.schema[column] for column in expected.columns})
    assert ours["customer_id"].to_list() == expected["customer_id"].to_list()
    wrong = [column for column in expected.columns if not same(ours[column], expected[column])]
    assert {column: ours[column].to_list() for column in wrong} == {}


def same(found: pl.Series, wanted: pl.Series) -> bool:
    """Equal to 1e-9, and without a value in the same places."""
    if not found.dtype.is_float():
        return found.equals(wanted)
    return found.is_null().equals(wanted.is_null()) and ((found - wanted).abs().max() or 0.0) < 1e-9


@pytest.mark.parametrize("name", NAMES)
def test_its_contributions_add_up_to_the_printed_score(name: str) -> None:
    ours = scores(name).filter(pl.col("score").is_not_null())
    parts = pl.sum_horizontal(pl.col("^contribution\\..*$"))
    assert ours.select((pl.col("baseline") + parts - pl.col("score")).abs().max()).item() < 1e-9
