"""Several named scores a customer: each is what it would be alone, side by side in one frame."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.support.scorecards import customers, dimension, project, score, scorecard, scored, unexplained

from scorewell.api.v1 import Condition
from scorewell.configuration.model import Adjustment, Project, Score, Segment
from scorewell.scoring import fit, isolated
from scorewell_standard.aggregators import Minimum
from scorewell_standard.normalizers import Percentile

METRICS = customers(a=[80, 20, None], b=[60, 60, 90], plan=["L", "S", "S"])


def two_scores(**cards: Any) -> Project:
    """``health`` with a scorecard a segment, and ``adoption`` with one for everybody."""
    named = {
        "large": scorecard(metrics={"a": scored()}),
        "small": scorecard(metrics={"a": scored(), "b": scored()}, minimum_coverage=0.5),
        "adoption_card": scorecard(Minimum(), dimensions={"use": dimension(metrics={"b": scored()})}),
        **cards,
    }
    health = Score(
        segments={"large": Segment(when=Condition("plan = 'L'"), scorecard="large"), "rest": Segment(scorecard="small")}
    )
    return project(named, segments={}, scores={"health": health, "adoption": Score(scorecard="adoption_card")})


def test_the_frame_has_a_row_for_each_customer_and_score_in_the_scores_order() -> None:
    scores = score(two_scores(), METRICS)
    assert scores.select("customer_id", "score_name", "score").rows() == [
        ("1", "health", 80),
        ("1", "adoption", 60),
        ("2", "health", 40),
        ("2", "adoption", 60),
        ("3", "health", 90),
        ("3", "adoption", 90),
    ]


def test_the_name_of_the_score_stands_right_behind_the_customer() -> None:
    assert score(two_scores(), METRICS).columns[:2] == ["customer_id", "score_name"]


def test_a_project_that_names_no_score_has_the_score_health() -> None:
    scores = score(project(scorecard(metrics={"a": scored()})), METRICS)
    assert scores["score_name"].to_list() == ["health"] * 3


def test_a_score_with_one_scorecard_has_the_segment_everybody() -> None:
    scores = score(two_scores(), METRICS).filter(pl.col("score_name") == "adoption")
    assert scores["segment"].unique().to_list() == ["everybody"]


def test_the_columns_of_the_other_score_are_null() -> None:
    scores = score(two_scores(), METRICS)
    assert scores.filter(pl.col("score_name") == "health")["dimension.use"].null_count() == 3
    assert scores.filter(pl.col("score_name") == "adoption")["contribution.a"].null_count() == 3


def test_the_parts_of_each_score_explain_it() -> None:
    assert unexplained(score(two_scores(), METRICS)) < 1e-9


def test_each_score_is_what_it_would_be_alone() -> None:
    together = score(two_scores(), METRICS).filter(pl.col("score_name") == "adoption")
    alone = score(project(scorecard(Minimum(), dimensions={"use": dimension(metrics={"b": scored()})})), METRICS)
    columns = ["customer_id", "score", "band", "status", "coverage", "baseline", "dimension.use", "contribution.use.b"]
    assert_frame_equal(together.select(columns), alone.select(columns))


def test_adjustments_of_one_score_leave_the_other_alone() -> None:
    capped = scorecard(metrics={"b": scored()}, adjustments=(Adjustment(at_most=10.0, because="cap"),))
    scores = score(two_scores(adoption_card=capped), METRICS)
    assert scores.filter(pl.col("customer_id") == "1")["score"].to_list() == [80, 10]


def test_a_scorecard_learns_from_the_customers_of_its_own_score() -> None:
    of = two_scores(large=scorecard(metrics={"a": scored(Percentile())}))
    statistics = fit(of, customers(a=[10, 20, 30], b=[1, 2, 3], plan=["L", "S", "S"])).statistics
    assert statistics["large"].keys() == {"a"}


def test_streaming_and_one_row_at_a_time_give_the_same_bytes() -> None:
    fitted = fit(two_scores(), METRICS)
    whole = fitted.score(METRICS.lazy()).collect()
    streaming = fitted.score(METRICS.lazy()).collect(engine="streaming")
    one_by_one = pl.concat([fitted.score(row.lazy()).collect() for row in METRICS.iter_slices(1)])
    assert whole.write_csv() == streaming.write_csv() == one_by_one.write_csv()


def test_a_null_condition_is_told_with_the_score_it_stands_in() -> None:
    of = two_scores()
    findings = fit(of, METRICS).findings(METRICS.with_columns(plan=pl.lit(None, dtype=pl.String)))
    assert [finding.where for finding in findings] == ["scores.health.segments.large.when"]


def test_a_rule_of_stages_is_told_once_for_all_scores() -> None:
    from attrs import evolve

    of = evolve(two_scores(), stages={"new": Condition("a < 50"), "old": None})
    findings = fit(of, METRICS).findings(METRICS)
    assert [finding.where for finding in findings] == ["stages.new"]


def test_the_fingerprints_name_every_scorecard_of_every_score() -> None:
    assert fit(two_scores(), METRICS).fingerprints.keys() == {"large", "small", "adoption_card"}


def test_the_scorecard_column_has_the_fingerprint_of_the_scores_own_scorecard() -> None:
    fitted, scores = isolated(fit(two_scores(), METRICS), METRICS)
    adoption = scores.filter(pl.col("score_name") == "adoption")
    assert adoption["scorecard"].unique().to_list() == [fitted.fingerprints["adoption_card"]]


@pytest.mark.parametrize("name", ["health", "adoption"])
def test_inactive_customers_have_the_status_in_every_score(name: str) -> None:
    metrics = METRICS.with_columns(pl.Series("@active", [True, False, True]))
    scores = score(two_scores(), metrics).filter(pl.col("score_name") == name)
    assert scores["status"].to_list()[1] == "inactive"
