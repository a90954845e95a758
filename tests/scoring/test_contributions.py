"""Contributions where an aggregator starts elsewhere than at the top, or parts add points beyond their weight."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.scorecards import customers, dimension, project, score, scorecard, scored, unexplained

from scorewell.api.v1 import Aggregator, Combination, Learned, Parts, frozen, setting
from scorewell_standard.aggregators import GeometricMean, Minimum, Rule, Rules, WeightedAverage


@frozen
class Tally(Aggregator):
    """Starts at ``start``; a part with a score adds a tenth of it, one without takes 5."""

    name = "tally"

    start: float = setting("where it starts", default=30.0)

    def baseline(self, scale: tuple[float, float], learned: Learned | None) -> float:
        return self.start

    def combine(self, parts: Parts, reference: float) -> Combination:
        offsets = tuple((part.score * 0.1).fill_null(-5.0) for part in parts)
        added = pl.sum_horizontal(offsets)
        kept = (self.start + added).clip(0, 100)
        clamped = kept - self.start - added
        return Combination(
            score=kept,
            weights=(pl.lit(0.0),) * len(parts),
            offsets=offsets,
            own=clamped + self.start - reference,
        )


def test_the_baseline_is_where_the_root_starts() -> None:
    answer = score(project(scorecard(Tally(), metrics={"a": scored(), "b": scored()})), customers(a=[40.0], b=[None]))
    assert answer.select("baseline", "score", "contribution.a", "contribution.b").row(0) == (30, 29, 4, -5)


def test_what_a_part_adds_beyond_its_weight_is_its_own_where_it_is_a_dimension() -> None:
    card = scorecard(Tally(), dimensions={"p": dimension(metrics={"a": scored()})})
    answer = score(project(card), customers(a=[40.0]))
    assert answer.select("score", "contribution.p.a", "contribution.own.p").row(0) == (34, 0, 4)


def test_a_dimension_without_a_score_still_has_the_points_that_its_parent_gives_it() -> None:
    card = scorecard(Tally(), dimensions={"p": dimension(metrics={"a": scored()})}, metrics={"b": scored()})
    answer = score(project(card), customers(a=[None], b=[50.0]))
    assert answer.select("score", "contribution.own.p", "contribution.b").row(0) == (30, -5, 5)


def test_points_inside_a_mean_count_with_the_weight_of_their_dimension() -> None:
    card = scorecard(
        dimensions={"p": dimension(Tally(), weight=1, metrics={"a": scored()})}, metrics={"b": scored(weight=3)}
    )
    answer = score(project(card), customers(a=[100.0], b=[100.0])).row(0, named=True)
    assert answer["score"] == 85  # a quarter of 40, three quarters of 100
    assert answer["contribution.p.a"] == 2.5  # a quarter of the 10 points
    assert answer["contribution.own.p"] == -17.5  # a quarter of 30 instead of 100


def test_a_rule_hands_on_what_the_parts_of_its_aggregator_add() -> None:
    card = scorecard(Rules(rules=(Rule(score=Tally()),)), metrics={"a": scored()})
    answer = score(project(card), customers(a=[40.0])).row(0, named=True)
    assert (answer["contribution.a"], answer["contribution.own"]) == (4.0, -70.0)


cells = st.one_of(st.none(), st.sampled_from([0.0, 100.0]), st.floats(0, 100))
inner = st.sampled_from([WeightedAverage(), Minimum(), GeometricMean(), Tally(), Tally(start=0.0)])


@settings(max_examples=60, deadline=None)
@given(
    inner, inner, st.sampled_from([0.0, 30.0, 100.0]), st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=5)
)
def test_contributions_add_up_wherever_the_root_starts(
    above: Aggregator, below: Aggregator, start: float, rows: list[tuple[float | None, ...]]
) -> None:
    card = scorecard(
        Tally(start=start),
        dimensions={
            "p": dimension(
                above,
                dimensions={"q": dimension(below, metrics={"a": scored(), "b": scored()})},
                metrics={"c": scored()},
            )
        },
    )
    a, b, c = (list(column) for column in zip(*rows, strict=True))
    assert unexplained(score(project(card), customers(a=a, b=b, c=c))) < 1e-9


@pytest.mark.parametrize("start", [0.0, 30.0])
def test_the_geometric_mean_is_the_same_under_another_baseline(start: float) -> None:
    card = scorecard(
        Tally(start=start), dimensions={"p": dimension(GeometricMean(), metrics={"a": scored(), "b": scored()})}
    )
    answer = score(project(card), customers(a=[40.0], b=[90.0]))
    assert answer["dimension.p"].item() == pytest.approx(60.0)
