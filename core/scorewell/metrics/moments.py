"""Moments: what a cell that tells a time means, in a project's time zone.

An instant is ``Datetime("us", "UTC")``. A DATE cell counts as the last microsecond of its local day. A datetime without
a zone is local wall-clock time and is compared by the wall clock, so that of the two passes of an autumn night's
repeated hour the later is never seen too early. Text is read as ISO 8601, with or without time and zone.
"""

from __future__ import annotations

import functools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import attrs
import polars as pl

from scorewell.api.v1 import ScorewellError
from scorewell.dialect.kinds import from_local

__all__ = ["INSTANT", "Calendar", "TimeColumn", "literal"]

INSTANT = pl.Datetime("us", "UTC")
_MICROSECOND = pl.duration(microseconds=1)
_ISO_DATE = r"^\d{4}-\d{2}-\d{2}$"
_ISO_ZONED = r"(?:Z|[+-]\d{2}:?\d{2})$"


@functools.lru_cache(maxsize=4096)
def literal(moment: datetime) -> pl.Expr:
    """The aware moment as an instant."""
    return _literal(moment.astimezone(UTC), INSTANT)


@functools.lru_cache(maxsize=4096)
def _literal(moment: datetime, dtype: pl.Datetime) -> pl.Expr:
    """A wall-clock time or a moment in UTC in the column's dtype: to make one takes longer than to compare with it."""
    return pl.lit(moment if dtype.time_zone is None else moment.astimezone(ZoneInfo(dtype.time_zone)), dtype)


