"""``ratio`` and ``stickiness``."""

from __future__ import annotations

import pytest
from tests.support.eager_rows import at, table
from tests.support.measure_values import TIMED, sql, value

from scorewell_standard.measures import ActiveDays, Ratio, Stickiness


@pytest.mark.parametrize(("used", "bought", "expected"), [([3, 5], [10, 0], 0.8), ([3], [0], None), ([0], [0], None)])
def test_one_aggregate_over_another(used, bought, expected):
    seats = Ratio(of=sql("sum(used)"), to=sql("sum(bought)"))

    assert value(seats, table(used=used, bought=bought)) == expected


def test_a_ratio_without_rows_or_with_a_missing_side_is_missing():
    rated = Ratio(of=sql("avg(rating)"), to=sql("count(*)"))

    assert value(rated, table(rating=[]).cast({"rating": int})) is None
    assert value(rated, table(rating=[None]).cast({"rating": int})) is None


def test_any_measure_may_stand_on_either_side():
    frame = table(seen_at=["2026-02-20 09:00", "2026-02-20 10:00", "2026-02-21 10:00"])

    assert value(Ratio(of=ActiveDays(), to=sql("count(*)")), frame, window_days=30, **TIMED) == 2 / 3


# stickiness


def sticky(*seen: tuple[str, object], window_days: int = 10, timezone: str = "UTC") -> float | None:
    moments, users = zip(*seen, strict=True) if seen else ((), ())
    frame = table(timezone, seen_at=moments, user=list(users))
    frame = frame.cast({"user": int}) if not seen else frame
    now = at("2026-03-01", timezone)
    return value(Stickiness(user="user"), frame, now, window_days=window_days, timezone=timezone, **TIMED)


def test_daily_over_monthly_users():
    # Ada on three days, Bob on one: 4 users' days in 10 days, over 2 users.
    ada = [("2026-02-20 09:00", "ada"), ("2026-02-20 10:00", "ada"), ("2026-02-21", "ada"), ("2026-02-28", "ada")]

    assert sticky(*ada, ("2026-02-21", "bob")) == 4 / (2 * 10)


def test_who_comes_every_day_is_as_sticky_as_can_be():
    assert sticky(*((f"2026-02-{day}", 7) for day in range(19, 29))) == 1.0


def test_users_before_the_window_and_rows_without_a_user_do_not_count():
    assert sticky(("2026-02-18", "ada"), ("2026-02-20", "bob"), ("2026-02-21", None)) == 0.1


def test_without_users_there_is_no_stickiness():
    assert sticky() is None


def test_a_users_days_are_local():
    # In Berlin 22:30 and 23:30 UTC are two days.
    seen = [("2026-02-20T22:30+00:00", "ada"), ("2026-02-20T23:30+00:00", "ada")]

    assert sticky(*seen, timezone="Europe/Berlin") == 0.2
    assert sticky(*seen) == 0.1
