"""``change``: against the window before, a year before, and what is typical of the customer."""

from __future__ import annotations

import pytest
from tests.support.eager_rows import at, table
from tests.support.measure_values import TIMED, sql, value, visits

from scorewell_standard.measures import ActiveDays, Change

COUNT = sql("count(*)")


def week(k: int, count: int) -> list[str]:
    """So many visits in the k-th of the weeks that end with February 2026 (the last is number 0)."""
    days = ["2026-02-25", "2026-02-18", "2026-02-11", "2026-02-04", "2026-01-28", "2026-01-21", "2026-01-14"]
    return [days[k]] * count


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [(8, 10, -0.2), (10, 8, 0.25), (5, 5, 0.0), (0, 4, -1.0), (0, 0, 0.0), (3, 0, None)],
)
def test_change_is_a_share_of_what_was_before(now, before, expected):
    frame = visits(*week(0, now), *week(1, before), "2026-01-01")

    assert value(Change(of=COUNT), frame, window_days=7, **TIMED) == expected


def test_change_as_a_difference_is_in_the_measures_own_unit():
    change = Change(of=COUNT, as_="difference")

    assert value(change, visits(*week(0, 3), *week(1, 5)), window_days=7, **TIMED) == -2.0
    assert value(change, visits(*week(0, 3)), window_days=7, **TIMED) == 3.0


def test_change_is_missing_where_a_window_has_no_value():
    frame = table(seen_at=["2026-02-25"], minutes=[3])

    assert value(Change(of=sql("avg(minutes)")), frame, window_days=7, **TIMED) is None
    assert value(Change(of=sql("avg(minutes)"), as_="difference"), frame, window_days=7, **TIMED) is None


def test_a_rise_from_below_zero_is_a_rise():
    frame = table(seen_at=["2026-02-25", "2026-02-20"], amount=[-1, -2])

    assert value(Change(of=sql("sum(amount)")), frame, window_days=7, **TIMED) == 0.5


# a year before


def test_a_year_before_is_the_window_that_ended_on_the_same_date():
    # 22 to 28 February 2026, and 22 to 28 February 2025.
    now = ["2026-02-22 00:00", "2026-02-28 23:59"]
    then = ["2025-02-22 00:00", "2025-02-24 12:00", "2025-02-25 12:00", "2025-02-28 23:59"]
    frame = visits(*now, *then, "2025-02-21 23:59", "2025-03-01 00:00")

    assert value(Change(of=COUNT, against="year_before"), frame, window_days=7, **TIMED) == -0.5


def test_the_window_a_year_before_a_leap_day_ends_with_28_february_too():
    frame = visits("2028-02-28 12:00", "2027-02-28 12:00", "2027-02-27 12:00", "2027-03-01 12:00")
    change = Change(of=COUNT, against="year_before", as_="difference")

    assert value(change, frame, at("2028-02-29"), window_days=2, **TIMED) == -1.0


def test_the_window_a_year_before_the_day_after_a_leap_day_ends_with_28_february():
    frame = visits("2028-02-29 12:00", "2028-02-28 12:00", "2027-02-28 12:00", "2027-03-01 12:00")
    change = Change(of=COUNT, against="year_before", as_="difference")

    assert value(change, frame, at("2028-03-01"), window_days=2, **TIMED) == 1.0


def test_the_window_a_year_before_is_local_days():
    berlin = "Europe/Berlin"
    # Summer time: 1 July begins at 22:00 UTC of 30 June, in both years.
    frame = visits("2026-06-30T22:00+00:00", "2025-06-30T22:00+00:00", "2025-06-30T21:59+00:00")
    change = Change(of=COUNT, against="year_before")

    assert value(change, frame, at("2026-07-02", berlin), timezone=berlin, window_days=1, **TIMED) == 0.0


# typical


def typical(frame, **settings):
    return value(Change(of=COUNT, against="typical", **settings), frame, window_days=7, **TIMED)


def test_typical_is_the_median_of_the_windows_before():
    counts = [3, 4, 8, 6, 2, 9, 6]  # the last six in order: 2 4 6 6 8 9
    frame = visits(*(visit for k, count in enumerate(counts) for visit in week(k, count)))

    assert typical(frame) == -0.5
    assert typical(frame, as_="difference") == -3.0
    assert typical(frame, windows=2) == -0.5
    assert typical(frame, windows=3, as_="difference") == -3.0


def test_windows_before_the_customers_first_row_are_no_zeros():
    assert typical(visits(*week(0, 3), *week(1, 6), *week(2, 2))) == -0.25


def test_an_empty_window_after_the_first_row_is_a_zero():
    assert typical(visits(*week(0, 3), *week(1, 6), *week(3, 2)), as_="difference") == 1.0


def test_without_a_row_in_the_windows_before_nothing_is_typical():
    assert typical(visits(*week(0, 3))) is None
    assert typical(visits(*week(0, 3)), as_="difference") is None
    assert typical(visits()) is None


def test_windows_without_a_value_are_not_typical():
    frame = table(seen_at=[*week(0, 1), *week(1, 1), *week(2, 1), *week(3, 1)], answer=[4, 5, None, 1])
    change = Change(of=sql("avg(answer)"), against="typical", as_="difference")

    assert value(change, frame, window_days=7, **TIMED) == 1.0


def test_any_measure_can_be_compared():
    frame = visits("2026-02-25 08:00", "2026-02-25 09:00", "2026-02-26 09:00", "2026-02-20 09:00")

    assert value(Change(of=ActiveDays()), frame, window_days=7, **TIMED) == 1.0


@pytest.mark.parametrize("windows", [1, 61])
def test_too_few_or_too_many_windows_are_a_mistake(windows):
    assert list(Change(of=COUNT, windows=windows).problems()) == [f"windows is {windows}: expected 2 to 60 windows"]


def test_a_number_of_windows_that_nothing_looks_at_is_a_mistake():
    assert list(Change(of=COUNT, windows=3).problems()) == ["windows is 3, but only against: typical uses it"]
    assert list(Change(of=COUNT, windows=3, against="typical").problems()) == []
