"""Each normalizer's formula and edges, on numbers worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import polars as pl
import pytest
from tests.support.scorecards import customers, project, score, scorecard, scored

from scorewell.api.v1 import Condition, Expression, Normalizer, ScorewellError
from scorewell.configuration.model import Band, Metric
from scorewell.scoring import fit
from scorewell_standard.normalizers import COMPONENTS
from scorewell_standard.normalizers.cases import Case, Cases
from scorewell_standard.normalizers.choices import Categories, Steps
from scorewell_standard.normalizers.curves import Curve
from scorewell_standard.normalizers.formula import SqlExpression
from scorewell_standard.normalizers.lines import Linear, NetPromoterScore, Range
from scorewell_standard.normalizers.percentile import Percentile
from scorewell_standard.normalizers.population import MinMax, ZScore
from scorewell_standard.normalizers.targets import Decay, Target


def normalized(
    normalizer: Normalizer, values: list[Any], better: str = "higher", **columns: list[Any]
) -> list[float | None]:
    card = scorecard(metrics={"value_metric": scored(normalizer)})
    metrics = {"value_metric": Metric(better=better), **{name: Metric() for name in columns}}
    frame = customers(value_metric=values, **columns)
    return score(project(card, metrics=metrics), frame)["normalized.value_metric"].to_list()


def test_linear_draws_a_line_and_holds_its_ends() -> None:
    assert normalized(Linear(from_=0.0, to=20.0), [-5, 0, 5, 20, 50, None]) == [0, 0, 25, 100, 100, None]


def test_linear_may_fall() -> None:
    assert normalized(Linear(from_=10.0, to=0.0), [0, 2.5, 10, 11]) == [100, 75, 0, 0]


def test_a_net_promoter_score_of_zero_is_in_the_middle() -> None:
    assert normalized(NetPromoterScore(), [-100, 0, 65, 100]) == [0, 50, 82.5, 100]


def test_steps_say_of_each_boundary_to_which_side_it_belongs() -> None:
    steps = Steps(steps={"< 25%": 0.0, "<= 0.5": 50.0, "else": 100.0})
    assert normalized(steps, [0.2499, 0.25, 0.5, 0.5001, None]) == [0, 50, 50, 100, None]


def test_steps_may_go_down_and_may_ask_for_one_number() -> None:
    steps = Steps(steps={"= 0": 100.0, "> 5": 0.0, ">= 2": 30.0, "else": 60.0})
    assert normalized(steps, [0, 1, 2, 5, 6]) == [100, 60, 30, 30, 0]


def test_a_step_without_points_is_not_applicable() -> None:
    card = scorecard(metrics={"a": scored(Steps(steps={"< 0": None, "else": 80.0})), "b": scored()})
    scores = score(project(card), customers(a=[-1, 1], b=[50, 50]))
    assert scores["score"].to_list() == [50, 65]
    assert scores["coverage"].to_list() == [1, 1]


@pytest.mark.parametrize("key", ["25", "~ 3", "< many", "<> 3", "", "< 3 and > 2"])
def test_a_step_that_is_no_comparison_is_told(key: str) -> None:
    (told,) = Steps(steps={key: 1.0, "else": 2.0}).problems()
    assert told == f'{key!r} is not a comparison: write <, <=, >, >= or = and a number, as in "< 20%", or else'


def test_else_behind_which_steps_stand_is_told() -> None:
    assert list(Steps(steps={"else": 1.0, "< 3": 2.0}).problems()) == [
        "'else' must be the last step: those behind it are never reached"
    ]


def test_a_curve_goes_through_good_and_ok() -> None:
    fewer_is_better = normalized(Curve(good=1.0, ok=4.0), [0, 1, 4, None])
    assert fewer_is_better[:3] == pytest.approx([100, 90, 50], abs=1e-9)
    more_is_better = normalized(Curve(good=100.0, ok=10.0), [0, 10, 100])
    assert more_is_better == pytest.approx([0, 50, 90], abs=1e-9)


@pytest.mark.parametrize("x", [1e-6, 0.01, 0.3, 1.7, 4.0, 25.0, 1e4])
def test_a_log_normal_curve_is_the_normal_distribution_of_the_logarithm(x: float) -> None:
    sigma = (math.log(4) - math.log(1)) / 1.2815515655446004
    exact = 50 * math.erfc((math.log(x) - math.log(4)) / (sigma * math.sqrt(2)))
    assert normalized(Curve(good=1.0, ok=4.0), [x]) == pytest.approx([exact], abs=1e-8)


def test_a_linear_curve_goes_on_to_both_ends() -> None:
    curve = Curve(good=1.0, ok=5.0, shape="linear")
    assert normalized(curve, [-1, 0, 1, 5, 10, 11]) == pytest.approx([100, 100, 90, 50, 0, 0], abs=1e-9)


@pytest.mark.parametrize(
    ("mistaken", "told"),
    [
        (Linear(from_=3.0, to=3.0), "from and to are both 3: a line needs two values"),
        (Linear(from_=3.0, to=math.inf), "from and to must be finite numbers"),
        (Curve(good=2.0, ok=2.0), "good and ok are both 2: a curve needs two values"),
        (Curve(good=0.0, ok=2.0), "a log_normal curve needs good and ok above 0; shape: linear takes any"),
        (
            Range(best=(0.0, 5.0), worst=(0.0, 9.0)),
            "best 0 to 5 does not lie within worst 0 to 9: expected worst < best ≤ best < worst",
        ),
        (Range(best=(0.0, math.inf), worst=(-1.0, 9.0)), "best and worst must be finite numbers"),
        (Target(target=0.0), "a target is a number above 0, got 0"),
        (Target(target=4.0, floor=1.0), "floor is a share of the target below 100%, got 100%"),
        (Decay(half_life=-1.0), "half_life is a number above 0, got -1"),
        (ZScore(per_deviation=-5.0), "per_deviation must be above 0, got -5: better: lower turns the direction"),
        (MinMax(from_=0.9, to=0.1), "expected quantiles 0% ≤ from < to ≤ 100%, got 90% and 10%"),
        (Categories(categories={}), "categories is empty: it needs at least one category or 'else'"),
        (Cases(cases=()), "cases is empty: it needs at least one case"),
        (Steps(steps={}), "steps is empty: it needs at least one comparison or 'else'"),
    ],
)
def test_settings_that_do_not_fit_together_are_told(mistaken: Normalizer, told: str) -> None:
    assert list(mistaken.problems()) == [told]


def test_a_percentile_is_the_share_that_is_worse_ties_counting_half() -> None:
    assert normalized(Percentile(), [1, 2, 2, 4, None]) == pytest.approx([12.5, 50, 50, 87.5, None])


def test_a_percentile_turns_where_less_is_better() -> None:
    assert normalized(Percentile(), [1, 2, 2, 4], better="lower") == pytest.approx([87.5, 50, 50, 12.5])


def test_a_population_of_one_value_is_in_the_middle() -> None:
    assert normalized(Percentile(), [7, 7, 7]) == [50, 50, 50]


def test_percentiles_survive_heavy_tails_on_both_sides() -> None:
    values = [10.0**exponent for exponent in range(-6, 9)]
    exact = [(position + 0.5) / len(values) * 100 for position in range(len(values))]
    assert normalized(Percentile(), values) == pytest.approx(exact)


def test_between_two_values_the_percentile_lies_between_their_ranks() -> None:
    learned = fit(project(scorecard(metrics={"a": scored(Percentile())})), customers(a=[0.0, 10.0]))
    scores = learned.score(customers(a=[-5.0, 0.0, 2.5, 10.0, 99.0]).lazy()).collect()
    assert scores["normalized.a"].to_list() == pytest.approx([25, 25, 37.5, 75, 75])


@pytest.mark.parametrize("others", [[5.0, 6.0], [-1.0, 5.0], [-2.0, -1.0]])
def test_numbers_that_differ_in_the_last_bit_share_their_rank(others: list[float]) -> None:
    values = [0.1 + 0.2, 0.3, *others]
    exact = (pl.Series([0.3, 0.3, *others]).rank("average") - 0.5) * 25
    assert normalized(Percentile(), values) == pytest.approx(exact.to_list())


def test_percentiles_of_ten_thousand_values_are_ranks_to_a_hundredth() -> None:
    values = pl.select(
        ((pl.int_range(10_000).hash(3) // 2048).cast(pl.Float64) / float(1 << 53)).log() * -30
    ).to_series()
    exact = (values.rank("average") - 0.5) / 100
    ours = pl.Series(normalized(Percentile(), values.to_list()))
    assert (ours - exact).abs().max() < 0.05


@pytest.mark.parametrize(
    "shape",
    [
        pl.when(pl.col("u") < 0.7).then(0.0).otherwise((pl.col("u") * 20).exp()),
        pl.when(pl.col("u") < 0.9).then(0.0).otherwise(pl.col("v")),
        pl.when(pl.col("u") < 0.5).then(pl.col("v")).otherwise(pl.col("v") + 100_000),
        pl.when(pl.col("u") < 0.3).then(-1.0).when(pl.col("u") > 0.8).then(7.0).otherwise(pl.col("v").exp()),
    ],
    ids=["most at zero, long tail", "nine in ten at zero", "two heaps", "two heavy values"],
)
def test_percentiles_of_many_are_ranks_to_a_twentieth_of_a_point_however_they_lie(shape: pl.Expr) -> None:
    number = pl.int_range(60_000)
    uniform = {name: number.hash(seed) / float(2**64) for name, seed in {"u": 1, "v": 2}.items()}
    values = pl.select(**uniform).select(shape.alias("value")).to_series()
    assert values.n_unique() > 4096
    exact = (values.rank("average") - 0.5) / 600
    ours = pl.Series(normalized(Percentile(), values.to_list()))
    assert (ours - exact).abs().max() < 0.05


def test_a_range_is_best_inside_and_falls_to_both_sides() -> None:
    inside = Range(best=(2.0, 6.0), worst=(0.0, 16.0))
    assert normalized(inside, [-1, 0, 1, 2, 4, 6, 11, 16, 17, None]) == [0, 0, 50, 100, 100, 100, 50, 0, 0, None]


def test_a_range_may_have_one_best_value() -> None:
    assert normalized(Range(best=(4.0, 4.0), worst=(0.0, 8.0)), [2, 4, 6]) == [50, 100, 50]


def test_of_a_target_the_share_that_is_reached_counts() -> None:
    assert normalized(Target(target=40.0), [-4, 0, 10, 40, 80, None]) == [0, 0, 25, 100, 100, None]


def test_below_the_floor_of_a_target_nothing_counts() -> None:
    assert normalized(Target(target=40.0, floor=0.5), [10, 20, 30, 40]) == [0, 0, 50, 100]


def test_where_less_is_better_twice_the_target_is_half_of_it() -> None:
    assert normalized(Target(target=4.0), [-1, 0, 4, 8, 16, None], better="lower") == [100, 100, 100, 50, 25, None]


def test_a_decay_halves_with_every_half_life() -> None:
    assert normalized(Decay(half_life=14.0), [-3, 0, 14, 28, 42, None]) == pytest.approx([100, 100, 50, 25, 12.5, None])


def test_a_linear_decay_is_gone_after_two_half_lives() -> None:
    assert normalized(Decay(half_life=10.0, shape="linear"), [-3, 0, 5, 10, 20, 30, None]) == pytest.approx(
        [100, 100, 75, 50, 0, 0, None]
    )


def test_a_z_score_counts_deviations_from_the_mean() -> None:
    # The mean is 5, the deviation of the population 2.
    assert normalized(ZScore(), [2, 4, 4, 4, 5, 5, 7, 9]) == pytest.approx([20, 40, 40, 40, 50, 50, 70, 90])


def test_a_z_score_turns_where_less_is_better() -> None:
    less = normalized(ZScore(center=60.0, per_deviation=10.0), [2, 4, 4, 4, 5, 5, 7, 9], better="lower")
    assert less == pytest.approx([75, 65, 65, 65, 60, 60, 50, 40])


@pytest.mark.parametrize("value", [0.0, 0.1, -7.0, 1e300])
def test_where_nobody_deviates_everybody_is_at_the_center(value: float) -> None:
    assert normalized(ZScore(), [value] * 7) == [50] * 7


def test_the_center_of_a_z_score_is_in_the_scorecards_scale() -> None:
    bands = (Band(name="low", up_to=3.0), Band(name="high", up_to=5.0))
    card = scorecard(
        metrics={"a": scored(ZScore(center=4.0, per_deviation=0.5))}, scale=(1.0, 5.0), precision=None, bands=bands
    )
    assert score(project(card), customers(a=[1.0, 3.0]))["score"].to_list() == pytest.approx([3.5, 4.5])


def test_min_max_lies_between_two_quantiles() -> None:
    values = [float(value) for value in (*range(0, 100, 10), 5000)]
    answers = normalized(MinMax(from_=0.1, to=0.9), values)
    assert answers == pytest.approx([0, 0, 12.5, 25, 37.5, 50, 62.5, 75, 87.5, 100, 100])


def test_min_max_turns_where_less_is_better() -> None:
    assert normalized(MinMax(from_=0.0, to=1.0), [0, 5, 20, None], better="lower") == [100, 75, 0, None]


def test_where_both_quantiles_are_one_value_that_value_is_in_the_middle() -> None:
    assert normalized(MinMax(from_=0.25, to=0.75), [-1, *[0.1] * 7, 9]) == [0, *[50] * 7, 100]


@pytest.mark.parametrize("normalizer", [ZScore(), MinMax(), Percentile()], ids=lambda each: each.name)
def test_without_a_population_there_is_no_answer(normalizer: Normalizer) -> None:
    fitted = fit(project(scorecard(metrics={"a": scored(normalizer)})), customers(a=[None]))
    scores = fitted.score(customers(a=[4.0]).lazy()).collect()
    assert scores["status"].to_list() == ["insufficient_data"]


def test_categories_give_points_and_else_the_rest() -> None:
    categories = Categories(categories={"A": 100.0, "B": 70.0, "else": 40.0})
    assert normalized(categories, ["A", "B", "Z", None]) == [100, 70, 40, None]


def test_a_category_may_be_a_number() -> None:
    assert normalized(Categories(categories={"1": 10.0, "2.5": 60.0, "else": 90.0}), [1, 2.5, 3]) == [10, 60, 90]


def test_a_category_that_is_not_listed_is_not_applicable_without_else() -> None:
    assert normalized(Categories(categories={"A": 100.0}), ["A", "Z"]) == [100, None]


def test_cases_choose_by_condition_and_none_means_not_applicable() -> None:
    cases = Cases(
        cases=(
            Case(when=Condition("age < 3"), normalizer=None),
            Case(when=Condition("age < 6"), normalizer=Linear(from_=0.0, to=10.0)),
            Case(normalizer=Linear(from_=0.0, to=20.0)),
        )
    )
    assert normalized(cases, [5, 5, 5], age=[1, 4, 9]) == [None, 50, 25]


def test_each_case_reads_its_own_statistics() -> None:
    cases = Cases(cases=(Case(when=Condition("age < 3"), normalizer=Percentile()), Case(normalizer=Percentile())))
    assert normalized(cases, [1, 2, 3], age=[1, 4, 9]) == pytest.approx([100 / 6, 50, 500 / 6])


def test_categories_of_a_yes_no_metric_are_true_and_false() -> None:
    categories = Categories(categories={"true": 100.0, "false": 20.0, "else": 5.0})
    assert normalized(categories, [1.0, 0.0, 0.5, None]) == [100, 20, 5, None]


def test_a_formula_of_the_users_own_sees_value_and_the_other_metrics() -> None:
    assert normalized(SqlExpression(sql=Expression("100 - value * age")), [5, 10], age=[2, 3]) == [90, 70]


@pytest.mark.parametrize("sql", ["least(100, value)", "case when value > 1 then 100 else 10 end", "coalesce(value, 7)"])
def test_a_formula_makes_nothing_of_a_missing_value(sql: str) -> None:
    assert normalized(SqlExpression(sql=Expression(sql)), [None, 50.0])[0] is None


def test_a_formula_that_yields_text_is_told_as_such() -> None:
    metrics = customers(a=["red", "blue"]).lazy()
    fitted = fit(project(scorecard(metrics={"a": scored(SqlExpression(sql=Expression("value")))})), metrics)
    with pytest.raises(ScorewellError, match="value: yields text, and a number was expected"):
        fitted.scores(metrics)


def test_a_formula_that_leaves_the_scale_counts_as_missing_with_a_finding() -> None:
    metrics = customers(a=[5.0, 50.0, 500.0])
    fitted = fit(project(scorecard(metrics={"a": scored(SqlExpression(sql=Expression("value * 1.0")))})), metrics)
    assert fitted.score(metrics.lazy()).collect()["status"].to_list() == ["scored", "scored", "insufficient_data"]
    (finding,) = fitted.findings(metrics)
    assert (finding.id, finding.count, finding.examples) == ("normalized-out-of-scale", 1, ("3",))


TOTAL = (
    Linear(from_=0.0, to=1.0),
    Curve(good=1.0, ok=4.0),
    NetPromoterScore(),
    Percentile(),
    Steps(steps={"< 1": 0.0, "else": 9.0}),
    Range(best=(1.0, 2.0), worst=(0.0, 4.0)),
    Target(target=4.0),
    Decay(half_life=4.0),
    Decay(half_life=4.0, shape="linear"),
    ZScore(),
    MinMax(),
)


@pytest.mark.parametrize("normalizer", TOTAL, ids=lambda each: each.name)
def test_a_normalizer_that_promises_a_number_for_every_value_keeps_it(normalizer: Normalizer) -> None:
    assert normalizer.is_total((0.0, 100.0))
    answers = normalized(normalizer, [-1e300, -1, -1e-9, 0, 1e-9, 1, 4, 100, 1e300])
    assert all(answer is not None and 0 <= answer <= 100 for answer in answers)


def test_every_normalizer_is_registered_once() -> None:
    names = [component.name for component in COMPONENTS]
    assert sorted(names) == [
        "cases",
        "categories",
        "curve",
        "decay",
        "linear",
        "min_max",
        "nps",
        "own_baseline",
        "percentile",
        "range",
        "sql",
        "steps",
        "target",
        "zscore",
    ]
