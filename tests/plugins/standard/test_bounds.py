"""Bounds that were agreed with each customer, on numbers worked out by hand."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from tests.support.scorecards import IDENTITY, customers, project, score, scorecard, scored

from scorewell.api.v1 import Expression, Level, Normalizer, ScorewellError
from scorewell.configuration.model import Metric
from scorewell.scoring import fit
from scorewell_standard.normalizers.curves import Curve
from scorewell_standard.normalizers.lines import Linear, Range
from scorewell_standard.normalizers.targets import Decay, Target

AGREED = Expression("agreed")


def normalized(
    normalizer: Normalizer, values: list[Any], agreed: list[Any], better: Any = "higher"
) -> list[float | None]:
    card = scorecard(metrics={"a": scored(normalizer)})
    metrics = {"a": Metric(better=better), "agreed": Metric()}
    return score(project(card, metrics=metrics), customers(a=values, agreed=agreed))["normalized.a"].to_list()


def test_a_line_ends_at_what_was_agreed() -> None:
    linear = Linear(from_=0.0, to=AGREED)
    assert normalized(linear, [5, 5, 5, 50, None], [5, 20, 50, 20, 20]) == [100, 25, 10, 100, None]


def test_a_line_may_begin_at_what_was_agreed() -> None:
    assert normalized(Linear(from_=Expression("agreed * 2"), to=AGREED), [5, 10, 15], [10, 10, 10]) == [100, 100, 50]


def test_a_line_that_may_rise_for_one_falls_for_another() -> None:
    assert normalized(Linear(from_=10.0, to=AGREED), [5, 5], [0, 20]) == [50, 0]


def test_a_line_without_length_is_not_applicable() -> None:
    assert normalized(Linear(from_=0.0, to=AGREED), [5, 5, 5], [0, None, 10]) == [None, None, 50]


def test_a_curve_goes_through_each_customers_own_numbers() -> None:
    # Twice ok, with good at four times ok: half way between 50 and 90 points in the logarithm.
    curve = Curve(good=Expression("agreed * 4"), ok=AGREED)
    answers = normalized(curve, [10, 40, 3, 12, 0, 0], [10, 10, 3, 3, 3, -3])
    assert answers[:5] == pytest.approx([50, 90, 50, 90, 0])
    assert answers[5] is None


def test_a_curve_whose_customer_agreed_less_turns() -> None:
    assert normalized(Curve(good=AGREED, ok=4.0), [0, 1, 4], [1, 1, 1]) == pytest.approx([100, 90, 50])


def test_a_linear_curve_takes_bounds_of_any_sign() -> None:
    curve = Curve(good=AGREED, ok=-10.0, shape="linear")
    assert normalized(curve, [-10, 10, 15, 0], [10, 10, 10, -10]) == pytest.approx([50, 90, 100, None])


def test_a_range_lies_around_what_was_agreed() -> None:
    around = Range(best=(AGREED, Expression("agreed * 2")), worst=(0.0, Expression("agreed * 4")))
    assert normalized(around, [5, 10, 20, 30, 30], [10, 10, 10, 10, None]) == pytest.approx([50, 100, 100, 50, None])


def test_a_range_that_does_not_rise_is_not_applicable() -> None:
    around = Range(best=(AGREED, 20.0), worst=(0.0, 40.0))
    assert normalized(around, [5, 5, 5], [0, 30, 10]) == [None, None, 50]


def test_a_target_is_what_was_agreed() -> None:
    assert normalized(Target(target=AGREED), [30, 30, 30, 30, 30, None], [40, 120, 20, 0, None, 40]) == [
        75,
        25,
        100,
        None,
        None,
        None,
    ]


def test_a_target_of_less_is_what_was_agreed() -> None:
    answers = normalized(Target(target=AGREED), [8, 4, 0, 8, 0, 0], [4, 4, 4, 0, 0, None], better="lower")
    assert answers == [50, 100, 100, None, None, None]


def test_a_half_life_is_what_was_agreed() -> None:
    assert normalized(Decay(half_life=AGREED), [7, 7, 7, 7], [7, 3.5, 0, None]) == pytest.approx([50, 25, None, None])


SOUND = (
    Linear(from_=0.0, to=AGREED),
    Curve(good=Expression("agreed + 1"), ok=AGREED),
    Curve(good=Expression("agreed + 1"), ok=AGREED, shape="linear"),
    Range(best=(AGREED, AGREED), worst=(Expression("agreed - 1"), Expression("agreed + 1"))),
    Target(target=AGREED, floor=0.3),
    Decay(half_life=AGREED),
    Decay(half_life=AGREED, shape="linear"),
)


@pytest.mark.parametrize("normalizer", SOUND, ids=repr)
@pytest.mark.parametrize("better", ["higher", "lower"])
def test_one_customer_scores_as_many_do_to_the_last_digit(normalizer: Normalizer, better: str) -> None:
    count = 400
    metrics = customers(
        a=[(number * 37 % 211) / 7 - 3 for number in range(count)],
        agreed=[(number * 53 % 97) / 9 + 0.3 for number in range(count)],
    )
    of = project(
        scorecard(metrics={"a": scored(normalizer)}, precision=None),
        metrics={"a": Metric(better=better), "agreed": Metric()},
    )
    fitted = fit(of, metrics)
    together = fitted.score(metrics.lazy()).collect()
    alone = pl.concat([fitted.score(row.lazy()).collect() for row in metrics.iter_slices(1)])
    assert together.write_csv() == alone.write_csv()
    assert together["normalized.a"].is_between(0, 100).all()


@pytest.mark.parametrize("normalizer", SOUND, ids=repr)
def test_what_depends_on_the_customer_promises_no_answer_for_everybody(normalizer: Normalizer) -> None:
    assert not normalizer.is_total((0.0, 100.0))
    assert list(normalizer.problems()) == []


def test_customers_who_agreed_nothing_are_out_of_weights_and_coverage_and_counted() -> None:
    card = scorecard(metrics={"a": scored(Target(target=AGREED)), "b": scored(IDENTITY)})
    metrics = customers(a=[10, 10, None], b=[40, 40, 40], agreed=[10, None, None])
    of = project(card, metrics={"a": Metric(), "b": Metric(), "agreed": Metric()})
    fitted = fit(of, metrics)
    scores = fitted.score(metrics.lazy()).collect()
    assert scores["score"].to_list() == [70, 40, 40]
    assert scores["coverage"].to_list() == [1, 1, 0.5]
    (finding,) = fitted.findings(metrics)
    assert (finding.id, finding.level, finding.where) == ("empty-bound", Level.NOTE, "scorecards.card.a")
    assert (finding.message, finding.count) == ("agreed is empty, so the metric is not applicable", 1)
    assert finding.examples == ("2",)


def test_a_bound_that_is_text_is_told_as_such() -> None:
    metrics = customers(a=[1.0], plan=["gold"])
    fitted = fit(project(scorecard(metrics={"a": scored(Target(target=Expression("plan")))})), metrics)
    with pytest.raises(ScorewellError, match="plan: yields text, and a number was expected"):
        fitted.scores(metrics.lazy())


def test_a_bound_that_is_a_number_costs_nothing() -> None:
    """The plan is the one there was before bounds could be anything else."""
    asked: list[str] = []

    class Nobody:
        better = "higher"

        def bound(self, bound: Any) -> pl.Expr:
            asked.append(str(bound))
            return pl.lit(float(bound))

    value = pl.col("a")
    line = Linear(from_=0.0, to=20.0).normalize(value, Nobody(), {})  # type: ignore[arg-type] # all that it may need
    assert line.meta.eq((value * 5.0).clip(0, 100))
    curve = Curve(good=10.0, ok=5.0, shape="linear").normalize(value, Nobody(), {})  # type: ignore[arg-type] # as above
    assert curve.meta.eq((50.0 + (value - 5.0) * 8.0).clip(0, 100))
    assert asked == []


def test_the_same_number_as_a_bound_and_as_a_column_scores_alike() -> None:
    values = [number / 3 for number in range(-30, 60)]
    for constant, agreed in (
        (Linear(from_=0.0, to=7.0), Linear(from_=0.0, to=AGREED)),
        (Curve(good=14.0, ok=7.0), Curve(good=14.0, ok=AGREED)),
        (Target(target=7.0), Target(target=AGREED)),
        (Decay(half_life=7.0), Decay(half_life=AGREED)),
    ):
        answers = [normalized(each, values, [7.0] * len(values)) for each in (constant, agreed)]
        assert answers[0] == pytest.approx(answers[1], abs=1e-9)
