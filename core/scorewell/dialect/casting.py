"""``cast(x as …)``: from one kind to another."""

from __future__ import annotations

import polars as pl
from sqlglot import exp

from scorewell.dialect.functions import FunctionError
from scorewell.dialect.kinds import Kind, Value, from_local, kind_of, local, moment, parsed, written

__all__ = ["cast"]

TYPES: dict[str, Kind | pl.DataType] = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INT", "BIGINT"), pl.Int64()),
    **dict.fromkeys(("FLOAT", "DOUBLE", "DECIMAL"), pl.Float64()),
    **dict.fromkeys(("VARCHAR", "TEXT", "CHAR"), pl.String()),
    "BOOLEAN": pl.Boolean(),
    "DATE": Kind.DATE,
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMPNTZ", "TIMESTAMPTZ", "DATETIME"), Kind.MOMENT),
}
"""What each type of SQL becomes. Whole numbers are Int64 and fractions Float64, whatever size is asked for."""


def cast(value: Value, to: exp.DataType, timezone: str, *, lenient: bool) -> Value:
    """The value as another type; ``lenient`` (try_cast) gives null for a text that cannot be read.

    Fractions are cut off, not rounded, where a whole number is asked for. Raises FunctionError for an unknown type, and
    for a time that is to be a number, or a number that is to be a time.
    """
    name = to.this.value if isinstance(to.this, exp.DType) else str(to.this)
    target = TYPES.get(name)
    if target is None or to.args.get("nested"):
        raise FunctionError(
            f"no type '{to.sql(dialect='duckdb').lower()}'; there are double, bigint, varchar, boolean, date, timestamp"
        )
    if isinstance(target, Kind):
        return _to_time(value, target, timezone, lenient=lenient)
    if value.is_temporal and target != pl.String():
        # polars would count days or microseconds since 1970.
        raise FunctionError(
            f"{value.kind.value} is not a number; as_of - day is a number of days, extract(year from day) a year"
        )
    # Of numbers only one beyond 64 bits cannot be cast: it is null, as a product beyond them.
    return Value(value.expr.cast(target, strict=not lenient and value.kind is not Kind.NUMBER), kind_of(target), None)


def _to_time(value: Value, target: Kind, timezone: str, *, lenient: bool) -> Value:
    if value.kind in (Kind.NUMBER, Kind.FLAG):
        # polars would take 20260301 for so many days since 1970.
        raise FunctionError(
            f"{value.kind.value} is not {target.value}; where 20260301 stands for a day, the source's settings say so"
        )
    if isinstance(value.literal, str):
        when = parsed(value.literal)
        if when is None:
            raise FunctionError(f"'{value.literal}' is no date; write it as '2026-03-01' or '2026-03-01 09:30:00'")
        value = written(when, timezone)
    elif value.kind is Kind.TEXT and target is Kind.DATE:
        return Value(value.expr.str.to_date("%Y-%m-%d", strict=not lenient), Kind.DATE)
    elif value.kind is Kind.TEXT:
        return Value(from_local(_read_moment(value.expr, lenient=lenient), timezone), Kind.MOMENT)
    if target is Kind.MOMENT:
        return Value(moment(value, timezone), Kind.MOMENT)
    if value.kind is Kind.MOMENT:
        return Value(local(value, timezone).dt.date(), Kind.DATE)
    return Value(value.expr if value.kind is Kind.DATE else value.expr.cast(pl.Date), Kind.DATE)


def _read_moment(text: pl.Expr, *, lenient: bool) -> pl.Expr:
    """``2026-03-01 09:30:00``, also with T in the middle, fractions of seconds, or only the date: its first moment."""
    spaced = text.str.replace("T", " ", literal=True)
    whole = pl.when(spaced.str.len_chars() == len("2026-03-01")).then(spaced + " 00:00:00").otherwise(spaced)
    return whole.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=not lenient)
