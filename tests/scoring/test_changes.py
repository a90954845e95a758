"""Why a score changed: the causes add up, and each is what one would say by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations, permutations
from typing import Any

import attrs
import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.scoring.test_properties import METRICS, rows, scorecards, table, tables
from tests.support.changes import PLACES, TWO, adds_up, causes, only, side, whole
from tests.support.model import Distance
from tests.support.scorecards import customers, dimension, project, score, scored

from scorewell.api.v1 import Condition
from scorewell.configuration.model import Metric, RollUp, Score, Scorecard, Segment
from scorewell.scoring import KINDS_OF_CAUSE, Side, changes, fit, gained_and_lost
from scorewell_standard.aggregators import AddedPoints, Minimum
from scorewell_standard.normalizers import Linear, Percentile

few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


# -- whatever the scorecards and the customers -----------------------------------------------------------------------


@st.composite
def two_tables(draw: st.DrawFn) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The same customers twice; about half of their values moved."""
    before = draw(tables)
    others = draw(st.lists(rows, min_size=len(before), max_size=len(before)))
    after = [
        {name: draw(st.sampled_from([value, other[name]])) for name, value in row.items()}
        for row, other in zip(before, others, strict=True)
    ]
    return table(before), table(after)


@few
@given(scorecards(), two_tables())
def test_the_causes_of_every_change_add_up_when_only_data_move(
    card: Scorecard, both: tuple[pl.DataFrame, pl.DataFrame]
) -> None:
    found = adds_up(side(project(card), both[0]), side(project(card), both[1]))
    assert set(found["kind"]) <= {"data", "missing", "returned", "adjustment", "rounding"}


@few
@given(scorecards(), scorecards(), two_tables())
def test_the_causes_of_every_change_add_up_between_any_two_configurations(
    one: Scorecard, other: Scorecard, both: tuple[pl.DataFrame, pl.DataFrame]
) -> None:
    found = adds_up(side(project(one), both[0]), side(project(other), both[1]))
    assert set(found["kind"]) <= set(KINDS_OF_CAUSE)
    assert "versions" not in found["name"]


@few
@given(scorecards(), scorecards(), scorecards(), two_tables())
def test_the_causes_of_every_change_add_up_across_segments(
    one: Scorecard, other: Scorecard, third: Scorecard, both: tuple[pl.DataFrame, pl.DataFrame]
) -> None:
    of_a = {"of_a": Segment(when=Condition("plan = 'A'"), scorecard="one"), "rest": Segment(scorecard="other")}
    of_b = {"of_b": Segment(when=Condition("plan = 'B'"), scorecard="one"), "rest": Segment(scorecard="other")}
    before = side(project({"one": one, "other": other}, segments=of_a), both[0])
    found = adds_up(before, side(project({"one": one, "other": third}, segments=of_b), both[1]))
    assert "versions" not in found["name"]


@few
@given(scorecards(), two_tables())
def test_each_customer_has_the_causes_that_it_has_alone(
    card: Scorecard, both: tuple[pl.DataFrame, pl.DataFrame]
) -> None:
    of = project(card)
    together = adds_up(side(of, both[0]), side(of, both[1]))
    alone = [changes(side(of, both[0][row]), side(of, both[1][row])) for row in range(len(both[0]))]
    columns = ["customer_id", "kind", "name", "old", "new", "detail"]
    assert together.select(columns).sort(columns).equals(pl.concat(alone).select(columns).sort(columns))


def shapley_values(value: Callable[[frozenset[str]], float], names: Sequence[str]) -> dict[str, float]:
    """From the definition: what each adds, over all orders in which they may come."""
    orders = list(permutations(names))
    added: dict[str, float] = dict.fromkeys(names, 0.0)
    for order in orders:
        for position, name in enumerate(order):
            before = frozenset(order[:position])
            added[name] += (value(before | {name}) - value(before)) / len(orders)
    return added


numbers = st.fixed_dictionaries({name: st.integers(0, 100).map(float) for name in METRICS})


