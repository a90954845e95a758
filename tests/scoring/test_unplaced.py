"""Where a rule of segments or stages needs a metric that failed, nobody falls to the rules behind it."""

from __future__ import annotations

import attrs
import polars as pl
import pytest
from tests.support.scorecards import customers, project, score, scorecard, scored

from scorewell.api.v1 import Condition
from scorewell.configuration.model import Project, Segment
from scorewell_standard.aggregators import Minimum

NOTHING = [None, None, None]
METRICS = customers(a=[80, 20, 60], b=NOTHING, plan=["A", "B", "B"]).with_columns(pl.col("b").cast(pl.Float64))
SEGMENTS = {
    "large": Segment(when=Condition("plan = 'A'"), scorecard="one"),
    "busy": Segment(when=Condition("b > 1"), scorecard="one"),
    "all": Segment(scorecard="two"),
}
PLACED = ("segment", "stage", "status", "score", "band")


def of(**changes: object) -> Project:
    cards = {"one": scorecard(metrics={"a": scored()}), "two": scorecard(metrics={"a": scored()})}
    return attrs.evolve(project(cards, segments=SEGMENTS), **changes)


def test_who_might_be_in_a_segment_that_nobody_can_tell_has_no_scorecard_and_is_in_error() -> None:
    scores = score(of(), METRICS, failed={"b"})
    assert scores.select(PLACED).rows() == [
        ("large", None, "scored", 80, "healthy"),
        (None, None, "error", None, None),
        (None, None, "error", None, None),
    ]


def test_scorecards_of_two_shapes_make_no_difference() -> None:
    cards = {"one": scorecard(metrics={"a": scored()}), "two": scorecard(metrics={"a": scored()}, aggregator=Minimum())}
    scores = score(project(cards, segments=SEGMENTS), METRICS, failed={"b"})
    assert scores["status"].to_list() == ["scored", "error", "error"]
    assert scores["segment"].to_list() == ["large", None, None]


def test_what_the_rule_would_say_with_the_metric_there_is_not_asked_for_twice() -> None:
    assert score(of(), METRICS)["segment"].to_list() == ["large", "all", "all"]


def test_a_stage_that_nobody_can_tell_takes_the_scorecard_where_that_hangs_on_the_stage() -> None:
    stages = {"new": Condition("b > 50"), "old": None}
    by_stage = {"all": Segment(scorecard={"new": "one", "old": "two"})}
    scores = score(of(segments=by_stage, stages=stages), METRICS, failed={"b"})
    assert set(scores.select(PLACED).rows()) == {("all", None, "error", None, None)}


def test_with_one_scorecard_for_all_stages_the_score_stays_and_the_status_says_that_something_failed() -> None:
    of_all = of(segments={"all": Segment(scorecard="one")}, stages={"new": Condition("b > 50"), "old": None})
    scores = score(of_all, METRICS, failed={"b"})
    assert scores.select("stage", "status", "score").rows() == [
        (None, "error", 80),
        (None, "error", 20),
        (None, "error", 60),
    ]


@pytest.mark.parametrize("failed", [set[str](), {"a"}])
def test_rules_that_need_nothing_that_failed_place_everybody(failed: set[str]) -> None:
    assert score(of(), METRICS, failed=failed)["segment"].to_list() == ["large", "all", "all"]


def test_who_is_not_active_stays_so() -> None:
    metrics = METRICS.with_columns(pl.Series("@active", [True, True, False]))
    assert score(of(), metrics, failed={"b"})["status"].to_list() == ["scored", "error", "inactive"]
