"""What does not fit the columns of a metrics table is found without a row of it."""

from __future__ import annotations

import polars as pl
import pytest
from tests.support.scorecards import project, scorecard, scored

from scorewell.api.v1 import Condition, Expression
from scorewell.configuration.model import Adjustment, Project, Segment
from scorewell.scoring import mistakes
from scorewell_standard.aggregators import Minimum, Rule, Rules
from scorewell_standard.normalizers.choices import SqlExpression
from scorewell_standard.normalizers.lines import Linear

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
        "scorecards.card: a.when",
        "scorecards.card.adjustments.1.when",
    ]


@pytest.mark.parametrize(
    ("card", "message"),
    [
        (
            scorecard(metrics={"kind": scored(LINE)}),
            "scorecards.card: metric 'kind' is a category, and normalizer 'linear' needs a number",
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
