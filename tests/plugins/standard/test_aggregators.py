"""Each aggregator's formula, edges and contributions, on numbers worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest
from tests.support.scorecards import customers, dimension, project, score, scorecard, scored, unexplained

from scorewell.api.v1 import Aggregator, Condition, PartName
from scorewell.configuration.model import Band
from scorewell_standard.aggregators import (
    COMPONENTS,
    AddedPoints,
    GeometricMean,
    Maximum,
    Median,
    Minimum,
    Rule,
    Rules,
    WeakestShare,
    WeightedAverage,
)
from scorewell_standard.normalizers import Linear


def combined(aggregator: Aggregator, **values: float | None) -> dict[str, float | None]:
    """One customer's unrounded score and contributions; weights 1, 2, 3 … in order."""
    metrics = {name: scored(weight=float(weight)) for weight, name in enumerate(values, 1)}
    scores = score(
        project(scorecard(aggregator, metrics=metrics, precision=None)),
        customers(**{name: [value] for name, value in values.items()}),
    )
    assert unexplained(scores) < 1e-9
    row = scores.row(0, named=True)
    return {
        "score": row["score"],
        **{name: row[f"contribution.{name}"] for name in values},
        "own": row.get("contribution.own"),
    }


def test_a_weighted_average_weighs() -> None:
    assert combined(WeightedAverage(), a=90.0, b=60.0)["score"] == pytest.approx((90 + 2 * 60) / 3)


def test_a_weighted_averages_contribution_is_what_a_part_costs() -> None:
    parts = combined(WeightedAverage(), a=90.0, b=60.0)
    assert parts["a"] == pytest.approx(-10 / 3)
    assert parts["b"] == pytest.approx(-80 / 3)


def test_a_missing_parts_weight_is_spread_over_the_others() -> None:
    assert combined(WeightedAverage(), a=90.0, b=None, c=30.0)["score"] == pytest.approx((90 + 3 * 30) / 4)


def test_the_minimum_is_the_lowest_part() -> None:
    parts = combined(Minimum(), a=90.0, b=60.0, c=75.0)
    assert (parts["score"], parts["a"], parts["b"], parts["c"]) == (60, 0, -40, 0)


def test_contributions_of_a_tie_are_shared_equally() -> None:
    parts = combined(Minimum(), a=60.0, b=60.0, c=75.0)
    assert (parts["a"], parts["b"], parts["c"]) == (-20, -20, 0)


def test_a_part_that_weighs_nothing_is_not_in_the_minimum() -> None:
    card = scorecard(Minimum(), metrics={"a": scored(), "b": scored(weight=0.0)})
    assert score(project(card), customers(a=[80.0], b=[10.0]))["score"].to_list() == [80]


def test_a_filled_in_value_never_enters_the_minimum() -> None:
    card = scorecard(Minimum(), metrics={"a": scored(), "b": scored(missing="worst")})
    assert score(project(card), customers(a=[80.0], b=[None]))["score"].to_list() == [80]


def test_the_maximum_is_the_highest_part() -> None:
    parts = combined(Maximum(), a=30.0, b=60.0, c=None)
    assert (parts["score"], parts["a"], parts["b"]) == (60, 0, -40)


def test_contributions_of_a_tie_for_the_highest_are_shared_equally() -> None:
    parts = combined(Maximum(), a=60.0, b=60.0, c=25.0)
    assert (parts["a"], parts["b"], parts["c"]) == (-20, -20, 0)


@pytest.mark.parametrize("aggregator", [Maximum(), WeakestShare(below=40.0)])
def test_what_weighs_nothing_or_was_filled_in_decides_nothing(aggregator: Aggregator) -> None:
    others = {"b": scored(weight=0.0), "c": scored(missing="worst"), "d": scored(missing=100.0)}
    card = scorecard(aggregator, metrics={"a": scored(), **others})
    scores = score(project(card), customers(a=[30.0], b=[90.0], c=[None], d=[None]))["score"].to_list()
    assert scores == [30 if isinstance(aggregator, Maximum) else 0]


def equally(aggregator: Aggregator, **values: float | None) -> dict[str, float | None]:
    """One customer's score and contributions, all weights being 1."""
    card = scorecard(aggregator, metrics={name: scored() for name in values}, precision=None)
    scores = score(project(card), customers(**{name: [value] for name, value in values.items()}))
    assert unexplained(scores) < 1e-9
    row = scores.row(0, named=True)
    return {"score": row["score"], **{name: row[f"contribution.{name}"] for name in values}}


