"""Parents scored from their children: by count or by a number, with a floor, over several levels, without circles."""

from __future__ import annotations

from typing import Any

import attrs
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.scorecards import BANDS, dimension, project, scorecard, scored, unexplained

from scorewell.api.v1 import Column, Condition
from scorewell.configuration.model import Adjustment, Band, Customers, Project, RollUp, Scorecard, Segment
from scorewell.scoring import fit, isolated
from scorewell_standard.aggregators import Minimum

SEGMENTS = {"groups": Segment(when=Condition("is_group"), scorecard="group"), "others": Segment(scorecard="own")}
FLOOR = RollUp(floor="worst_child")


def of(group: Scorecard | None = None, own: Scorecard | None = None, **roll_up: Any) -> Project:
    """Groups are scored by ``group``, by default from their children alone; the others by the metric ``a``."""
    cards = {
        "group": group or scorecard(roll_up=RollUp(**roll_up)),
        "own": own or scorecard(metrics={"a": scored()}),
    }
    made = project(cards, segments=SEGMENTS)
    roles = {"parent": Column("parent"), "revenue": Column("revenue")}
    return attrs.evolve(made, customers=Customers(source="crm", roles=roles, attributes=(Column("is_group"),)))


def book(*rows: tuple[Any, ...]) -> pl.DataFrame:
    """Rows of id, parent, is_group, a, revenue."""
    full = [(*row, *(None,) * (5 - len(row))) for row in rows]
    types = {
        "customer_id": pl.String,
        "parent": pl.String,
        "is_group": pl.Boolean,
        "a": pl.Float64,
        "revenue": pl.Float64,
    }
    return pl.DataFrame(full, schema=types, orient="row")


FAMILY = book(
    ("g", None, True, None, 5.0),
    ("x", "g", False, 90.0, 100.0),
    ("y", "g", False, 60.0, 300.0),
    ("z", None, False, 10.0, 50.0),
)


def scores(made: Project, metrics: pl.DataFrame, **options: Any) -> pl.DataFrame:
    return fit(made, metrics).score(metrics.lazy(), **options).collect()


def group(made: Project, metrics: pl.DataFrame, who: str = "g", **options: Any) -> dict[str, Any]:
    frame = scores(made, metrics, **options)
    assert unexplained(frame) < 1e-9
    return frame.row(by_predicate=pl.col("customer_id") == who, named=True)


# The number


def test_by_count_each_child_weighs_the_same() -> None:
    assert group(of(), FAMILY)["score"] == 75


def test_by_revenue_a_child_weighs_what_it_pays() -> None:
    # (100 × 90 + 300 × 60) / 400 = 67.5
    assert group(of(by="revenue"), FAMILY)["score"] == 68


def test_by_a_metric_a_child_weighs_its_value() -> None:
    # (90 × 90 + 60 × 60) / 150 = 78
    assert group(of(by="a"), FAMILY)["score"] == 78


def test_a_group_among_the_children_weighs_what_its_own_children_weigh_together() -> None:
    metrics = book(
        ("top", None, True),
        ("mid", "top", True),
        ("x", "mid", False, 90.0, 50.0),
        ("y", "mid", False, 50.0, 150.0),
        ("z", "top", False, 20.0, 200.0),
    )
    made = of(by="revenue")
    # mid: (50 × 90 + 150 × 50) / 200 = 60; top: (200 × 60 + 200 × 20) / 400
    assert group(made, metrics, "top")["score"] == 40
    assert "roll-up-without-weight" not in {each.id for each in fit(made, metrics).findings(metrics)}


def test_a_group_among_the_children_with_a_weight_of_its_own_has_that() -> None:
    metrics = book(
        ("top", None, True),
        ("mid", "top", True, None, 100.0),
        ("x", "mid", False, 60.0, 5.0),
        ("z", "top", False, 20.0, 300.0),
    )
    # (100 × 60 + 300 × 20) / 400
    assert group(of(by="revenue"), metrics, "top")["score"] == 30


