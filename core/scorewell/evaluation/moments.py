"""The moments that a look back is made of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

__all__ = ["Step", "moments_back", "moments_between"]

Step = Literal["day", "week", "month"]
_MONTHS = 12


def moments_back(as_of: datetime, count: int, unit: Step, every: Step, timezone: str) -> tuple[datetime, ...]:
    """``as_of`` (aware) and the moments before it, ``every`` day, week or month, no further back than ``count`` units.

    They have the same local time in ``timezone``, whatever the clocks do; a month before the 31st is the last day of a
    shorter month. The earliest first.
    """
    zone = ZoneInfo(timezone)
    local = as_of.astimezone(zone)
    earliest = _back(local, unit, count)
    found = []
    for moment in _each(local, every):
        if moment.replace(tzinfo=None) < earliest.replace(tzinfo=None):
            break
        found.append(moment.astimezone(ZoneInfo("UTC")).astimezone(zone))
    return tuple(reversed(found))


def moments_between(first: datetime, last: datetime, every: Step, timezone: str) -> tuple[datetime, ...]:
    """``first`` (aware) and the moments after it, ``every`` day, week or month, up to ``last`` (aware) at most.

    Local times and months as in ``moments_back``. The earliest first; none where ``last`` is before ``first``.
    """
    zone = ZoneInfo(timezone)
    found = []
    for moment in _each(first.astimezone(zone), every, -1):
        aware = moment.astimezone(ZoneInfo("UTC")).astimezone(zone)
        if aware > last:
            break
        found.append(aware)
    return tuple(found)


def _each(local: datetime, every: Step, direction: int = 1) -> Iterator[datetime]:
    steps = 0
    while True:
        yield _back(local, every, steps)
        steps += direction


def _back(local: datetime, unit: Step, count: int) -> datetime:
    """The wall clock so many units earlier."""
    if unit != "month":
        return local - timedelta(days=count * (7 if unit == "week" else 1))
    months = local.year * _MONTHS + local.month - 1 - count
    year, month = divmod(months, _MONTHS)
    following = datetime(year + (month == _MONTHS - 1), (month + 1) % _MONTHS + 1, 1)
    last_day = (following - timedelta(days=1)).day
    return local.replace(year=year, month=month + 1, day=min(local.day, last_day))
