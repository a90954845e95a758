"""Freshness: tables and metrics whose newest rows are older than they may be, or whose oldest are too young."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from scorewell.api.v1 import Duration, Finding, Level
from scorewell.metrics.moments import INSTANT, Calendar
from scorewell.metrics.tables import OpenTable

__all__ = ["ago", "newest_seen", "stale"]


def ago(as_of: datetime, length: Duration, calendar: Calendar) -> datetime:
    """The moment that lies so long before ``as_of``: whole days by the wall clock, whatever a clock change does, and
    hours as they pass."""
    days = length.whole_days
    # Arithmetic within one zone goes by the wall clock.
    if days is None:
        return as_of.astimezone(UTC) - length.length
    # By way of UTC: a midnight that clocks leave out is the same moment however it was written.
    return (as_of.astimezone(UTC).astimezone(calendar.zone) - timedelta(days=days)).astimezone(UTC)


def newest_seen(table: OpenTable, as_of: datetime) -> datetime | None:
    """The time of the table's newest row, or of its newest copy, before ``as_of``; None where there is none."""
    if table.age is None:
        return None
    newest = table.seen(as_of).select(table.age.instant.max().cast(INSTANT)).collect(engine="streaming").item()
    return newest if isinstance(newest, datetime) else None


def stale(table: OpenTable, newest: datetime | None, as_of: datetime) -> Finding | None:
    """What is said of a table whose ``newest`` row is older than ``fresh_within`` allows; None where it is not."""
    limit = table.meaning.fresh_within
    if limit is None or (newest is not None and newest >= ago(as_of, limit, table.calendar)):
        return None
    local = None if newest is None else newest.astimezone(table.calendar.zone)
    found = "it has no row" if local is None else f"its newest row is from {local:%Y-%m-%d %H:%M}"
    return Finding(
        id="stale-table",
        level=Level.WARNING,
        where=table.name,
        message=f"{table.place}: {found}, but fresh_within is {limit}: scores that use the table are stale",
        hint="check what fills the table, or write a longer fresh_within",
    )