def test_groups_of_groups_of_groups_weigh_what_is_below_them() -> None:
    metrics = book(
        ("a", None, True),
        ("b", "a", True),
        ("c", "b", True),
        ("x", "c", False, 80.0, 30.0),
        ("y", "a", False, 40.0, 10.0),
    )
    assert group(of(by="revenue"), metrics, "a")["score"] == 70


def test_others_children_do_not_count() -> None:
    assert scores(of(), FAMILY)["score"].to_list() == [75, 90, 60, 10]


def test_the_childrens_printed_scores_count() -> None:
    capped = scorecard(metrics={"a": scored()}, adjustments=(Adjustment(at_most=50.0, because="cap"),))
    assert group(of(own=capped), FAMILY)["score"] == 50


def test_children_on_another_scale_are_converted() -> None:
    tens = scorecard(metrics={"a": scored()}, scale=(0.0, 10.0), precision=1, bands=(Band(name="all", up_to=10.0),))
    assert group(of(own=tens), FAMILY)["score"] == 75


def test_a_parent_on_another_scale_is_converted() -> None:
    tens = scorecard(
        roll_up=RollUp(),
        scale=(0.0, 10.0),
        precision=1,
        bands=(Band(name="low", up_to=4.0), Band(name="all", up_to=10.0)),
    )
    assert group(of(tens), FAMILY)["score"] == 7.5


# The columns


def test_the_childrens_part_is_a_contribution_and_a_dimension() -> None:
    row = group(of(), FAMILY)
    assert (row["baseline"], row["contribution.roll_up"], row["dimension.roll_up"]) == (100, -25, 75)


def test_the_number_of_children_is_told_of_parents_alone() -> None:
    assert scores(of(), FAMILY)["children"].to_list() == [2, None, None, None]


def test_a_project_without_roll_up_tells_no_number_of_children() -> None:
    made = project(scorecard(metrics={"a": scored()}))
    assert "children" not in scores(made, FAMILY).columns


# Missing


def test_a_child_without_revenue_is_left_out() -> None:
    metrics = book(
        ("g", None, True), ("x", "g", False, 90.0, 100.0), ("y", "g", False, 10.0), ("z", "g", False, 20.0, 0.0)
    )
    row = group(of(by="revenue", floor="worst_child"), metrics)
    assert (row["score"], row["coverage"], row["children"]) == (90, 1, 3)


def test_where_no_child_has_a_revenue_there_is_too_little_data() -> None:
    metrics = book(("g", None, True), ("x", "g", False, 90.0), ("y", "g", False, 10.0))
    made = of(scorecard(roll_up=RollUp(by="revenue"), minimum_coverage=0.5))
    row = group(made, metrics)
    assert (row["score"], row["status"], row["coverage"]) == (None, "insufficient_data", 0)


def test_an_unscored_child_is_missing_data_by_its_weight() -> None:
    metrics = book(("g", None, True), ("x", "g", False, 90.0, 100.0), ("y", "g", False, None, 300.0))
    row = group(of(by="revenue"), metrics)
    assert (row["score"], row["coverage"], row["status"]) == (90, 0.25, "partial")


def test_below_the_minimum_coverage_a_parent_has_no_score() -> None:
    metrics = book(("g", None, True), ("x", "g", False, 90.0, 100.0), ("y", "g", False, None, 300.0))
    made = of(scorecard(roll_up=RollUp(by="revenue"), minimum_coverage=0.5))
    assert group(made, metrics)["status"] == "insufficient_data"


def test_half_covered_children_cover_their_parent_by_half() -> None:
    own = scorecard(metrics={"a": scored(), "revenue_score": scored()}, minimum_coverage=0.5)
    made = of(own=own)
    made = attrs.evolve(made, metrics={**made.metrics, "revenue_score": made.metrics["a"]})
    row = group(made, FAMILY.with_columns(revenue_score=pl.lit(None, dtype=pl.Float64)))
    assert (row["score"], row["coverage"]) == (75, 0.5)


def test_an_inactive_child_is_no_child() -> None:
    metrics = FAMILY.with_columns(pl.Series("@active", [True, True, False, True]))
    row = group(of(), metrics)
    assert (row["score"], row["children"], row["status"]) == (90, 1, "scored")


