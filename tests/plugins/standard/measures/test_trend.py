"""``trend``: the slope per week over the mean, by least squares over whole weeks."""

from __future__ import annotations

import pytest
from tests.support.eager_rows import table
from tests.support.measure_values import TIMED, sql, value, visits

from scorewell.api.v1 import ScorewellError
from scorewell_standard.measures import Trend

COUNT = sql("count(*)")
# The Wednesdays of four weeks that end with 28 February 2026.
WEEKS = ("2026-02-04", "2026-02-11", "2026-02-18", "2026-02-25")


def trend(*counts: int, window_days: int = 28) -> float | None:
    rows = [day for day, count in zip(WEEKS, counts, strict=True) for _ in range(count)]
    return value(Trend(of=COUNT), visits(*rows), window_days=window_days, **TIMED)


def test_a_steady_rise_is_its_step_over_the_mean():
    assert trend(1, 2, 3, 4) == 0.4
    assert trend(4, 3, 2, 1) == -0.4


def test_the_line_is_the_one_of_least_squares():
    # 5, 1, 4, 2 over 0, 1, 2, 3: x̄ = 1.5, ȳ = 3, Σ(x − x̄)(y − ȳ) = −3 + 1 + 0.5 − 1.5 = −3, Σ(x − x̄)² = 5.
    assert trend(5, 1, 4, 2) == pytest.approx(-3 / 5 / 3, rel=1e-15)


def test_the_same_in_every_week_is_no_trend():
    assert trend(3, 3, 3, 3) == 0.0


def test_weekends_are_no_trend():
    workdays = [f"2026-02-{day:02}" for day in range(1, 29) if day % 7 in (2, 3, 4, 5, 6)]

    assert value(Trend(of=COUNT), visits(*workdays), window_days=28, **TIMED) == 0.0


def test_days_before_the_whole_weeks_do_not_count():
    assert trend(9, 1, 2, 3, window_days=27) == 0.5


def test_weeks_before_the_first_row_do_not_count():
    assert trend(0, 1, 2, 3) == 0.5


def test_weeks_without_rows_after_the_first_row_are_zeros():
    assert trend(3, 0, 0, 0) == pytest.approx(-4.5 / 5 / 0.75, rel=1e-15)


def test_with_fewer_than_three_weeks_there_is_no_trend():
    assert trend(0, 0, 1, 2) is None
    assert trend(0, 0, 0, 0) is None


def test_a_week_without_a_value_is_left_out():
    frame = table(seen_at=WEEKS, answer=[2, None, 4, 3])

    # 2, 4, 3 over 0, 2, 3: x̄ = 5/3, ȳ = 3, Σ(x − x̄)(y − ȳ) = 5/3 + 1/3 = 2, Σ(x − x̄)² = 14/3.
    expected = pytest.approx(2 / (14 / 3) / 3, rel=1e-15)
    assert value(Trend(of=sql("avg(answer)")), frame, window_days=28, **TIMED) == expected


def test_a_mean_of_zero_has_no_share_and_nothing_but_zeros_has_no_trend():
    def of(*amounts: int) -> float | None:
        frame = table(seen_at=WEEKS, amount=amounts)
        return value(Trend(of=sql("sum(amount)")), frame, window_days=28, **TIMED)

    assert of(-2, 1, 3, -2) is None
    assert of(0, 0, 0, 0) == 0.0


def test_a_rise_from_below_zero_is_a_rise():
    frame = table(seen_at=WEEKS, amount=[-4, -3, -2, -1])

    assert value(Trend(of=sql("sum(amount)")), frame, window_days=28, **TIMED) == 0.4


def test_a_trend_needs_three_whole_weeks():
    with pytest.raises(ScorewellError, match="a trend over 20d: it needs 3 whole weeks"):
        value(Trend(of=COUNT), visits(), window_days=20, **TIMED)
