"""What kind of thing an expression yields, as far as it can be known, and how one kind becomes another.

Columns have a kind only where the caller gives a schema. Without one a column is UNKNOWN: it is taken to be what its
neighbours are, days begin in UTC, and ``check_types`` says later whether that was right.
"""

from __future__ import annotations

import enum
from datetime import date, datetime

import attrs
import polars as pl

__all__ = [
    "DAY",
    "MOMENT",
    "Kind",
    "Value",
    "cells",
    "kind_of",
    "local",
    "moment",
    "number_of_days",
    "parsed",
    "written",
]

MOMENT = pl.Datetime("us", "UTC")
DAY = 86_400_000_000
"""Microseconds in a day."""


class Kind(enum.Enum):
    """The kinds, each with the words a message uses for it."""

    NUMBER = "a number"
    TEXT = "text"
    FLAG = "true or false"
    DATE = "a date"
    MOMENT = "a moment"
    SPAN = "an interval"
    NULL = "null"
    UNKNOWN = "unknown"


@attrs.frozen(eq=False)
class Value:
    """A compiled expression. ``literal`` is its value where written out, ``span`` an interval's count and unit. A
    number that ``may_be_date`` is a sum with a column of no known kind."""

    expr: pl.Expr
    kind: Kind
    literal: str | int | float | None = None
    span: tuple[int, str] | None = None
    may_be_date: bool = False

    @property
    def is_temporal(self) -> bool:
        return self.kind in (Kind.DATE, Kind.MOMENT)


def kind_of(dtype: pl.DataType) -> Kind:
    """The kind of a column's cells."""
    if dtype.is_numeric():
        return Kind.NUMBER
    if isinstance(dtype, (pl.String, pl.Categorical, pl.Enum)):
        return Kind.TEXT
    simple = {pl.Boolean: Kind.FLAG, pl.Date: Kind.DATE, pl.Datetime: Kind.MOMENT, pl.Null: Kind.NULL}
    return simple.get(dtype.base_type(), Kind.UNKNOWN)


def cells(column: pl.Expr, dtype: pl.DataType, timezone: str) -> Value:
    """A column's cells in the form that the dialect computes with.

    Whole numbers become Int64 (smaller ones wrap silently), decimals Float64, moments Datetime("us", "UTC") (one
    without a zone is local), durations a number of days, categories text.
    """
    kind = kind_of(dtype)
    if isinstance(dtype, pl.Duration):
        return Value(number_of_days(column), Kind.NUMBER)
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is None:
        return Value(from_local(column.cast(pl.Datetime("us")), timezone), kind)
    stored: pl.DataType = dtype
    if dtype.is_integer():
        stored = pl.Int64()
    elif dtype.is_decimal():
        stored = pl.Float64()
    elif kind is Kind.TEXT:
        stored = pl.String()
    elif kind is Kind.MOMENT:
        stored = MOMENT
    return Value(column if stored == dtype else column.cast(stored), kind)


def moment(value: Value, timezone: str) -> pl.Expr:
    """As Datetime("us", "UTC"): a date is its first moment in ``timezone``."""
    if value.kind is Kind.MOMENT:
        return value.expr
    if value.kind is Kind.DATE:
        return from_local(value.expr.cast(pl.Datetime("us")), timezone)
    return value.expr.cast(MOMENT)


def local(value: Value, timezone: str) -> pl.Expr:
    """As the wall clock in ``timezone`` shows it: Datetime("us") without a zone."""
    if value.kind is Kind.DATE:
        return value.expr.cast(pl.Datetime("us"))
    instant = moment(value, timezone)
    return (instant if timezone == "UTC" else instant.dt.convert_time_zone(timezone)).dt.replace_time_zone(None)


def number_of_days(duration: pl.Expr) -> pl.Expr:
    """A Duration as Float64 days."""
    microseconds = duration.dt.total_microseconds()
    # One divisor a row: polars multiplies by the reciprocal of a single one, which is not the nearest number.
    return microseconds / (microseconds * 0 + DAY)


def parsed(text: str) -> date | datetime | None:
    """A date or a moment written in ISO 8601, else None."""
    for read in (date.fromisoformat, datetime.fromisoformat):
        try:
            return read(text)
        except ValueError:
            continue
    return None


def written(when: date | datetime, timezone: str) -> Value:
    """The value of a date or moment that is written out; without an offset it is local."""
    if not isinstance(when, datetime):
        return Value(pl.lit(when, dtype=pl.Date), Kind.DATE)
    if when.tzinfo is None:
        return Value(from_local(pl.lit(when, dtype=pl.Datetime("us")), timezone), Kind.MOMENT)
    return Value(pl.lit(when).cast(MOMENT), Kind.MOMENT)


def from_local(wall: pl.Expr, timezone: str) -> pl.Expr:
    """Local wall clock to instant. An hour that occurs twice is the first; one that is skipped is the hour after."""
    if timezone == "UTC":
        return wall.dt.replace_time_zone("UTC")

    def at(clock: pl.Expr) -> pl.Expr:
        return clock.dt.replace_time_zone(timezone, ambiguous="earliest", non_existent="null")

    return pl.coalesce(at(wall), at(wall.dt.offset_by("1h"))).dt.convert_time_zone("UTC")