def test_a_parent_without_children_has_nothing_that_applies() -> None:
    row = group(of(), book(("g", None, True), ("x", None, False, 50.0)))
    assert (row["score"], row["status"], row["children"]) == (None, "not_applicable", 0)


def test_a_child_that_no_segment_takes_is_missing_data() -> None:
    made = attrs.evolve(
        of(), segments={"groups": SEGMENTS["groups"], "rich": Segment(when=Condition("a > 80"), scorecard="own")}
    )
    row = group(made, FAMILY)
    assert (row["score"], row["coverage"]) == (90, 0.5)


def test_a_parent_of_stale_children_is_stale() -> None:
    assert scores(of(), FAMILY, stale={"a"})["status"].to_list() == ["stale"] * 4


# The floor


@pytest.mark.parametrize(
    ("children", "expected"),
    [
        ([100.0, 100.0, 30.0], 40),  # 76.7, held in the worst child's band
        ([100.0, 100.0, 41.0], 70),  # 80.3, likewise one band up
        ([50.0, 45.0, 41.0], 45),  # in the worst child's band by itself
        ([100.0, 90.0, 80.0], 90),
        ([40.0, 40.0], 40),
    ],
)
def test_children_together_are_in_no_better_band_than_the_worst(children: list[float], expected: float) -> None:
    metrics = book(("g", None, True), *((f"x{number}", "g", False, each) for number, each in enumerate(children)))
    assert group(of(floor="worst_child"), metrics)["score"] == expected


def test_bands_that_begin_at_their_number_hold_the_highest_number_below() -> None:
    bands = (Band(name="red", from_=0.0), Band(name="yellow", from_=50.0), Band(name="green", from_=75.0))
    metrics = book(("g", None, True), ("x", "g", False, 100.0), ("y", "g", False, 49.0))
    whole = of(scorecard(roll_up=FLOOR, bands=bands))
    assert (group(whole, metrics)["score"], group(whole, metrics)["band"]) == (49, "red")
    decimals = of(scorecard(roll_up=FLOOR, bands=bands, precision=1))
    assert group(decimals, metrics)["score"] == 49.9


def test_an_edge_between_printed_numbers_holds_the_number_below_it() -> None:
    bands = (Band(name="low", up_to=40.5), Band(name="high", up_to=100.0))
    metrics = book(("g", None, True), ("x", "g", False, 100.0), ("y", "g", False, 10.0))
    row = group(of(scorecard(roll_up=FLOOR, bands=bands)), metrics)
    assert (row["score"], row["band"]) == (40, "low")


def test_a_child_that_weighs_nothing_holds_nobody_down() -> None:
    metrics = book(("g", None, True), ("x", "g", False, 90.0, 100.0), ("pilot", "g", False, 5.0, 0.0))
    assert group(of(by="revenue", floor="worst_child"), metrics)["score"] == 90


# Beside other parts


def mixed(**settings: Any) -> Scorecard:
    return scorecard(
        dimensions={
            "subsidiaries": dimension(weight=3.0, roll_up=RollUp(by="revenue")),
            "headquarters": dimension(metrics={"a": scored()}),
        },
        **settings,
    )


def test_children_are_a_dimension_with_a_weight_beside_others() -> None:
    metrics = FAMILY.with_columns(a=pl.Series([20.0, 90.0, 60.0, 10.0]))
    row = group(of(mixed()), metrics)
    # (3 × 67.5 + 1 × 20) / 4 = 55.625; 3/4 × (67.5 − 100) and 1/4 × (20 − 100)
    assert row["score"] == 56
    assert row["contribution.subsidiaries"] == pytest.approx(-24.375, abs=1e-9)
    assert row["contribution.headquarters.a"] == pytest.approx(-20, abs=1e-9)
    assert row["dimension.subsidiaries"] == 67.5


def test_without_children_the_other_parts_make_the_score() -> None:
    row = group(of(mixed()), book(("g", None, True, 20.0)))
    assert (row["score"], row["coverage"], row["status"]) == (20, 1, "scored")


