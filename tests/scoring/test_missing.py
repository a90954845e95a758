"""Missing is never zero by accident: zero, missing and not applicable are three things."""

from __future__ import annotations

import pytest
from tests.support.scorecards import customers, dimension, project, score, scorecard, scored

from scorewell.api.v1 import Condition
from scorewell.configuration.model import Adjustment, MissingPolicy
from scorewell_standard.aggregators import Minimum
from scorewell_standard.normalizers import Steps


def test_a_metric_nobody_could_know_does_not_lower_the_score() -> None:
    card = scorecard(metrics={"a": scored(), "b": scored()})
    assert score(project(card), customers(a=[80], b=[None]))["score"].to_list() == [80]


def test_zero_is_a_value() -> None:
    card = scorecard(metrics={"a": scored(), "b": scored()})
    scores = score(project(card), customers(a=[80], b=[0]))
    assert scores.select("score", "coverage").row(0) == (40, 1)


@pytest.mark.parametrize(("policy", "expected"), [("ignore", 80), ("neutral", 65), ("worst", 40), (20.0, 50)])
def test_a_missing_policy_says_what_is_put_in(policy: MissingPolicy, expected: float) -> None:
    card = scorecard(metrics={"a": scored(), "b": scored(missing=policy)})
    scores = score(project(card), customers(a=[80], b=[None]))
    assert scores.select("score", "coverage", "status").row(0) == (expected, 0.5, "partial")


def test_a_metric_that_must_be_there_leaves_no_score_without_it() -> None:
    card = scorecard(metrics={"a": scored(), "b": scored(missing="fail")})
    scores = score(project(card), customers(a=[80, 80], b=[None, 60]))
    assert scores.select("score", "status").rows() == [(None, "error"), (70, "scored")]


def test_a_metric_that_must_be_there_is_asked_for_only_where_its_dimensions_apply() -> None:
    must = dimension(metrics={"b": scored(missing="fail")}, when=Condition("plan = 'A'"))
    card = scorecard(metrics={"a": scored()}, dimensions={"outer": dimension(dimensions={"inner": must})})
    scores = score(project(card), customers(a=[80, 80, 80], b=[None, None, None], plan=["A", "B", None]))
    assert scores.select("score", "status").rows() == [(None, "error"), (80, "scored"), (80, "scored")]


def test_a_filled_in_value_is_no_data() -> None:
    card = scorecard(metrics={"a": scored(missing="worst")}, minimum_coverage=0.5)
    assert score(project(card), customers(a=[None])).select("score", "status").row(0) == (None, "insufficient_data")


def test_what_does_not_apply_is_out_of_the_weights_and_of_the_coverage() -> None:
    card = scorecard(metrics={"a": scored(), "b": scored(when=Condition("plan = 'A'"))})
    scores = score(project(card), customers(a=[80, 80], b=[40, 40], plan=["A", "B"]))
    assert scores.select("score", "coverage", "status").rows() == [(60, 1, "scored"), (80, 1, "scored")]


def test_a_null_condition_is_false() -> None:
    card = scorecard(metrics={"a": scored(), "b": scored(when=Condition("plan = 'A'"))})
    scores = score(project(card), customers(a=[80, 80], b=[40, 40], plan=[None, "A"]))
    assert scores["score"].to_list() == [80, 60]


def test_a_dimension_that_does_not_apply_takes_its_metrics_with_it() -> None:
    card = scorecard(
        dimensions={
            "one": dimension(metrics={"a": scored()}),
            "two": dimension(metrics={"b": scored(missing="worst")}, when=Condition("plan = 'A'")),
        }
    )
    scores = score(project(card), customers(a=[80, 80], b=[None, None], plan=["A", "B"]))
    assert scores.select("score", "coverage").rows() == [(40, 0.5), (80, 1)]
    assert scores["contribution.two.b"].to_list() == [-50, None]


def test_where_nothing_applies_the_status_says_so() -> None:
    card = scorecard(metrics={"a": scored(when=Condition("plan = 'A'"))})
    assert score(project(card), customers(a=[80], plan=["B"])).select("score", "status").row(0) == (
        None,
        "not_applicable",
    )


def test_a_normalizer_without_an_answer_for_a_value_does_not_apply() -> None:
    card = scorecard(metrics={"a": scored(), "b": scored(Steps(steps={"< 10": 20.0}))})
    scores = score(project(card), customers(a=[80, 80, 80], b=[5, 50, None]))
    assert scores.select("score", "coverage").rows() == [(50, 1), (80, 1), (80, 0.5)]


