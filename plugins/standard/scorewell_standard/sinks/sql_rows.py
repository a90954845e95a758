"""Rows into a database: what a frame's cells are stored as, and the fastest way there."""

from __future__ import annotations

import polars as pl
import polars.selectors as cs
import sqlalchemy as sa

__all__ = ["insert", "storable"]

_ROWS_AT_ONCE = 20_000
_NUL = "\x00"


def storable(frame: pl.DataFrame, dialect: str) -> pl.DataFrame:
    """The frame with cells that every database takes: no NaN and no infinity, no NUL character, moments in UTC.

    SQLite has no type for dates and moments: they are ISO texts of equal length, which sort as what they are.
    """
    stored = frame.with_columns(
        cs.float().replace([float("nan"), float("inf"), float("-inf")], None),
        cs.categorical().cast(pl.String),
        cs.enum().cast(pl.String),
    ).with_columns(
        cs.string().str.replace_all(_NUL, "\ufffd", literal=True),
        cs.datetime(time_zone="*").dt.convert_time_zone("UTC"),
    )
    if dialect != "sqlite":
        return stored
    return stored.with_columns(
        cs.datetime(time_zone="*").dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ"),
        cs.datetime(time_zone=None).dt.strftime("%Y-%m-%dT%H:%M:%S%.6f"),
        cs.date().dt.strftime("%Y-%m-%d"),
        cs.boolean().cast(pl.Int8),
    )


def insert(connection: sa.Connection, table: sa.TableClause, frame: pl.DataFrame) -> None:
    """Insert the rows of ``frame``, whose columns are the keys of the table's."""
    rows = storable(frame, connection.dialect.name)
    if (connection.dialect.name, connection.dialect.driver) == ("postgresql", "psycopg"):
        _copy(connection, table, rows)
    else:
        _execute(connection, table, rows)


def _copy(connection: sa.Connection, table: sa.TableClause, rows: pl.DataFrame) -> None:
    """PostgreSQL reads CSV, and polars writes it: no cell becomes an object of Python on the way."""
    preparer = connection.dialect.identifier_preparer
    columns = ", ".join(preparer.quote(table.c[name].name) for name in rows.columns)
    statement = f"COPY {preparer.format_table(table)} ({columns}) FROM STDIN (FORMAT csv)"
    written = rows.with_columns(
        cs.datetime(time_zone="*").dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ"),
        cs.datetime(time_zone=None).dt.strftime("%Y-%m-%dT%H:%M:%S%.6f"),
    )
    try:
        with connection.connection.cursor().copy(statement) as copy:
            for some in written.iter_slices(_ROWS_AT_ONCE):
                copy.write(some.write_csv(include_header=False).encode())
    except connection.dialect.loaded_dbapi.Error as error:
        raise sa.exc.DBAPIError(statement, None, error) from error


def _execute(connection: sa.Connection, table: sa.TableClause, rows: pl.DataFrame) -> None:
    statement = sa.insert(table)
    # SQLite's driver takes the rows as polars hands them over; a dict for each would take twice as long.
    by_position = str(statement.compile(dialect=connection.dialect)) if connection.dialect.name == "sqlite" else None
    for some in rows.select(table.c.keys()).iter_slices(_ROWS_AT_ONCE):
        if by_position is None:
            connection.execute(statement, some.to_dicts())
        else:
            connection.exec_driver_sql(by_position, some.rows())