@few
@given(scorecards(), numbers, numbers, st.sampled_from(["A", "B"]))
def test_what_metrics_did_together_is_shared_by_their_shapley_values(
    card: Scorecard, one: dict[str, float], other: dict[str, float], plan: str
) -> None:
    of = project(attrs.evolve(card, adjustments=(), minimum_coverage=0.0, precision=None))  # type: ignore[misc]
    names = [name for name in METRICS if one[name] != other[name]]
    subsets = [frozenset(each) for count in range(len(names) + 1) for each in combinations(names, count)]
    table_of_all = customers(
        plan=[plan] * len(subsets),
        **{name: [(other if name in subset else one)[name] for subset in subsets] for name in METRICS},
    )
    scores = dict(zip(subsets, score(of, table_of_all)["score"].to_list(), strict=True))
    assume(None not in scores.values())  # where a part needs more coverage than it has, there are none to share
    wanted = shapley_values(scores.__getitem__, names)
    before, after = side(of, table([{"plan": plan, **one}])), side(of, table([{"plan": plan, **other}]))
    found = {name: points for kind, name, points in causes(before, after) if kind == "data"}
    for name, points in wanted.items():
        assert found.get(name, 0.0) == pytest.approx(points, abs=1e-6)


# -- data ------------------------------------------------------------------------------------------------------------


def test_a_metric_that_moved_has_the_points_that_its_weight_gives_it() -> None:
    before, after = (side(TWO, customers(a=[value], b=[80])) for value in (10, 50))
    assert only(adds_up(before, after)) == ("data", "a", 10.0, "10.0", "50.0", "")


def test_nothing_is_told_where_nothing_moved() -> None:
    before, after = (side(TWO, customers(a=[10], b=[80])) for _ in range(2))
    assert adds_up(before, after).is_empty()


def test_a_metric_that_went_missing_is_told_apart_and_says_why() -> None:
    why = "tickets cannot be read"
    before = side(TWO, customers(a=[10], b=[80]))
    after = side(TWO, customers(a=[10], b=[None]), failed={"b": why})
    assert only(adds_up(before, after)) == ("missing", "b", -52.5, "80.0", None, why)
    assert only(adds_up(after, before)) == ("returned", "b", 52.5, None, "80.0", why)


def test_two_metrics_that_only_count_together_share_what_they_did() -> None:
    of = project(whole(Minimum(), metrics={"a": scored(), "b": scored()}))
    before, after = (side(of, customers(a=[value], b=[value])) for value in (20, 60))
    # Alone neither lifts the minimum: in one order b has all 40 points, in the other a.
    assert causes(before, after) == [("data", "a", 20.0), ("data", "b", 20.0)]


def test_three_that_only_count_together_have_a_third_each() -> None:
    of = project(whole(Minimum(), metrics={name: scored() for name in "abc"}))
    before, after = (side(of, customers(**{name: [value] for name in "abc"})) for value in (20, 80))
    assert causes(before, after) == [("data", "a", 20.0), ("data", "b", 20.0), ("data", "c", 20.0)]


def test_what_acts_together_only_half_way_is_shared_too() -> None:
    # Of 7 points c and d take 5 each: more than there is, unless a or b came before. First or last, each moves 5.
    points = AddedPoints(start=17.0, deduct=dict.fromkeys("abcd", 10.0))
    of = project(whole(aggregator=points, metrics={name: scored() for name in "abcd"}))
    before = side(of, customers(a=[50.0], b=[50.0], c=[100.0], d=[100.0]))
    after = side(of, customers(a=[100.0], b=[100.0], c=[50.0], d=[50.0]))
    points_of = {name: points for _, name, points in causes(before, after)}
    assert points_of == {"a": 4.75, "b": 4.75, "c": -4.75, "d": -4.75}


def test_what_acts_by_itself_has_its_own_points_beside_those_that_act_together() -> None:
    least = dimension(Minimum(), metrics={name: scored() for name in "abc"})
    of = project(whole(dimensions={"least": least}, metrics={"d": scored()}))
    before, after = (side(of, customers(**{name: [value] for name in "abcd"})) for value in (20, 80))
    assert causes(before, after) == [("data", "d", 30.0), ("data", "a", 10.0), ("data", "b", 10.0), ("data", "c", 10.0)]


def test_of_many_that_act_together_the_points_still_add_up() -> None:
    names = [f"m{number}" for number in range(9)]
    of = project(whole(Minimum(), metrics={name: scored() for name in names}))
    before, after = (side(of, customers(**{name: [value] for name in names})) for value in (20, 80))
    # In one order the last one has all 60 points, in the reverse the first one.
    assert causes(before, after) == [("data", "m0", 30.0), ("data", "m8", 30.0)]