def test_coverage_is_the_share_of_weight_with_data_down_the_tree() -> None:
    card = scorecard(
        dimensions={
            "one": dimension(weight=3.0, metrics={"a": scored(weight=1.0), "b": scored(weight=4.0)}),
            "two": dimension(weight=1.0, metrics={"c": scored()}),
        }
    )
    assert score(project(card), customers(a=[80], b=[None], c=[80]))["coverage"].item() == pytest.approx(
        (3 * 0.2 + 1) / 4
    )


def test_under_the_minimum_coverage_there_is_no_number_and_no_explanation() -> None:
    card = scorecard(metrics={"a": scored(weight=2.0), "b": scored(weight=3.0)}, minimum_coverage=0.5)
    scores = score(project(card), customers(a=[80, None], b=[None, 80]))
    assert scores.select("score", "status", "contribution.a").rows() == [
        (None, "insufficient_data", None),
        (80, "partial", None),
    ]


def test_exactly_the_minimum_coverage_is_enough() -> None:
    card = scorecard(metrics={"a": scored(weight=0.6), "b": scored(weight=0.4)}, minimum_coverage=0.6)
    assert score(project(card), customers(a=[80], b=[None]))["score"].to_list() == [80]


def test_a_dimension_under_its_own_minimum_coverage_counts_as_missing() -> None:
    card = scorecard(
        dimensions={
            "one": dimension(metrics={"a": scored(), "b": scored()}, minimum_coverage=0.6),
            "two": dimension(metrics={"c": scored()}),
        }
    )
    scores = score(project(card), customers(a=[10], b=[None], c=[80]))
    assert scores.select("score", "coverage", "dimension.one", "contribution.one.a").row(0) == (80, 0.75, None, None)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_are_none_count_as_missing(bad: float) -> None:
    card = scorecard(metrics={"a": scored(), "b": scored()})
    scores = score(project(card), customers(a=[80], b=[bad]))
    assert scores.select("score", "coverage", "metric.b").row(0) == (80, 0.5, None)


def test_a_node_whose_applicable_parts_all_weigh_nothing_does_not_apply() -> None:
    nothing = dimension(metrics={"a": scored(weight=0.0), "b": scored(weight=0.0)})
    card = scorecard(dimensions={"idle": nothing, "use": dimension(metrics={"c": scored()})})
    scores = score(project(card), customers(a=[10], b=[20], c=[80]))
    assert scores.select("score", "coverage", "status", "dimension.idle").row(0) == (80, 1, "scored", None)
    alone = score(project(scorecard(dimensions={"idle": nothing})), customers(a=[10], b=[20]))
    assert alone.select("score", "status").row(0) == (None, "not_applicable")


def test_a_dimension_decides_a_minimum_where_one_of_its_parts_is_measured_and_with_all_of_them() -> None:
    filled = dimension(metrics={"a": scored(missing="worst"), "b": scored(missing="worst")})
    card = scorecard(Minimum(), dimensions={"filled": filled, "use": dimension(metrics={"c": scored()})})
    scores = score(project(card), customers(a=[None, 80], b=[None, None], c=[60, 60]))
    assert scores.select("score", "dimension.filled").rows() == [(60, 0), (40, 40)]


def test_a_replaced_score_has_the_status_of_its_coverage_unless_nothing_applied_or_something_failed() -> None:
    replaced = (Adjustment(when=Condition("plan = 'A'"), replace=55.0, because="agreed"),)
    metrics = {"a": scored(when=Condition("plan <> 'none'")), "b": scored(when=Condition("plan <> 'none'"))}
    card = scorecard(metrics=metrics, minimum_coverage=0.6, adjustments=replaced)
    scores = score(project(card), customers(a=[80, 80], b=[None, None], plan=["A", "B"]))
    assert scores.select("score", "status").rows() == [(55, "partial"), (None, "insufficient_data")]
    everywhere = (Adjustment(replace=55.0, because="agreed"),)
    without = project(scorecard(metrics=metrics, adjustments=everywhere))
    nothing = score(without, customers(a=[80], b=[80], plan=["none"]))
    assert nothing.select("score", "status").row(0) == (55, "not_applicable")
    must = project(scorecard(metrics={"a": scored(missing="fail")}, adjustments=everywhere))
    assert score(must, customers(a=[None])).select("score", "status").row(0) == (55, "error")
