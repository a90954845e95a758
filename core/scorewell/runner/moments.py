"""Which instant a run is of."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

__all__ = ["moment"]


def moment(wanted: datetime | None, timezone: str, *, now: datetime | None = None) -> datetime:
    """``wanted`` as an aware instant in ``timezone``; without it the start of today there.

    A naive ``wanted`` is local time: 2026-03-01 is 00:00 of that day in ``timezone``, and a local time that a clock
    change skips is the instant it would have been without the change. ``now`` is aware; default the clock.
    """
    zone = ZoneInfo(timezone)
    if wanted is None:
        today = (now or datetime.now(zone)).astimezone(zone)
        wanted = datetime(today.year, today.month, today.day)
    aware = wanted if wanted.tzinfo is not None else wanted.replace(tzinfo=zone)
    # By way of UTC, so that a skipped local time gets the wall clock that people saw.
    return aware.astimezone(ZoneInfo("UTC")).astimezone(zone)