def test_of_many_that_act_together_in_pairs_each_has_half_of_what_its_pair_did() -> None:
    pairs = [(f"a{number}", f"b{number}") for number in range(4)]
    dimensions = {a: dimension(Minimum(), metrics={a: scored(), b: scored()}) for a, b in pairs}
    of = project(whole(dimensions=dimensions))
    names = sorted(name for pair in pairs for name in pair)
    before, after = (side(of, customers(**{name: [value] for name in names})) for value in (20, 60))
    assert causes(before, after) == [("data", name, 5.0) for name in names]


def test_an_attribute_that_a_condition_looks_at_is_data() -> None:
    of = project(whole(metrics={"a": scored(), "b": scored(when=Condition("plan = 'big'"))}))
    before, after = (side(of, customers(plan=[plan], a=[20], b=[60])) for plan in ("small", "big"))
    assert only(adds_up(before, after)) == ("data", "plan", 20.0, "small", "big", "")


def test_an_attribute_that_nothing_looks_at_is_no_cause() -> None:
    before, after = (side(TWO, customers(plan=[plan], a=[20], b=[60])) for plan in ("small", "big"))
    assert adds_up(before, after).is_empty()


def test_a_step_without_a_number_leaves_its_points_to_the_next() -> None:
    of = project(whole(metrics={"a": scored(), "b": scored()}, minimum_coverage=0.5))
    before, after = side(of, customers(a=[20], b=[None])), side(of, customers(a=[None], b=[60]))
    # First a goes, and nothing is left: then b has all 40. First b comes: 20 to their mean, then 20 as a goes.
    assert causes(before, after) == [("returned", "b", 30.0), ("missing", "a", 10.0)]


# -- place and population --------------------------------------------------------------------------------------------


def test_another_segment_is_a_cause_of_its_own_after_the_data() -> None:
    before, after = (side(PLACES, customers(a=[value], seats=[seats])) for value, seats in ((40, 5), (60, 50)))
    assert adds_up(before, after).drop("customer_id", "score_name", "detail").rows() == [
        ("placement", "segment", -30.0, "small", "large"),
        ("data", "a", 20.0, "40.0", "60.0"),
    ]


def test_another_stage_is_told_as_such() -> None:
    staged: Any = attrs.evolve(
        PLACES,  # type: ignore[misc] # it is an attrs class
        stages={"new": Condition("seats < 10"), "mature": None},
        segments={"all": Segment(scorecard={"new": "one", "mature": "other"})},
    )
    before, after = (side(staged, customers(a=[60], seats=[seats])) for seats in (5, 50))
    assert only(adds_up(before, after)) == ("placement", "stage", -30.0, "new", "mature", "")


def test_who_stays_and_is_overtaken_has_lost_to_the_population() -> None:
    of = project(whole(metrics={"a": scored(Percentile()), "b": scored()}))
    others = [float(value) for value in range(40)]
    before = side(of, customers(a=[20, *others], b=[50] * 41))
    after = side(of, customers(a=[20, *(value + 20 for value in others)], b=[50] * 41))
    kind, name, points = causes(before, after, "01")[0]
    assert (kind, name) == ("population", "a")
    assert points < -20


def test_the_median_of_the_segment_is_the_population_too() -> None:
    card = whole(metrics={"a": scored(Linear(from_=-50.0, to=50.0))})
    of = project(card, metrics={"a": Metric(relative_to="segment")})
    before, after = side(of, customers(a=[10, 20, 30])), side(of, customers(a=[20, 40, 60]))
    assert causes(before, after) == [("population", "a", -20.0), ("data", "a", 10.0)]


# -- several scores, roll-ups, models --------------------------------------------------------------------------------


def test_each_score_has_its_own_causes() -> None:
    cards = {"one": whole(metrics={"a": scored()}), "two": whole(metrics={"b": scored()})}
    of = project(cards, segments={}, scores={"health": Score(scorecard="one"), "use": Score(scorecard="two")})
    before, after = side(of, customers(a=[10], b=[80])), side(of, customers(a=[20], b=[70]))
    assert adds_up(before, after).select("score_name", "name", "points").rows() == [
        ("health", "a", 10.0),
        ("use", "b", -10.0),
    ]