def test_the_median_is_the_part_in_the_middle_and_it_carries_the_contribution() -> None:
    assert equally(Median(), a=90.0, b=10.0, c=60.0) == {"score": 60, "a": 0, "b": 0, "c": -40}


def test_the_median_of_an_even_number_is_half_way_between_the_middle_two() -> None:
    parts = equally(Median(), a=90.0, b=10.0, c=60.0, d=20.0)
    assert parts == {"score": 40, "a": 0, "b": 0, "c": -20, "d": -40}


def test_parts_that_tie_in_the_middle_share_equally() -> None:
    assert equally(Median(), a=50.0, b=50.0, c=0.0) == {"score": 50, "a": -25, "b": -25, "c": 0}
    tied = equally(Median(), a=50.0, b=50.0, c=0.0, d=100.0, e=None)
    assert tied == {"score": 50, "a": -25, "b": -25, "c": 0, "d": 0, "e": None}


def test_weights_say_which_parts_the_median_is_taken_of() -> None:
    # The weights are 1, 2 and 3.
    assert combined(Median(), a=90.0, b=10.0, c=20.0)["score"] == 20
    metrics = {name: scored(weight=weight) for name, weight in (("a", 5.0), ("b", 1.0), ("c", 0.0), ("d", 1.0))}
    card = scorecard(Median(), metrics=metrics)
    assert score(project(card), customers(a=[10.0], b=[60.0], c=[100.0], d=[90.0]))["score"].to_list() == [60]


def test_a_filled_in_value_may_be_in_the_middle() -> None:
    card = scorecard(Median(), metrics={"a": scored(), "b": scored(missing="neutral"), "c": scored()})
    assert score(project(card), customers(a=[80.0], b=[None], c=[10.0]))["score"].to_list() == [50]


def points(**settings: Any) -> AddedPoints:
    for word in ("add", "deduct"):
        settings[word] = {PartName(name): value for name, value in settings.get(word, {}).items()}
    return AddedPoints(**settings)


def test_points_start_and_are_added_and_deducted() -> None:
    parts = combined(points(start=50.0, add={"a": 20.0}, deduct={"b": 40.0}), a=50.0, b=75.0)
    assert (parts["score"], parts["a"], parts["b"], parts["own"]) == (50, 10, -10, 0)


def test_a_part_may_both_add_and_deduct() -> None:
    both = points(start=50.0, add={"a": 20.0}, deduct={"a": 20.0})
    assert [combined(both, a=value)["score"] for value in (0.0, 50.0, 100.0)] == [30, 50, 70]


def test_a_part_that_is_not_named_moves_nothing() -> None:
    parts = combined(points(start=50.0, add={"a": 20.0}), a=100.0, b=0.0)
    assert (parts["score"], parts["b"]) == (70, 0)


def test_without_names_each_part_adds_up_to_its_weight() -> None:
    parts = combined(points(), a=100.0, b=50.0, c=100.0)
    assert (parts["score"], parts["a"], parts["b"], parts["c"]) == pytest.approx((5, 1, 1, 3))


def test_a_part_without_a_score_neither_adds_nor_deducts() -> None:
    parts = combined(points(start=50.0, add={"a": 20.0, "b": 20.0}, deduct={"b": 30.0}), a=100.0, b=None)
    assert (parts["score"], parts["a"], parts["b"], parts["own"]) == (70, 20, None, 0)


def test_what_the_ends_of_the_scale_take_or_give_is_the_nodes_own() -> None:
    over = combined(points(start=90.0, add={"a": 20.0}, deduct={"b": 200.0}), a=100.0, b=100.0)
    assert (over["score"], over["a"], over["own"]) == (100, 20, -10)
    under = combined(points(start=90.0, add={"a": 20.0}, deduct={"b": 200.0}), a=100.0, b=0.0)
    assert (under["score"], under["b"], under["own"]) == (0, -200, 90)


def test_the_baseline_of_points_is_their_start() -> None:
    card = scorecard(points(start=5.0, add={"a": 3.0}), metrics={"a": scored()}, scale=(0.0, 10.0), precision=1)
    assert score(project(card), customers(a=[50.0])).select("baseline", "score", "contribution.a").rows() == [
        (5, 6.5, 1.5)
    ]