def test_where_its_condition_is_false_the_roll_up_does_not_apply() -> None:
    card = scorecard(
        dimensions={
            "subsidiaries": dimension(roll_up=RollUp(), when=Condition("revenue > 1000")),
            "headquarters": dimension(metrics={"a": scored()}),
        }
    )
    row = group(of(card), FAMILY.with_columns(a=pl.Series([20.0, 90.0, 60.0, 10.0])))
    assert (row["score"], row["dimension.subsidiaries"]) == (20, None)


def test_any_aggregator_may_take_children_as_a_part() -> None:
    card = scorecard(
        Minimum(),
        dimensions={"subsidiaries": dimension(roll_up=RollUp()), "own_use": dimension(metrics={"a": scored()})},
    )
    assert group(of(card), FAMILY.with_columns(a=pl.Series([80.0, 90.0, 60.0, 10.0])))["score"] == 75


def test_adjustments_come_after_the_children() -> None:
    card = scorecard(roll_up=RollUp(), adjustments=(Adjustment(add=10.0, because="reference"),))
    row = group(of(card), FAMILY)
    assert (row["score"], row["contribution.adjustment.1"]) == (85, 10)


# The hierarchy


def test_parents_are_children_too() -> None:
    metrics = book(
        ("top", None, True),
        ("mid", "top", True),
        ("leaf", "top", False, 100.0),
        ("x", "mid", False, 20.0),
        ("y", "mid", False, 60.0),
    )
    assert scores(of(), metrics).select("customer_id", "score").rows() == [
        ("leaf", 100),
        ("mid", 40),
        ("top", 70),
        ("x", 20),
        ("y", 60),
    ]


def test_who_names_itself_stands_at_the_top() -> None:
    metrics = FAMILY.with_columns(parent=pl.when(pl.col("customer_id") == "g").then(pl.lit("g")).otherwise("parent"))
    assert group(of(), metrics)["score"] == 75


def test_who_is_its_own_ancestor_is_in_error_and_nobody_else() -> None:
    metrics = book(
        ("a", "b", True), ("b", "c", True), ("c", "a", True), ("below", "a", True), ("x", "below", False, 50.0)
    )
    frame = scores(of(), metrics)
    assert dict(frame.select("customer_id", "status").iter_rows()) == {
        "a": "error",
        "b": "error",
        "c": "error",
        "below": "scored",
        "x": "scored",
    }


def test_what_the_children_of_ones_own_ancestor_come_to_is_missing_data() -> None:
    parts = {"children": dimension(weight=3, roll_up=RollUp()), "own": dimension(metrics={"a": scored()})}
    metrics = book(("a", "b", True, 90.0), ("b", "a", True, 90.0))
    enough = scores(of(scorecard(dimensions=parts, minimum_coverage=0.25)), metrics)
    assert enough.select("status", "score", "coverage").rows() == [("error", 90, 0.25)] * 2
    assert scores(of(scorecard(dimensions=parts, minimum_coverage=0.5)), metrics)["score"].to_list() == [None, None]


def test_a_circle_is_a_finding() -> None:
    metrics = book(("a", "b", True), ("b", "a", True), ("x", "a", False, 50.0))
    found = [each for each in fit(of(), metrics).findings(metrics) if each.id == "roll-up-circle"]
    assert [(each.count, each.examples) for each in found] == [(2, ("a", "b"))]


def test_children_that_weigh_nothing_are_a_finding() -> None:
    metrics = book(
        ("g", None, True), ("x", "g", False, 90.0, 100.0), ("y", "g", False, 10.0), ("z", "g", False, 20.0, 0.0)
    )
    found = [each for each in fit(of(by="revenue"), metrics).findings(metrics) if each.id == "roll-up-without-weight"]
    assert [(each.where, each.count, each.examples) for each in found] == [("scorecards.group.roll_up", 2, ("y", "z"))]


