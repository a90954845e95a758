"""Published scorecards, said in YAML alone, give the published rules' numbers row by row."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from scorewell.configuration import load
from scorewell.metrics import metrics_as_of
from scorewell.scoring import fit

HERE = Path(__file__).parent


def scores(name: str) -> pl.DataFrame:
    project = load(HERE / name / "scorewell.yaml")
    table = metrics_as_of(project, datetime(2026, 3, 1, tzinfo=UTC))
    assert table.findings == ()
    return fit(project, table.frame).score(table.frame.lazy(), finite=True).collect()


def expected(name: str) -> pl.DataFrame:
    return pl.read_csv(HERE / name / "expected.csv", infer_schema_length=None).rename({"account_id": "customer_id"})


def assert_same(ours: pl.DataFrame, column: str, theirs: pl.DataFrame, expected_column: str) -> None:
    both = ours.select("customer_id", ours=column).join(
        theirs.select("customer_id", theirs=pl.col(expected_column).cast(pl.Float64)), on="customer_id", how="full"
    )
    assert both.height == theirs.height == ours.height
    assert both.filter(pl.col("ours").is_null() != pl.col("theirs").is_null()).is_empty()
    assert both.select((pl.col("ours") - pl.col("theirs")).abs().max()).item() < 1e-9


GITLAB = {
    "score": "score",
    "normalized.license_utilization": "license_utilization",
    "normalized.engaged_share": "user_engagement",
    "normalized.scm_share": "scm",
    "normalized.ci_share": "ci",
    "dimension.continuous_delivery": "cd",
    "dimension.security": "security",
}
POSTHOG = {
    "score": "score_out_of_10",
    **{
        f"dimension.{name}": name
        for name in (
            "user_engagement",
            "product_experience",
            "company_engagement",
            "product_analytics",
            "session_replay",
            "feature_flags",
            "surveys_warehouse",
        )
    },
}


@pytest.mark.parametrize(("column", "published"), GITLAB.items())
def test_gitlabs_product_usage_score_is_reproduced_row_by_row(column: str, published: str) -> None:
    assert_same(scores("gitlab_product_usage"), column, expected("gitlab_product_usage"), published)


def test_gitlabs_bands_include_their_upper_bound() -> None:
    ours = scores("gitlab_product_usage").select("customer_id", "band")
    both = ours.join(expected("gitlab_product_usage").select("customer_id", published="band"), on="customer_id")
    assert both.filter(pl.col("band").ne_missing(pl.col("published"))).is_empty()
    assert set(both["published"].drop_nulls()) == {"Red", "Yellow", "Green"}


@pytest.mark.parametrize(("column", "published"), POSTHOG.items())
def test_posthogs_score_out_of_ten_is_reproduced_row_by_row(column: str, published: str) -> None:
    assert_same(scores("posthog_accounts"), column, expected("posthog_accounts"), published)
