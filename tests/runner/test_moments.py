"""Which instant a run is of."""

from __future__ import annotations

from datetime import UTC, datetime

from scorewell.runner import moment


def test_without_a_date_it_is_the_start_of_today_in_the_projects_zone() -> None:
    just_before_midnight_utc = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
    assert moment(None, "Europe/Berlin", now=just_before_midnight_utc).isoformat() == "2026-03-01T00:00:00+01:00"
    assert moment(None, "America/Chicago", now=just_before_midnight_utc).isoformat() == "2026-02-28T00:00:00-06:00"


def test_a_time_without_offset_is_local() -> None:
    assert moment(datetime(2026, 7, 1, 18), "Europe/Berlin").astimezone(UTC) == datetime(2026, 7, 1, 16, tzinfo=UTC)


def test_a_time_with_offset_is_that_instant_shown_in_the_projects_zone() -> None:
    shown = moment(datetime(2026, 7, 1, 18, tzinfo=UTC), "Europe/Berlin")
    assert shown.isoformat() == "2026-07-01T20:00:00+02:00"


def test_a_local_time_that_a_clock_change_skips_gets_the_wall_clock_people_saw() -> None:
    assert moment(datetime(2026, 3, 29, 2, 30), "Europe/Berlin").isoformat() == "2026-03-29T03:30:00+02:00"
