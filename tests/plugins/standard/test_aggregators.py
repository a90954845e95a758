"""Each aggregator's formula, edges and contributions, on numbers worked out by hand."""

from __future__ import annotations

import math

import pytest
from tests.support.scorecards import customers, project, score, scorecard, scored, unexplained

from scorewell.api.v1 import Aggregator, Condition
from scorewell.configuration.model import Band
from scorewell_standard.aggregators import GeometricMean, Minimum, Rule, Rules, WeightedAverage
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
    "aggregator", [WeightedAverage(), Minimum(), GeometricMean(), rules((None, WeightedAverage()))]
)
def test_without_any_part_there_is_no_score(aggregator: Aggregator) -> None:
    assert combined(aggregator, a=None, b=None)["score"] is None