def test_what_children_came_to_is_one_cause_of_their_parents_change() -> None:
    cards = {
        "group": whole(dimensions={"units": dimension(roll_up=RollUp()), "own": dimension(metrics={"a": scored()})}),
        "unit": whole(metrics={"a": scored()}),
    }
    groups = Segment(when=Condition("plan = 'group'"), scorecard="group")
    of = project(cards, segments={"groups": groups, "units": Segment(scorecard="unit")})

    def book(*values: float) -> pl.DataFrame:
        return customers(plan=["group", "unit", "unit"], parent=["", "1", "1"], a=list(values))

    found = adds_up(side(of, book(50, 40, 60)), side(of, book(60, 60, 80)))
    assert found.select("customer_id", "kind", "name", "points").rows() == [
        ("1", "children", "children", 10.0),
        ("1", "data", "a", 5.0),
        ("2", "data", "a", 20.0),
        ("3", "data", "a", 20.0),
    ]


GROUPS = {
    "groups": Segment(when=Condition("plan = 'group'"), scorecard="group"),
    "units": Segment(scorecard="unit"),
}
UNIT = whole(metrics={"a": scored()})


def grouped(*values: float, arr: tuple[float, ...] = (0.0, 1.0, 3.0)) -> pl.DataFrame:
    """A group of two units, of which the second weighs three times as much."""
    return customers(plan=["group", "unit", "unit"], parent=["", "1", "1"], a=list(values), arr=list(arr))


@pytest.mark.parametrize(
    ("then", "now", "points"),
    [(RollUp(by="arr"), RollUp(), -5.0), (RollUp(by="arr"), RollUp(by="arr", floor="worst_child"), -15.0)],
)
def test_another_way_to_roll_up_is_configuration_and_not_what_children_did(
    then: RollUp, now: RollUp, points: float
) -> None:
    before, after = (project({"group": whole(roll_up=each), "unit": UNIT}, segments=GROUPS) for each in (then, now))
    found = adds_up(side(before, grouped(0, 40, 60)), side(after, grouped(0, 40, 60)))
    assert found.select("customer_id", "kind", "name", "points").rows() == [("1", "configuration", "roll_up", points)]


def test_what_children_did_is_told_by_the_old_way_to_roll_up_and_the_rest_is_the_new_way() -> None:
    before, after = (
        project({"group": whole(roll_up=each), "unit": UNIT}, segments=GROUPS) for each in (RollUp(by="arr"), RollUp())
    )
    # (40 + 3 × 60) / 4 = 55; (80 + 3 × 60) / 4 = 65; (80 + 60) / 2 = 70
    found = adds_up(side(before, grouped(0, 40, 60)), side(after, grouped(0, 80, 60)))
    assert found.select("customer_id", "kind", "name", "points", "old", "detail").rows() == [
        ("1", "children", "children", 10.0, None, ""),
        ("1", "configuration", "roll_up", 5.0, None, "by arr → by count"),
        ("2", "data", "a", 40.0, "40.0", ""),
    ]


def test_a_model_that_was_trained_again_is_the_populations_doing() -> None:
    of = project(whole(Distance(), metrics={"a": scored(), "b": scored()}))
    sides = []
    for mean, value in ((20.0, 1.0), (15.0, 4.0)):
        metrics = customers(a=[10], b=[value])
        fitted = attrs.evolve(fit(of, metrics), learned={"card": {"": {"means": [mean, 2.0]}}})
        sides.append(Side(fitted=fitted, metrics=metrics, scores=fitted.score(metrics.lazy()).collect()))
    # 50 and the distances from the means.
    assert causes(sides[0], sides[1]) == [("population", "model", 5.0), ("data", "b", 3.0)]


# -- without a score on one side -------------------------------------------------------------------------------------


def test_who_has_a_score_on_one_side_only_has_no_causes_and_is_told_apart() -> None:
    of = project(whole(metrics={"a": scored(), "b": scored(weight=3.0)}, minimum_coverage=0.5))
    before = side(of, customers(a=[10, 10, 10], b=[80, None, 80]))
    after = side(of, customers(a=[10, 10, 10], b=[None, 80, 80])[:2])
    assert adds_up(before, after).is_empty()
    assert gained_and_lost(before, after).drop("score_name").rows() == [
        ("1", "lost", 62.5, "scored", "insufficient_data", "data for 25% of the weight; is missing: b"),
        ("2", "gained", 62.5, "insufficient_data", "scored", "had data for 25% of the weight; is back: b"),
        ("3", "lost", 62.5, "scored", None, "not listed any more"),
    ]


def test_who_has_no_score_on_either_side_is_not_told() -> None:
    before = after = side(TWO, customers(a=[None], b=[None]))
    assert gained_and_lost(before, after).is_empty()
