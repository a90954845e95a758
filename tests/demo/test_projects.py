"""The projects that users copy, the demo's and that of `scorewell init`: they run, and their scores mean something."""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from scorewell.configuration import load
from scorewell.configuration.model import Dimension, Project
from scorewell.demo import AS_OF, generate
from scorewell.metrics import metrics_as_of
from scorewell.scoring import fit
from scorewell.templates_folder import templates_folder

WINDOW = 90


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(templates_folder("demo"), folder, dirs_exist_ok=True)
    generate(folder, customers=400)
    return load(folder / "scorewell.yaml")


def scored(project: Project, day: date) -> pl.DataFrame:
    table = metrics_as_of(project, datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(project.timezone)))
    assert dict(table.failed) == {}
    return fit(project, table.frame).score(table.frame.lazy()).collect()


@pytest.fixture(scope="module")
def latest(demo: Project) -> pl.DataFrame:
    """The scores as of the end of the data."""
    return scored(demo, AS_OF)


def scored_metrics(dimension: Dimension) -> set[str]:
    return set(dimension.metrics).union(*(scored_metrics(inner) for inner in dimension.dimensions.values()))


@pytest.mark.parametrize("days_ago", [90, 180, 270])
def test_the_worse_the_band_the_more_customers_leave_within_90_days(demo: Project, days_ago: int) -> None:
    moment = AS_OF - timedelta(days_ago)
    churn = pl.read_csv(demo.folder / "data" / "churn.csv", try_parse_dates=True).filter(
        pl.col("churned_on").is_between(moment, moment + timedelta(WINDOW), closed="left")
    )
    bands = (
        scored(demo, moment)
        .filter(pl.col("band").is_not_null())
        .with_columns(leaves=pl.col("customer_id").is_in(churn["account_id"].to_list()))
        .group_by("band")
        .agg(pl.len(), pl.col("leaves").mean())
    )
    share = dict(bands.select("band", "leaves").iter_rows())
    assert share["at_risk"] > 0.3
    assert share["at_risk"] > 1.5 * share["stable"]
    assert share["stable"] > 4 * share["healthy"]


def test_every_band_and_every_scorecard_of_the_demo_has_customers(latest: pl.DataFrame) -> None:
    scores = latest.filter(pl.col("status").is_in(["scored", "partial"]))
    shares = scores["band"].value_counts(normalize=True)
    assert all(0.08 < share < 0.7 for share in shares["proportion"]), shares
    groups = scores.group_by("segment", "stage").len()
    assert groups.height == 6
    assert groups.filter(pl.col("len") < 3).height == 0


def test_the_demo_shows_what_has_no_score_and_why(latest: pl.DataFrame) -> None:
    statuses = set(latest["status"])
    assert {"scored", "partial", "inactive", "unassigned"} <= statuses
    assert "error" not in statuses


def test_every_adjustment_of_the_demo_meets_somebody(latest: pl.DataFrame) -> None:
    adjustments = [name for name in latest.columns if name.startswith("contribution.adjustment.")]
    assert len(adjustments) == 4
    assert [name for name in adjustments if not (latest[name].fill_null(0) != 0).any()] == []


def test_every_metric_of_the_demo_has_values(demo: Project) -> None:
    table = metrics_as_of(demo, datetime(AS_OF.year, AS_OF.month, AS_OF.day, tzinfo=ZoneInfo(demo.timezone)))
    assert [name for name in demo.metrics if table.frame[name].null_count() > 0.75 * table.frame.height] == []


def test_what_a_customer_sees_in_the_demo_is_explained_and_comes_with_advice(demo: Project) -> None:
    visible = {name: metric for name, metric in demo.metrics.items() if metric.audience == "customer"}
    assert len(visible) >= 8
    for name, metric in visible.items():
        assert metric.label is not None, name
        assert metric.description is not None, name
        assert metric.controllable is not None, name
        assert set(metric.advice) == {"internal", "customer"}, name


def test_every_scorecard_of_the_demo_has_something_for_the_customer(demo: Project) -> None:
    for name, scorecard in demo.scorecards.items():
        metrics: set[str] = set().union(*(scored_metrics(dimension) for dimension in scorecard.dimensions.values()))
        assert any(demo.metrics[metric].audience == "customer" for metric in metrics), name


def test_the_demo_keeps_money_and_the_managers_judgement_to_itself(demo: Project) -> None:
    private = ("overdue_invoices", "contracts_ending", "pulse", "outlook", "nps")
    assert {demo.metrics[name].audience for name in private} == {"internal"}
    adjustments = [each for scorecard in demo.scorecards.values() for each in scorecard.adjustments]
    assert {adjustment.audience for adjustment in adjustments} == {"internal"}


def test_the_first_project_scores_everybody_who_is_active(tmp_path: Path) -> None:
    shutil.copytree(templates_folder("init"), tmp_path, dirs_exist_ok=True)
    scores = scored(load(tmp_path / "scorewell.yaml"), AS_OF)
    by_customer = dict(scores.select("customer_id", "band").iter_rows())
    assert scores.filter(pl.col("score").is_null())["customer_id"].to_list() == ["C-112"]
    assert (by_customer["C-101"], by_customer["C-104"]) == ("healthy", "at_risk")
    assert scores["band"].n_unique() == 4  # three bands, and none


def test_every_key_of_the_first_project_is_explained_where_it_first_stands() -> None:
    lines = (templates_folder("init") / "scorewell.yaml").read_text("utf-8").splitlines()
    explained: set[str] = set()
    for line in lines:
        text, _, comment = line.partition(" # ")
        key = text.strip().partition(":")[0]
        if comment:
            explained.add(key)
    assert {
        "sources", "crm", "usage", "until", "known", "source", "active", "roles", "attributes", "metrics", "window",
        "label", "audience", "advice", "scorecards", "dimensions", "weight", "aggregator", "adjustments",
        "minimum_coverage", "bands", "segments", "sinks",
    } <= explained  # fmt: skip
