"""A customer against its own earlier windows, on numbers worked out by hand."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from tests.support.scorecards import customers, project, score, scorecard, scored

from scorewell.api.v1 import Condition, Normalizer, ScorewellError
from scorewell.configuration.model import Metric
from scorewell.scoring import fit
from scorewell_standard.normalizers import Case, Cases, Linear
from scorewell_standard.normalizers.own_baseline import OwnBaseline


def table(values: list[Any], *past: list[Any]) -> pl.DataFrame:
    return customers(a=values, **{f"@past.a.{k}": window for k, window in enumerate(past, 1)})


def normalized(normalizer: Normalizer, frame: pl.DataFrame, better: Any = "higher") -> list[float | None]:
    of = project(scorecard(metrics={"a": scored(normalizer)}), metrics={"a": Metric(better=better)})
    return score(of, frame)["normalized.a"].to_list()


def test_as_much_as_usual_is_all_and_half_as_much_is_half() -> None:
    frame = table([20, 10, 30, 0, None], [20] * 5, [18] * 5, [400] * 5)
    assert normalized(OwnBaseline(windows=3), frame) == [100, 50, 100, 0, None]


def test_usual_may_be_the_mean() -> None:
    frame = table([20, 10], [20, 20], [10, 10], [30, None])
    assert normalized(OwnBaseline(windows=3, usual="mean"), frame) == pytest.approx([100, 200 / 3])


def test_of_an_even_number_of_windows_the_middle_two_are_usual() -> None:
    assert normalized(OwnBaseline(windows=2), table([10], [10], [30])) == [50]


def test_where_less_is_better_twice_as_much_as_usual_is_nothing() -> None:
    frame = table([4, 6, 8, 100, 2], [4] * 5, [4] * 5)
    assert normalized(OwnBaseline(windows=2), frame, better="lower") == [100, 50, 0, 0, 100]


def test_the_line_may_be_the_users_own() -> None:
    frame = table([5, 10, 15, 20], [10] * 4)
    assert normalized(OwnBaseline(windows=1, from_=0.5, to=2.0), frame) == pytest.approx([0, 100 / 3, 200 / 3, 100])


def test_with_fewer_than_half_of_the_windows_there_is_nothing_to_compare_with() -> None:
    frame = table([10, 10, 10], [10, 10, None], [10, None, None], [None, None, None], [None, None, None])
    assert normalized(OwnBaseline(windows=4), frame) == [100, None, None]


def test_something_where_nothing_was_usual_is_beyond_every_ratio() -> None:
    frame = table([5, 0, -5], [0, 0, 0])
    assert normalized(OwnBaseline(windows=1), frame) == [100, None, 0]
    assert normalized(OwnBaseline(windows=1), frame, better="lower") == [0, 100, 100]


def test_a_negative_usual_is_nothing_to_compare_with() -> None:
    assert normalized(OwnBaseline(windows=1), table([5], [-5])) == [None]


def test_what_is_not_applicable_leaves_the_weights() -> None:
    card = scorecard(metrics={"a": scored(OwnBaseline(windows=1)), "b": scored()})
    frame = table([5], [None]).with_columns(b=pl.lit(30.0))
    assert score(project(card), frame).select("score", "coverage").rows() == [(30, 1)]


def test_earlier_windows_are_no_metrics_of_the_output() -> None:
    scores = score(project(scorecard(metrics={"a": scored(OwnBaseline(windows=1))})), table([5], [5]))
    assert [column for column in scores.columns if "past" in column] == []


def test_a_case_may_look_at_earlier_windows() -> None:
    cases = Cases(
        cases=(
            Case(when=Condition("value > 10"), normalizer=Linear(from_=0.0, to=100.0)),
            Case(normalizer=OwnBaseline(windows=2)),
        )
    )
    assert cases.past_windows == 2
    assert normalized(cases, table([20, 5], [10, 10], [10, 10])) == [20, 50]


def test_without_earlier_windows_the_normalizer_fails_with_what_to_do() -> None:
    of = project(scorecard(metrics={"a": scored(OwnBaseline(windows=1))}))
    with pytest.raises(ScorewellError, match="the metric 'a' was not measured in its earlier windows"):
        fit(of, customers(a=[1.0])).scores(customers(a=[1.0]).lazy())


@pytest.mark.parametrize("usual", ["median", "mean"])
@pytest.mark.parametrize("better", ["higher", "lower"])
def test_one_customer_scores_as_many_do_to_the_last_digit(usual: Any, better: Any) -> None:
    count = 300

    def column(step: int) -> list[float | None]:
        return [None if number * step % 11 == 0 else (number * step % 83) / 7 for number in range(count)]

    frame = table(column(37), column(53), column(71), column(29), column(31), column(97))
    card = scorecard(metrics={"a": scored(OwnBaseline(windows=5, usual=usual))}, precision=None)
    fitted = fit(project(card, metrics={"a": Metric(better=better)}), frame)
    together = fitted.score(frame.lazy()).collect()
    alone = pl.concat([fitted.score(row.lazy()).collect() for row in frame.iter_slices(1)])
    assert together.write_csv() == alone.write_csv()
    assert together["normalized.a"].drop_nulls().is_between(0, 100).all()


@pytest.mark.parametrize(
    ("mistaken", "told"),
    [
        (OwnBaseline(windows=0), "windows is 0: expected 1 to 60 windows"),
        (OwnBaseline(windows=61), "windows is 61: expected 1 to 60 windows"),
        (OwnBaseline(from_=1.0), "from and to are both 1: a line needs two values"),
        (OwnBaseline(to=0.0), "to must be above 0 where from is not given, got 0"),
    ],
)
def test_settings_that_do_not_fit_together_are_told(mistaken: OwnBaseline, told: str) -> None:
    assert list(mistaken.problems()) == [told]
