"""The causes of changes add up between any two projects: segments, populations, medians, scales, definitions."""

from __future__ import annotations

from random import Random
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.changes import adds_up, side
from tests.support.scorecards import customers, dimension, project, scorecard, scored

from scorewell.api.v1 import Condition, Duration
from scorewell.configuration.model import Adjustment, Band, Metric, Project, Scorecard, ScoredMetric, Segment
from scorewell.scoring import Side, isolated
from scorewell_standard.aggregators import GeometricMean, Median, Minimum, WeakestShare
from scorewell_standard.normalizers import Linear, Percentile

METRICS = "abcdef"
PEOPLE = 60  # enough for percentiles and medians to be learned
NORMALIZERS = (
    Linear(from_=0.0, to=100.0),
    Linear(from_=80.0, to=10.0),
    Percentile(),
    Percentile(),
)
AGGREGATORS = (None, None, Minimum(), Median(), GeometricMean(), WeakestShare(below=5.0))
few = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def from_seed(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - nothing is secret here


def a_leaf(random: Random) -> ScoredMetric:
    return scored(
        random.choice(NORMALIZERS),
        weight=random.choice([0.5, 1.0, 2.0]),
        missing=random.choice(["ignore", "ignore", "neutral", "worst", 5.0]),
        when=random.choice([None, None, Condition("seats > 50")]),
    )


def a_card(random: Random) -> Scorecard:
    names = random.sample(METRICS, random.randint(3, len(METRICS)))
    inside = random.randint(1, len(names) - 1)
    top = random.choice([100.0, 100.0, 10.0])
    reasons = random.sample(["overdue", "escalated"], random.randint(0, 2))
    return scorecard(
        random.choice(AGGREGATORS),
        dimensions={
            "use": dimension(
                random.choice(AGGREGATORS),
                weight=random.choice([1.0, 3.0]),
                minimum_coverage=random.choice([None, 0.5]),
                metrics={name: a_leaf(random) for name in names[:inside]},
            )
        },
        metrics={name: a_leaf(random) for name in names[inside:]},
        adjustments=tuple(
            Adjustment(when=Condition("seats > 30"), at_most=0.6 * top, because=reason) for reason in reasons
        ),
        scale=(0.0, top),
        bands=(Band(name="all", up_to=top),),
        precision=random.choice([0, 1, None]),
        minimum_coverage=random.choice([0.0, 0.4]),
        fit_on=random.choice(["segment", "all"]),
    )


def a_metric(random: Random, *, may_be_relative: bool) -> Metric:
    return Metric(
        relative_to="segment" if may_be_relative and random.random() < 0.2 else None,
        window=Duration.parse(random.choice(["30d", "30d", "90d"])),
        better=random.choice(["higher", "higher", "lower"]),
    )


def a_project(random: Random) -> Project:
    one, other = random.sample(["one", "two", "three"], 2)
    by_stage = {"new": one, "old": other}
    return project(
        {one: a_card(random), other: a_card(random)},
        segments={
            "small": Segment(when=Condition(f"seats < {random.choice([40, 60])}"), scorecard=by_stage),
            "large": Segment(scorecard=other),
        },
        stages={"new": Condition("a < 50"), "old": None},
        metrics={name: a_metric(random, may_be_relative=name != "a") for name in METRICS},
    )


def a_table(random: Random) -> pl.DataFrame:
    def cells() -> list[Any]:
        return [None if random.random() < 0.1 else random.uniform(0, 100) for _ in range(PEOPLE)]

    seats = [random.uniform(0, 100) for _ in range(PEOPLE)]
    return customers(seats=seats, plan=["A"] * PEOPLE, **{name: cells() for name in METRICS})


def scored_side(of: Project, metrics: pl.DataFrame) -> Side:
    fitted, scores = isolated(side(of, metrics).fitted, metrics)
    return Side(fitted=fitted, metrics=metrics, scores=scores)


@few
@given(st.integers(0, 10**9))
def test_the_causes_add_up_between_any_two_projects(seed: int) -> None:
    random = from_seed(seed)
    before, after = (scored_side(a_project(random), a_table(random)) for _ in range(2))
    found = adds_up(before, after)
    assert "versions" not in found["name"]


@few
@given(st.integers(0, 10**9))
def test_with_the_same_rules_only_customers_and_the_population_are_causes(seed: int) -> None:
    random = from_seed(seed)
    of = a_project(random)
    found = adds_up(*(scored_side(of, a_table(random)) for _ in range(2)))
    rules = {"weights", "thresholds", "metrics", "configuration"}
    assert rules.isdisjoint(found["kind"])


@few
@given(st.integers(0, 10**9))
def test_with_the_same_data_and_rules_nothing_is_told(seed: int) -> None:
    random = from_seed(seed)
    of, metrics = a_project(random), a_table(random)
    assert adds_up(scored_side(of, metrics), scored_side(of, metrics)).is_empty()
