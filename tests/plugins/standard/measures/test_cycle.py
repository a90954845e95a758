"""``cycle``: silence against the customer's own rhythm."""

from __future__ import annotations

from tests.support.eager_rows import at
from tests.support.measure_values import TIMED, value, visits

from scorewell_standard.measures import Cycle


def test_the_days_since_the_last_row_over_the_median_gap():
    # Gaps of 3, 4 and 10 days; the last was 6 days ago.
    seen = visits("2026-02-06 09:00", "2026-02-09 23:00", "2026-02-13 00:00", "2026-02-23 09:00")

    assert value(Cycle(), seen, **TIMED) == 1.5


def test_an_even_number_of_gaps_has_its_median_between_two():
    seen = visits("2026-02-18", "2026-02-20", "2026-02-26")

    assert value(Cycle(), seen, **TIMED) == 3 / 4


def test_many_rows_of_one_day_are_one_active_day():
    seen = visits(*["2026-02-18 09:00"] * 9, "2026-02-20 09:00", "2026-02-20 10:00", "2026-02-26 09:00")

    assert value(Cycle(), seen, **TIMED) == 3 / 4


def test_two_active_days_are_no_rhythm():
    assert value(Cycle(), visits("2026-02-20", "2026-02-26"), **TIMED) is None
    assert value(Cycle(), visits(), **TIMED) is None


def test_days_before_the_window_do_not_count():
    seen = visits("2026-01-01", "2026-02-18", "2026-02-20", "2026-02-26")

    assert value(Cycle(), seen, window_days=28, **TIMED) == 3 / 4


def test_the_days_are_local():
    berlin = "Europe/Berlin"
    # 23:30 UTC is the next day in Berlin: 18, 20 and 27 February there.
    seen = visits("2026-02-17T23:30+00:00", "2026-02-19T23:30+00:00", "2026-02-26T23:30+00:00")

    assert value(Cycle(), seen, at("2026-03-01", berlin), timezone=berlin, **TIMED) == 2 / 4.5