def test_points_count_from_the_lower_end_of_a_scale_that_does_not_begin_at_zero() -> None:
    bands = (Band(name="low", up_to=0.0), Band(name="high", up_to=100.0))
    card = scorecard(points(add={"a": 60.0}), metrics={"a": scored()}, scale=(-100.0, 100.0), bands=bands)
    assert score(project(card), customers(a=[50.0])).select("baseline", "score").rows() == [(-100, -70)]


def test_a_group_of_factors_is_limited_before_it_is_added() -> None:
    group = points(add={"a": 60.0, "b": 30.0}, out_of=60.0)
    card = scorecard(
        points(add={"group": 60.0, "c": 40.0}),
        dimensions={"group": dimension(group, metrics={"a": scored(), "b": scored()})},
        metrics={"c": scored()},
    )
    scores = score(project(card), customers(a=[100.0, 50.0], b=[100.0, 100.0], c=[100.0, 0.0]))
    assert scores["score"].to_list() == [100, 60]
    columns = ["contribution.group.a", "contribution.group.b", "contribution.c", "contribution.own.group"]
    assert scores.select(columns).rows() == [(60, 30, 40, -30), (30, 30, 0, 0)]
    assert unexplained(scores) < 1e-9


def test_points_under_another_aggregator_explain_themselves_from_its_start() -> None:
    card = scorecard(
        WeightedAverage(),
        dimensions={"p": dimension(points(start=20.0, add={"a": 50.0}), metrics={"a": scored()})},
        metrics={"b": scored()},
    )
    scores = score(project(card), customers(a=[60.0], b=[70.0]))
    assert scores.select("dimension.p", "score", "contribution.p.a", "contribution.own.p").rows() == [(50, 60, 15, -40)]


@pytest.mark.parametrize(
    ("mistaken", "told"),
    [
        (points(add={"a": -3.0}), "add of a is -3: write 3 under deduct"),
        (points(deduct={"a": -3.0}), "deduct of a is -3: write 3 under add"),
        (points(out_of=0.0), "out_of must be above 0, got 0"),
        (points(start=70.0, out_of=60.0), "start is 70, outside 0 to 60"),
    ],
)
def test_points_that_cannot_be_meant_are_told(mistaken: AddedPoints, told: str) -> None:
    assert list(mistaken.problems()) == [told]


def test_each_poor_part_costs_its_share_of_the_weight() -> None:
    # The weights are 1, 2, 3 and 4.
    parts = combined(WeakestShare(below=40.0), a=39.0, b=100.0, c=0.0, d=40.0)
    assert (parts["score"], parts["a"], parts["b"], parts["c"], parts["d"]) == pytest.approx((60, -10, 0, -30, 0))


def test_how_poor_the_poor_are_does_not_matter() -> None:
    scores = [combined(WeakestShare(below=40.0), a=value, b=90.0)["score"] for value in (39.9, 20.0, 0.0)]
    assert scores == pytest.approx([200 / 3] * 3)


def test_a_missing_part_is_neither_poor_nor_well() -> None:
    assert combined(WeakestShare(below=40.0), a=10.0, b=None, c=90.0)["score"] == pytest.approx(75)


def test_the_threshold_of_the_poor_is_in_the_scorecards_scale_and_not_missed_by_the_last_digit() -> None:
    metrics = {"a": scored(Linear(from_=0.0, to=0.09)), "b": scored()}
    card = scorecard(WeakestShare(below=4.0), metrics=metrics, scale=(0.0, 10.0))
    assert 0.036 * (100 / 0.09) < 40  # though it is 40 % of it
    assert score(project(card), customers(a=[0.036, 0.03], b=[100.0, 100.0]))["score"].to_list() == [10, 5]


def test_the_geometric_mean_multiplies() -> None:
    assert combined(GeometricMean(), a=90.0, b=10.0)["score"] == pytest.approx(math.pow(90 * 10 * 10, 1 / 3))


def test_the_geometric_mean_shares_the_loss_by_logarithms() -> None:
    parts = combined(GeometricMean(), a=90.0, b=10.0)
    loss = parts["score"] - 100
    logarithms = [math.log(0.9), 2 * math.log(0.1)]
    assert parts["a"] == pytest.approx(loss * logarithms[0] / sum(logarithms))
    assert parts["b"] == pytest.approx(loss * logarithms[1] / sum(logarithms))