@attrs.frozen
class Calendar:
    """The days of one time zone."""

    zone: ZoneInfo

    @classmethod
    def of(cls, timezone: str) -> Calendar:
        """The calendar of an IANA zone. Raises ScorewellError for an unknown one."""
        try:
            return cls(ZoneInfo(timezone))
        except (KeyError, ValueError, OSError) as error:
            raise ScorewellError(
                f"timezone: {timezone!r} is not a known time zone", hint="an IANA name such as Europe/Berlin or UTC"
            ) from error

    def day(self, moment: datetime) -> date:
        """The local day that the moment falls on."""
        return moment.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        """The instant at which the local day begins, in UTC."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def wall(self, moment: datetime) -> datetime:
        """What a clock on the wall shows at the moment, without a zone."""
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def window(self, as_of: datetime, days: int, k: int = 0) -> tuple[datetime, datetime]:
        """The ``k``-th earlier window of ``days`` whole local days, [from, to); the 0th ends with yesterday."""
        return self.window_before(self.day(as_of) - timedelta(days=days * k), days)

    def window_before(self, day: date, days: int) -> tuple[datetime, datetime]:
        """The window of ``days`` whole local days up to the one before ``day``, [from, to)."""
        return self.midnight(day - timedelta(days=days)), self.midnight(day)

    @staticmethod
    def year_before(day: date) -> date:
        """The same date a year before; of 29 February it is 1 March, so that the day before it is 28 February still."""
        try:
            return day.replace(year=day.year - 1)
        except ValueError:
            return date(day.year - 1, 3, 1)


def _instant_of_wall(wall: pl.Expr, zone: str) -> pl.Expr:
    return from_local(wall.cast(pl.Datetime("us")), zone)


def _end_of_day(day: pl.Expr, zone: str) -> pl.Expr:
    return _instant_of_wall(day.dt.offset_by("1d"), zone) - _MICROSECOND


def _read_text(text: pl.Expr, zone: str) -> pl.Expr:
    """ISO text as instants, null where it is none."""
    text = text.str.strip_chars()
    body = text.str.replace("T", " ", literal=True)
    day = pl.when(text.str.contains(_ISO_DATE)).then(text).str.to_date("%Y-%m-%d", strict=False)
    zoned = pl.when(text.str.contains(_ISO_ZONED)).then(body.str.replace(r" ?Z$", "+00:00"))
    naive = pl.when(~text.str.contains(_ISO_ZONED)).then(body)

    def parse(expr: pl.Expr, form: str, dtype: pl.Datetime) -> pl.Expr:
        return expr.str.to_datetime(form, time_unit="us", time_zone=dtype.time_zone, strict=False)

    return pl.coalesce(
        _end_of_day(day, zone),
        *(parse(zoned, form, INSTANT) for form in ("%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%d %H:%M%#z")),
        *(
            _instant_of_wall(parse(naive, form, pl.Datetime("us")), zone)
            for form in ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M")
        ),
    )


@attrs.frozen(eq=False)
class TimeColumn:
    """A column that tells times: compared in its own representation, so that file statistics can skip whole blocks."""

    name: str
    dtype: pl.DataType
    calendar: Calendar

    @staticmethod
    def accepts(dtype: pl.DataType) -> bool:
        """Whether cells of this dtype can tell a time: dates, datetimes, ISO text (and a column of nulls)."""
        return isinstance(dtype, (pl.Date, pl.Datetime, pl.String, pl.Null))

    @property
    def _zone(self) -> str:
        return self.calendar.zone.key

    @property
    def instant(self) -> pl.Expr:
        """The cells as instants; null where the cell is null or is no time."""
        cell = pl.col(self.name)
        match self.dtype:
            case pl.Date():
                return _end_of_day(cell, self._zone)
            case pl.Datetime(time_zone=None):
                return _instant_of_wall(cell, self._zone)
            case pl.Datetime():
                return cell.dt.convert_time_zone("UTC").cast(INSTANT)
            case pl.String():
                return _read_text(cell, self._zone)
            case _:
                return cell.cast(INSTANT)

    @property
    def order(self) -> pl.Expr:
        """The cells in a form whose order is that of time: their own where they have one."""
        return pl.col(self.name) if isinstance(self.dtype, (pl.Date, pl.Datetime)) else self.instant

    @property
    def axis(self) -> pl.Expr:
        """The cells as whole numbers: ``before`` a moment are those below its ``bound``; null for a null cell."""
        return self.order.to_physical().cast(pl.Int64)

    def bound(self, moment: datetime) -> int:
        """The moment on the ``axis``."""
        if isinstance(self.dtype, pl.Date):
            return (self.calendar.day(moment) - date(1970, 1, 1)).days
        unit = "us"
        since = moment - datetime(1970, 1, 1, tzinfo=UTC)
        if isinstance(self.dtype, pl.Datetime):
            unit = self.dtype.time_unit
            if self.dtype.time_zone is None:
                since = self.calendar.wall(moment) - datetime(1970, 1, 1)
        microseconds = since // timedelta(microseconds=1)
        # No whole millisecond lies between the moment and the next one.
        return {"ms": -(-microseconds // 1000), "us": microseconds, "ns": microseconds * 1000}[unit]

    @property
    def day(self) -> pl.Expr:
        """The local days of the cells, as Date."""
        cell = pl.col(self.name)
        match self.dtype:
            case pl.Date():
                return cell
            case pl.Datetime(time_zone=None):
                return cell.dt.date()
            case pl.Datetime():
                return cell.dt.convert_time_zone(self._zone).dt.date()
            case _:
                return self.instant.dt.convert_time_zone(self._zone).dt.date()

    def before(self, moment: datetime) -> pl.Expr:
        """Where the cell's instant is before the moment; null for a null cell."""
        cell = pl.col(self.name)
        match self.dtype:
            case pl.Date():
                return cell < pl.lit(self.calendar.day(moment))
            case pl.Datetime():
                return cell < self._bound(moment, self.dtype)
            case _:
                return self.instant < literal(moment)

    def since(self, moment: datetime) -> pl.Expr:
        """Where the cell's instant is the moment or later; null for a null cell."""
        cell = pl.col(self.name)
        match self.dtype:
            case pl.Date():
                return cell >= pl.lit(self.calendar.day(moment))
            case pl.Datetime():
                return cell >= self._bound(moment, self.dtype)
            case _:
                return self.instant >= literal(moment)

    def _bound(self, moment: datetime, dtype: pl.Datetime) -> pl.Expr:
        """The moment as a literal of the column's dtype, so that no cell has to be converted for the comparison."""
        if dtype.time_unit == "ms":
            # No whole millisecond lies between the moment and the next one: comparing with that loses nothing.
            moment += timedelta(microseconds=-moment.microsecond % 1000)
        if dtype.time_zone is None:
            return _literal(self.calendar.wall(moment), dtype)
        return _literal(moment.astimezone(UTC), dtype)
