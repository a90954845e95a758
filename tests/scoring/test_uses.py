"""What a score rests on beyond its parts: a metric that failed or is stale may hide in a rule, a bound or a roll-up."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from tests.support.scorecards import customers, dimension, project, score, scorecard, scored

from scorewell.api.v1 import Condition, Expression
from scorewell.configuration.model import Adjustment, Metric, Project, RollUp, Scorecard
from scorewell.scoring.uses import metrics_used
from scorewell_standard.aggregators import Rule, Rules
from scorewell_standard.normalizers import Linear

A = {"a": scored()}
CAPPED = scorecard(metrics=A, adjustments=(Adjustment(when=Condition("b > 0"), at_most=40.0, because="x"),))
PLACES: dict[str, Scorecard] = {
    "an adjustment": CAPPED,
    "a condition on a metric": scorecard(metrics={"a": scored(when=Condition("coalesce(b, 1) > 0"))}),
    "a condition on a dimension": scorecard(dimensions={"d": dimension(metrics=A, when=Condition("b > 0"))}),
    "a bound": scorecard(metrics={"a": scored(Linear(from_=0.0, to=Expression("coalesce(b, 5)")))}),
}


def with_b(card: Scorecard) -> Project:
    of = project(card)
    return attrs.evolve(of, metrics={**of.metrics, "b": Metric(), "c": Metric()})


@pytest.mark.parametrize("card", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize(("doubt", "status"), [({"failed": {"b"}}, "error"), ({"stale": {"b"}}, "stale")])
def test_a_metric_that_is_in_doubt_counts_wherever_it_is_used(card: Scorecard, doubt: Any, status: str) -> None:
    answer = score(with_b(card), customers(a=[80.0], b=[1.0], c=[1.0]), **doubt)
    assert answer["status"].to_list() == [status]


def test_a_metric_that_is_used_nowhere_is_nobodys_doubt() -> None:
    answer = score(with_b(CAPPED), customers(a=[80.0], b=[0.0], c=[None]), failed={"c"}, stale={"c"})
    assert answer["status"].to_list() == ["scored"]


def test_what_children_weigh_by_is_used() -> None:
    card = attrs.evolve(scorecard(), roll_up=RollUp(by="b"))
    assert metrics_used(with_b(card), card) == {"b"}


def test_the_names_in_an_aggregators_rules_are_parts_and_no_metrics() -> None:
    rules = Rules(rules=(Rule(when=Condition("b > 1"), score=20.0), Rule(score=50.0)))
    card = scorecard(rules, dimensions={"b": dimension(metrics=A)})
    assert metrics_used(with_b(card), card) == {"a"}