@pytest.mark.parametrize(
    ("currencies", "by", "count"),
    [
        (("USD", "EUR", None), "revenue", 1),
        (("USD", "USD", "EUR"), "revenue", None),  # z pays nothing
        (("USD", None, None), "revenue", None),
        (("USD", "EUR", None), "count", None),
        (("USD", "EUR", None), "a", None),
    ],
)
def test_children_who_pay_in_several_currencies_are_a_finding(
    currencies: tuple[str | None, ...], by: str, count: int | None
) -> None:
    metrics = book(
        ("g", None, True), ("x", "g", False, 90.0, 100.0), ("y", "g", False, 10.0, 5.0), ("z", "g", False, 20.0, 0.0)
    ).with_columns(currency=pl.Series(["USD", *currencies]))
    found = [each for each in fit(of(by=by), metrics).findings(metrics) if each.id == "roll-up-of-currencies"]
    assert [(each.where, each.count, each.examples) for each in found] == (
        [] if count is None else [("scorecards.group.roll_up", count, ("g",))]
    )


def test_a_parent_that_is_no_customer_is_a_finding() -> None:
    metrics = book(("g", None, True), ("x", "g", False, 90.0), ("y", "gone", False, 90.0))
    found = [each for each in fit(of(), metrics).findings(metrics) if each.id == "unknown-parent"]
    assert [(each.count, each.examples) for each in found] == [(1, ("y",))]


# Laws


def test_one_parent_with_the_columns_of_its_children_scores_as_among_all() -> None:
    fitted = fit(of(by="revenue", floor="worst_child"), FAMILY)
    whole = fitted.score(FAMILY.lazy()).collect()
    prepared = fitted.with_children(FAMILY.lazy())
    one_by_one = pl.concat([fitted.score(row.lazy()).collect() for row in prepared.sort("customer_id").iter_slices(1)])
    assert whole.write_csv() == one_by_one.write_csv()


def test_a_failing_component_of_children_takes_nobody_else_down() -> None:
    _, frame = isolated(fit(of(), FAMILY), FAMILY)
    assert frame.write_csv() == scores(of(), FAMILY).write_csv()


children_of_one = st.lists(
    st.tuples(st.floats(0, 100).map(lambda x: round(x, 3)), st.floats(0.01, 1e6).map(lambda x: round(x, 2))),
    min_size=1,
    max_size=6,
)


@settings(max_examples=40, deadline=None)
@given(children_of_one)
def test_a_parent_lies_between_its_worst_and_its_best_child(drawn: list[tuple[float, float]]) -> None:
    metrics = book(("g", None, True), *((f"x{n}", "g", False, a, revenue) for n, (a, revenue) in enumerate(drawn)))
    frame = scores(of(by="revenue"), metrics)
    own = frame.filter(pl.col("customer_id") != "g")["score"]
    parent = frame.filter(pl.col("customer_id") == "g")["score"].item()
    assert own.min() <= parent <= own.max()
    assert unexplained(frame) < 1e-9


@settings(max_examples=40, deadline=None)
@given(children_of_one)
def test_with_the_floor_no_parent_is_in_a_better_band_than_its_worst_child(drawn: list[tuple[float, float]]) -> None:
    metrics = book(("g", None, True), *((f"x{n}", "g", False, a, revenue) for n, (a, revenue) in enumerate(drawn)))
    frame = scores(of(by="revenue", floor="worst_child"), metrics)
    order = [band.name for band in BANDS]
    worst = min(order.index(band) for band in frame.filter(pl.col("customer_id") != "g")["band"])
    assert order.index(frame.filter(pl.col("customer_id") == "g")["band"].item()) <= worst


@settings(max_examples=25, deadline=None)
@given(children_of_one, st.randoms(use_true_random=False))
def test_the_order_of_customers_changes_nothing(drawn: list[tuple[float, float]], random: Any) -> None:
    metrics = book(("g", None, True), *((f"x{n}", "g", False, a, revenue) for n, (a, revenue) in enumerate(drawn)))
    shuffled = metrics[random.sample(range(metrics.height), metrics.height)]
    made = of(by="revenue", floor="worst_child")
    assert scores(made, metrics).write_csv() == scores(made, shuffled).write_csv()