def test_a_part_at_zero_makes_the_geometric_mean_zero_and_bears_the_loss() -> None:
    parts = combined(GeometricMean(), a=0.0, b=80.0)
    assert (parts["score"], parts["a"], parts["b"]) == (0, -100, 0)


def test_perfect_parts_make_a_perfect_geometric_mean() -> None:
    assert combined(GeometricMean(), a=100.0, b=100.0)["score"] == 100


def rules(*each: tuple[str | None, float | Aggregator]) -> Rules:
    return Rules(
        rules=tuple(Rule(when=None if when is None else Condition(when), score=result) for when, result in each)
    )


def test_the_first_rule_that_holds_decides() -> None:
    first = rules(("a < 40", 20.0), ("a < 60", 30.0), (None, WeightedAverage()))
    assert combined(first, a=30.0, b=90.0)["score"] == 20
    assert combined(first, a=50.0, b=90.0)["score"] == 30
    assert combined(first, a=60.0, b=90.0)["score"] == 80


def test_a_rules_number_is_the_nodes_own_contribution() -> None:
    parts = combined(rules(("a < 40", 20.0), (None, WeightedAverage())), a=30.0, b=90.0)
    assert (parts["own"], parts["a"], parts["b"]) == (-80, 0, 0)


def test_a_rules_aggregator_explains_itself_by_its_parts() -> None:
    parts = combined(rules(("a < 40", 20.0), (None, Minimum())), a=60.0, b=90.0)
    assert (parts["own"], parts["a"], parts["b"]) == (0, -40, 0)


def test_a_filled_in_value_never_decides_a_rule() -> None:
    card = scorecard(
        rules(("b < 40", 20.0), (None, WeightedAverage())), metrics={"a": scored(), "b": scored(missing="worst")}
    )
    assert score(project(card), customers(a=[80.0], b=[None]))["score"].to_list() == [40]


def test_a_rule_does_not_miss_its_bound_by_the_last_digit() -> None:
    value, top = 0.036, 0.09
    card = scorecard(
        rules(("a < 40", 20.0), (None, WeightedAverage())), metrics={"a": scored(Linear(from_=0.0, to=top))}
    )
    assert value * (100 / top) < 40  # though it is 40 % of it
    assert score(project(card), customers(a=[value]))["score"].to_list() == [40]


def test_where_no_rule_holds_there_is_no_score() -> None:
    assert combined(rules(("a < 40", 20.0)), a=60.0)["score"] is None


def test_rules_speak_in_the_scorecards_scale() -> None:
    bands = (Band(name="low", up_to=5.0), Band(name="high", up_to=10.0))
    decide = rules(("a < 4", 2.0), (None, WeightedAverage()))
    card = scorecard(decide, metrics={"a": scored()}, scale=(0.0, 10.0), precision=1, bands=bands)
    assert score(project(card), customers(a=[39.0, 40.0]))["score"].to_list() == [2, 4]


@pytest.mark.parametrize(
    ("mistaken", "told"),
    [
        (rules(), "rules is empty: it needs at least one rule"),
        (
            rules((None, 20.0), ("a < 40", 30.0)),
            "rule 1 has no 'when' and is not the last: the rules after it never apply",
        ),
    ],
)
def test_rules_that_cannot_be_meant_are_told(mistaken: Rules, told: str) -> None:
    assert list(mistaken.problems()) == [told]


@pytest.mark.parametrize(
    "aggregator",
    [
        WeightedAverage(),
        Minimum(),
        Maximum(),
        Median(),
        GeometricMean(),
        AddedPoints(),
        WeakestShare(below=40.0),
        rules((None, WeightedAverage())),
    ],
)
def test_without_any_part_there_is_no_score(aggregator: Aggregator) -> None:
    assert combined(aggregator, a=None, b=None)["score"] is None


@pytest.mark.parametrize("inner", [points(start=30.0, add={"a": 50.0}, deduct={"b": 90.0}), WeakestShare(below=40.0)])
def test_a_rule_may_hand_over_to_any_aggregator(inner: Aggregator) -> None:
    parts = combined(rules(("a < 40", 20.0), (None, inner)), a=60.0, b=10.0)
    assert parts["score"] == combined(inner, a=60.0, b=10.0)["score"]


def test_every_aggregator_is_registered_once() -> None:
    assert sorted(component.name for component in COMPONENTS) == [
        "geometric_mean",
        "maximum",
        "median",
        "minimum",
        "points",
        "rules",
        "weakest_share",
        "weighted_average",
    ]
