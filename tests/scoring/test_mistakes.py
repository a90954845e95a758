"""What does not fit the columns of a metrics table is found without a row of it."""

from __future__ import annotations

import attrs
import polars as pl
import pytest
from tests.support.scorecards import dimension, project, scorecard, scored

from scorewell.api.v1 import Condition, Expression
from scorewell.configuration.model import Adjustment, Project, RollUp, Segment
from scorewell.scoring import mistakes
from scorewell_standard.aggregators import Minimum, Rule, Rules
from scorewell_standard.normalizers import SqlExpression
from scorewell_standard.normalizers.lines import Linear, Range
from scorewell_standard.normalizers.targets import Target

SCHEMA = pl.Schema({"customer_id": pl.String, "plan": pl.String, "a": pl.Float64, "kind": pl.String})
LINE = Linear(from_=0.0, to=1.0)


def told(made: Project) -> list[tuple[str, str]]:
    return [(finding.where, finding.message) for finding in mistakes(made, SCHEMA)]


def test_what_fits_has_no_mistakes() -> None:
    card = scorecard(
        metrics={"a": scored(LINE, when=Condition("plan = 'Pro'"))},
        adjustments=(Adjustment(when=Condition("a > 5"), at_most=40.0, because="many"),),
    )
    assert told(project(card)) == []


def test_every_condition_that_does_not_fit_is_told_at_its_place() -> None:
    card = scorecard(
        metrics={"a": scored(LINE, when=Condition("plan > 5"))},
        adjustments=(Adjustment(when=Condition("a = 'x'"), at_most=40.0, because="many"),),
    )
    made = project(card, segments={"big": Segment(when=Condition("plan = 5"), scorecard="card")})
    assert [where for where, _ in told(made)] == [
        "segments.big.when",
        "scorecards.card.metrics.a.when",
        "scorecards.card.adjustments.1.when",
    ]


@pytest.mark.parametrize(
    ("card", "message"),
    [
        (
            scorecard(metrics={"kind": scored(LINE)}),
            "metric 'kind' is a category, and normalizer 'linear' needs a number",
        ),
        (
            scorecard(metrics={"kind": scored(SqlExpression(sql=Expression("value")))}),
            "value: yields text, and a number was expected",
        ),
        (
            scorecard(
                aggregator=Rules(rules=(Rule(when=Condition("a = 'red'"), score=0.0), Rule(score=Minimum()))),
                metrics={"a": scored(LINE)},
            ),
            "a = 'red': '=' cannot take text and a number together: quote both, or cast one of them",
        ),
    ],
)
def test_a_scorecard_that_does_not_fit_its_metrics_is_told(card, message) -> None:
    assert told(project(card)) == [("scorecards.card", message)]


PLAN = Expression("plan")
NO_NUMBER = "plan: yields text, and a number was expected"


def test_a_bound_that_is_no_number_is_told_at_its_setting() -> None:
    deep = dimension(dimensions={"inner": dimension(metrics={"a": scored(Target(target=PLAN))})})
    made = project(scorecard(dimensions={"outer": deep}))
    assert told(made) == [("scorecards.card.dimensions.outer.dimensions.inner.metrics.a.normalizer.target", NO_NUMBER)]


def test_a_bound_of_several_is_found_too() -> None:
    made = project(scorecard(metrics={"a": scored(Range(best=(1.0, 2.0), worst=(0.0, PLAN)))}))
    assert told(made) == [("scorecards.card.metrics.a.normalizer.worst", NO_NUMBER)]


def test_a_bound_that_two_scorecards_have_from_one_line_is_told_once() -> None:
    card = scorecard(metrics={"a": scored(Linear(from_=0.0, to=PLAN))})
    line = {f"scorecards.{name}.metrics.a.normalizer": "scorewell.yaml:9:5" for name in ("base", "more")}
    made = attrs.evolve(project({"base": card, "more": card}), origin=line)
    assert told(made) == [("scorecards.base.metrics.a.normalizer.to", NO_NUMBER)]


@pytest.mark.parametrize(
    ("by", "expected"), [("count", []), ("a", []), ("plan", ["plan holds text: children are weighed by a number"])]
)
def test_children_weigh_by_a_number(by: str, expected: list[str]) -> None:
    whole = project(scorecard(roll_up=RollUp(by=by)))
    part = project(scorecard(dimensions={"sites": dimension(roll_up=RollUp(by=by))}))
    assert told(whole) == [("scorecards.card.roll_up.by", each) for each in expected]
    assert told(part) == [("scorecards.card.dimensions.sites.roll_up.by", each) for each in expected]
