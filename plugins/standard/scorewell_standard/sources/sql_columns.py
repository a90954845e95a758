"""What the columns of a database's table are, to polars: the types, and the SQL that brings each over unharmed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import polars as pl
import sqlalchemy as sa

from scorewell_standard.sources.inference import Kind, parsed

__all__ = ["SqlColumn", "columns_of", "query_type", "sqlite_columns"]

_POSTGRESQL_TYPES: dict[int, sa.types.TypeEngine[Any]] = {
    16: sa.Boolean(),
    20: sa.BigInteger(),
    21: sa.Integer(),
    23: sa.Integer(),
    700: sa.Double(),
    701: sa.Double(),
    1700: sa.Numeric(),
    25: sa.Text(),
    1043: sa.Text(),
    1082: sa.Date(),
    1114: sa.DateTime(),
    1184: sa.DateTime(timezone=True),
}
"""By the numbers of pg_type."""


@attrs.frozen(kw_only=True, eq=False)
class SqlColumn:
    """A column as it is ``selected``, as it arrives (``raw``), and as ``kind`` it is read where that differs."""

    name: str
    selected: sa.ColumnElement[Any]
    raw: pl.DataType
    kind: Kind | None = None

    @property
    def dtype(self) -> pl.DataType:
        """The type in the table's schema."""
        match self.kind:
            case "boolean":
                return pl.Boolean()
            case "date":
                return pl.Date()
            case "datetime":
                return pl.Datetime("us")
            case "instant":
                return pl.Datetime("us", "UTC")
            case _:
                return self.raw

    def read(self) -> pl.Expr:
        """The column as it arrives, as ``dtype``."""
        arrived = pl.col(self.name)
        if self.kind is None:
            return arrived
        if self.kind == "boolean":
            return (arrived != 0).alias(self.name)
        return parsed(arrived.str.strip_chars(), self.kind).alias(self.name)


def columns_of(selectable: sa.FromClause) -> tuple[SqlColumn, ...]:
    """The columns of a reflected table: decimals as doubles, and what polars has no type for as text."""
    return tuple(_column(column) for column in selectable.columns)


def query_type(dialect: str, code: object) -> sa.types.TypeEngine[Any]:
    """The type that a driver's cursor says of a query's column: PostgreSQL's are known, others unknown."""
    if dialect != "postgresql" or not isinstance(code, int):
        return sa.types.NullType()
    return _POSTGRESQL_TYPES.get(code, sa.types.NullType())


def _column(column: sa.ColumnElement[Any]) -> SqlColumn:
    name = str(column.key)

    def cast(to: sa.types.TypeEngine[Any], raw: pl.DataType) -> SqlColumn:
        return SqlColumn(name=name, selected=sa.cast(column, to), raw=raw)

    match column.type:
        case sa.Boolean():
            raw: pl.DataType = pl.Boolean()
        case sa.Integer():
            raw = pl.Int64()
        case sa.Float():
            raw = pl.Float64()
        case sa.Numeric():
            return cast(sa.Double(), pl.Float64())
        case sa.DateTime() as moment:
            raw = pl.Datetime("us", "UTC" if moment.timezone else None)
        case sa.Date():
            raw = pl.Date()
        case sa.Enum():
            return cast(sa.Text(), pl.String())
        case sa.String():
            raw = pl.String()
        case _:
            return cast(sa.Text(), pl.String())
    return SqlColumn(name=name, selected=column, raw=raw)


def sqlite_columns(connection: sa.Connection, selectable: sa.FromClause) -> tuple[SqlColumn, ...]:
    """The columns of an SQLite table, by what its cells are: SQLite stores any type anywhere, and dates as text.

    One query over all rows. Text is a date or datetime where all of it is in ISO form; whole numbers of a column
    declared BOOLEAN are booleans.
    """
    columns = list(selectable.columns)
    if not columns:
        return ()
    counted = connection.execute(sa.select(*(count for column in columns for count in _cells(column)))).one()
    width = len(_cells(columns[0]))
    return tuple(
        _sqlite_column(column, counted[position * width : (position + 1) * width])
        for position, column in enumerate(columns)
    )


def _cells(column: sa.ColumnElement[Any]) -> tuple[sa.ColumnElement[int], ...]:
    """How many cells are integers, reals, text or blobs, and of the text: days, moments, moments with an offset."""
    stored = sa.func.typeof(column)
    text = sa.func.trim(column)
    day = text.op("GLOB")("[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*") & sa.func.julianday(text).is_not(None)
    zoned = text.op("GLOB")("*Z") | sa.func.substr(text, 11).op("GLOB")("*[+-][0-9][0-9]:[0-9][0-9]")

    def total(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)

    is_text = (stored == "text") & (text != "")
    return (
        total(stored == "integer"),
        total(stored == "real"),
        total(is_text),
        total(stored == "blob"),
        total(is_text & day & (sa.func.length(text) == 10)),
        total(is_text & day),
        total(is_text & day & zoned),
    )


def _sqlite_column(column: sa.ColumnElement[Any], counted: Sequence[int]) -> SqlColumn:
    name = str(column.key)
    integers, reals, texts, blobs, days, moments, zoned = counted
    if not any(counted):
        return _empty_column(name, column)
    if blobs or (texts and (integers or reals)):
        return SqlColumn(name=name, selected=sa.cast(column, sa.Text()), raw=pl.String())
    if reals:
        return SqlColumn(name=name, selected=sa.cast(column, sa.REAL()), raw=pl.Float64())
    if integers:
        kind: Kind | None = "boolean" if isinstance(column.type, sa.Boolean) else None
        return SqlColumn(name=name, selected=sa.type_coerce(column, sa.Integer()), raw=pl.Int64(), kind=kind)
    kind = None
    if texts == days and not isinstance(column.type, sa.DateTime):
        kind = "date"
    elif texts == moments and zoned in (0, texts):
        kind = "instant" if zoned else "datetime"
    return SqlColumn(name=name, selected=sa.type_coerce(column, sa.Text()), raw=pl.String(), kind=kind)


def _empty_column(name: str, column: sa.ColumnElement[Any]) -> SqlColumn:
    """A column without any cell is what it was declared as."""
    raw: pl.DataType = pl.String()
    kind: Kind | None = None
    match column.type:
        case sa.Boolean():
            raw, kind = pl.Int64(), "boolean"
        case sa.DateTime():
            kind = "datetime"
        case sa.Date():
            kind = "date"
        case sa.Integer():
            raw = pl.Int64()
        case sa.Numeric() | sa.Float():
            raw = pl.Float64()
        case _:
            pass
    return SqlColumn(name=name, selected=sa.type_coerce(column, sa.Text()), raw=raw, kind=kind)
