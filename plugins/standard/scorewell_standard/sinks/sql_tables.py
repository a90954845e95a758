"""The tables that scores are delivered to: made where they are missing, widened where they are too narrow."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import attrs
import polars as pl
import sqlalchemy as sa

from scorewell.api.v1 import ScorewellError

__all__ = ["TableForm", "column_names", "existing", "prepared"]

_BLIND_TO_CASE = ("sqlite", "mysql", "mariadb", "mssql")
_KEY_LENGTH = 255  # the databases that cannot index a text of any length


@attrs.frozen
class TableForm:
    """The columns that rows need, and the ``key`` that no two of them share."""

    columns: Mapping[str, pl.DataType]
    key: tuple[str, ...]


def prepared(connection: sa.Connection, name: str, form: TableForm) -> sa.TableClause:
    """The table ``name`` (with its schema before a dot), with all columns of ``form``; others are left alone.

    Its columns' keys are the names in ``form``; in the database a name that is too long for it is shortened. Raises
    ScorewellError for a column that is there and of another type.
    """
    schema, _, bare = name.rpartition(".")
    names = column_names(form.columns, connection.dialect)
    needed = {
        column: sa.Column(names[column], _sql_type(dtype, column in form.key), key=column)
        for column, dtype in form.columns.items()
    }
    inspector = sa.inspect(connection)
    if inspector.has_table(bare, schema or None):
        there = {column["name"]: column["type"] for column in inspector.get_columns(bare, schema or None)}
        _widen(connection, name, needed, there)
    else:
        table = sa.Table(bare, sa.MetaData(), *needed.values(), schema=schema or None)
        table.append_constraint(sa.PrimaryKeyConstraint(*(needed[column] for column in form.key)))
        table.create(connection)
    # Without types: values are stored as they are given.
    return sa.table(bare, *(_untyped(column, names[column]) for column in form.columns), schema=schema or None)


def existing(connection: sa.Connection, name: str) -> sa.TableClause | None:
    """The table ``name`` as it is; None where it is not there."""
    schema, _, bare = name.rpartition(".")
    inspector = sa.inspect(connection)
    if not inspector.has_table(bare, schema or None):
        return None
    names = [column["name"] for column in inspector.get_columns(bare, schema or None)]
    return sa.table(bare, *(sa.column(column) for column in names), schema=schema or None)


def _untyped(key: str, name: str) -> sa.ColumnClause[Any]:
    column: sa.ColumnClause[Any] = sa.column(name)
    column.key = key
    return column


def column_names(columns: Iterable[str], dialect: sa.Dialect) -> dict[str, str]:
    """What each column is called in the database.

    A name longer than the database allows keeps its beginning, and eight digits of its hash tell it from others. Raises
    ScorewellError for two names that the database cannot tell apart.
    """
    limit = dialect.max_identifier_length
    names = {column: _shortened(column, limit) for column in columns}
    seen: dict[str, str] = {}
    for column, name in names.items():
        same = name.lower() if dialect.name in _BLIND_TO_CASE else name
        if same in seen:
            raise ScorewellError(
                f"{dialect.name} treats the columns {seen[same]} and {column} as the same", hint="rename one"
            )
        seen[same] = column
    return names


def _shortened(name: str, limit: int) -> str:
    encoded = name.encode()
    if len(encoded) <= limit:
        return name
    digits = hashlib.sha256(encoded).hexdigest()[:8]
    return f"{encoded[: limit - 9].decode(errors='ignore')}_{digits}"


def _sql_type(dtype: pl.DataType, is_key: bool) -> sa.types.TypeEngine[Any]:
    match dtype:
        case pl.Datetime():
            kind: sa.types.TypeEngine[Any] = sa.DateTime(timezone=dtype.time_zone is not None)
        case pl.Date():
            kind = sa.Date()
        case pl.Boolean():
            kind = sa.Boolean()
        case _ if dtype.is_numeric():
            kind = sa.Double() if dtype.is_float() else sa.BigInteger()
        case _:
            kind = sa.Text()
    if is_key and isinstance(kind, sa.Text):
        return kind.with_variant(sa.String(_KEY_LENGTH), "mysql", "mariadb", "mssql", "oracle")
    return kind


def _widen(
    connection: sa.Connection,
    table: str,
    needed: Mapping[str, sa.Column[Any]],
    there: Mapping[str, sa.types.TypeEngine[Any]],
) -> None:
    """Add the columns that are missing. Raises ScorewellError for one that is of another type."""
    preparer, dialect = connection.dialect.identifier_preparer, connection.dialect
    blind = dialect.name in _BLIND_TO_CASE
    known = {name.lower() if blind else name: kind for name, kind in there.items()}
    schema, _, bare = table.rpartition(".")
    quoted = preparer.format_table(sa.table(bare, schema=schema or None))
    for column in needed.values():
        kind = known.get(column.name.lower() if blind else column.name)
        if kind is None:
            defined = sa.schema.CreateColumn(column).compile(dialect=dialect)
            connection.exec_driver_sql(f"ALTER TABLE {quoted} ADD {defined}")
            continue
        is_there, is_needed = kind.compile(dialect), column.type.compile(dialect)
        if is_there != is_needed and not _holds(kind, column.type):
            raise ScorewellError(
                f"{table}: column {column.name!r} is {is_there}, but {is_needed} is delivered",
                hint="deliver to another table, or give the metric another name",
            )


def _holds(there: sa.types.TypeEngine[Any], needed: sa.types.TypeEngine[Any]) -> bool:
    """Whether a column of the one type takes every value of the other unharmed; true where a type is not known."""
    match there, needed:
        case sa.types.NullType(), _:
            return True
        case sa.DateTime(timezone=there_has_zone), sa.DateTime(timezone=has_zone):
            return there_has_zone == has_zone
        case sa.Integer(), _:
            return isinstance(needed, sa.Integer)
        case ((sa.Float() | sa.Numeric()), _):
            return isinstance(needed, sa.Float | sa.Integer)
        case _:
            kinds = (sa.Boolean, sa.DateTime, sa.Date, sa.String)
            return any(isinstance(there, kind) and isinstance(needed, kind) for kind in kinds)
