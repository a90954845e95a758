"""Frames into tables and back, by the database's own fast path."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, count
from typing import Any

import polars as pl
import polars.selectors as cs
import sqlalchemy as sa

from scorewell.history.staging import stage

__all__ = ["MOMENT", "fetched", "insert", "rows_of", "storable", "storable_texts"]

MOMENT = pl.Datetime("us", "UTC")
_ROWS_AT_ONCE = 20_000
_ROWS_A_STATEMENT = 50
_NUL = "\x00"
_INSTEAD = "\ufffd"


def storable(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row whose texts both databases can store: U+FFFD in place of NUL."""
    return {name: cell.replace(_NUL, _INSTEAD) if isinstance(cell, str) else cell for name, cell in row.items()}


def storable_texts(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """A frame in whose ``columns`` both databases can store the texts: U+FFFD in place of NUL.

    Only data can have it: YAML knows no NUL. To look for it in what a configuration says would cost a run with a
    million customers a twentieth of its writing.
    """
    texts = frame.select(pl.col(columns).cast(pl.String))
    has_nul = texts.select(pl.all().str.contains(_NUL, literal=True).any()).row(0, named=True)
    odd = [name for name, has in has_nul.items() if has]
    return frame.with_columns(texts.select(pl.col(odd).str.replace_all(_NUL, _INSTEAD, literal=True))) if odd else frame


def rows_of(table: sa.Table, frame: pl.DataFrame) -> pl.DataFrame:
    """A frame that has the table's columns as the rows that the table gets."""
    return frame.select(table.c.keys()).with_columns(cs.by_dtype(pl.Categorical, pl.Enum).cast(pl.String))


def insert(connection: sa.Connection, table: sa.Table, rows: pl.DataFrame) -> None:
    """Insert rows, as ``rows_of`` makes them; moments are aware.

    The table's first column numbers the rows, one after another. No text has NUL, which PostgreSQL cannot store.
    """
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
    else:
        _execute(connection, table, rows)


def _copy(connection: sa.Connection, table: sa.Table, rows: pl.DataFrame) -> None:
    """PostgreSQL reads CSV, and polars writes it: no cell becomes an object of Python on the way."""
    preparer = connection.dialect.identifier_preparer
    columns = ", ".join(preparer.quote(name) for name in rows.columns)
    statement = f"COPY {preparer.format_table(table)} ({columns}) FROM STDIN (FORMAT csv)"
    written = rows.with_columns(
        cs.datetime(time_zone="*").dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
    )
    try:
        with connection.connection.cursor().copy(statement) as copy:
            for some in written.iter_slices(_ROWS_AT_ONCE):
                copy.write(some.write_csv(include_header=False).encode())
    except connection.dialect.loaded_dbapi.Error as error:
        raise sa.exc.DBAPIError(statement, None, error) from error


def _execute(connection: sa.Connection, table: sa.Table, rows: pl.DataFrame) -> None:
    """What is the same in all rows is handed over once, and every row's own values by way of a file, or by the driver.

    The file numbers its rows by itself, from one.
    """
    written = rows.with_columns(cs.datetime(time_zone="*").dt.epoch("us"))
    # What differs at the ends need not be looked through.
    ends = written.head(1).vstack(written.tail(1)) if written.height else written
    perhaps = [name for name in written.columns[1:] if ends[name].n_unique() <= 1]
    is_same = written.select(pl.col(perhaps).eq_missing(pl.col(perhaps).first()).all()).row(0, named=True)
    same = written.select(name for name in perhaps if is_same[name])
    varying = written.drop(same.columns)
    columns = [f'"{name}"' for name in (*same.columns, *varying.columns)]
    into = f'INSERT INTO main."{table.name}" ({", ".join(columns)})'
    cursor = connection.connection.cursor()
    try:
        staged = stage(connection, varying.drop(varying.columns[0]))
        if staged is not None:
            chosen = ", ".join([*["?"] * same.width, "rowid + ?", *columns[same.width + 1 :]])
            before = varying.item(0, 0) - 1
            cursor.execute(f"{into} SELECT {chosen} FROM {staged}", (*same.row(0), before))  # noqa: S608 - names of ours
        elif written.height:
            _execute_many(cursor, into, same.row(0), varying)
    except connection.dialect.loaded_dbapi.Error as error:
        raise sa.exc.OperationalError(into, None, error) from error


def _execute_many(cursor: Any, into: str, same: tuple[Any, ...], rows: pl.DataFrame) -> None:
    """SQLite's driver takes tuples; what they cost is how many values they have, and how many statements there are.

    So a statement has many rows: a third less than row by row.
    """
    several = rows.height - rows.height % _ROWS_A_STATEMENT
    statement, alone = (f"{into} VALUES {_places(len(same), rows.width, count)}" for count in (_ROWS_A_STATEMENT, 1))
    for some in rows.head(several).iter_slices(_ROWS_AT_ONCE):
        cursor.executemany(statement, _values(some, same, _ROWS_A_STATEMENT))
    cursor.executemany(alone, _values(rows.tail(rows.height - several), same, 1))


def _places(same: int, varying: int, rows: int) -> str:
    """The places of so many rows' values, by number: first those that are the ``same`` in all of them, then by row."""
    first = [f"?{number}" for number in range(1, same + 1)]
    numbers = count(same + 1)
    each = ([*first, *(f"?{next(numbers)}" for _ in range(varying))] for _ in range(rows))
    return ", ".join(f"({', '.join(places)})" for places in each)


def _values(rows: pl.DataFrame, same: tuple[Any, ...], together: int) -> Iterator[tuple[Any, ...]]:
    """The values of each statement's rows, behind those that are the same in all."""
    flat = chain.from_iterable(zip(*(_cells(column) for column in rows), strict=True))
    for cells in zip(*[flat] * (together * rows.width), strict=True):
        yield same + cells


def _cells(column: pl.Series) -> Iterable[Any]:
    """The cells as Python has them; a text that occurs often is made once."""
    if column.dtype != pl.String or column.n_unique() > column.len() // 10:
        return column.to_list()
    names = column.unique().drop_nulls()
    codes = column.cast(pl.Enum(names)).to_physical().to_list()
    return map(dict(enumerate(names.to_list())).get, codes)


def fetched(connection: sa.Connection, query: sa.Select[Any]) -> pl.DataFrame:
    """The rows of a query over the tables' columns; moments in UTC, numbers as Float64 and Int64."""
    columns = list(query.selected_columns)
    schema = {column.name: _dtype(column.type) for column in columns}
    plain = {name: pl.Int64() if dtype == MOMENT else dtype for name, dtype in schema.items()}
    on_postgresql = connection.dialect.name == "postgresql"
    instant = _microseconds if on_postgresql else _as_stored
    chosen = [instant(column) if schema[column.name] == MOMENT else column for column in columns]
    query = query.with_only_columns(*chosen, maintain_column_froms=True)
    rows = _copied(connection, query, plain) if on_postgresql else _read(connection, query, plain)
    return rows.cast({name: dtype for name, dtype in schema.items() if dtype == MOMENT})


def _as_stored(instant: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    return sa.type_coerce(instant, sa.BigInteger)


def _microseconds(instant: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    return sa.cast(sa.extract("epoch", instant) * 1_000_000, sa.BigInteger)


def _copied(connection: sa.Connection, query: sa.Select[Any], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """PostgreSQL writes CSV, and polars reads it. An empty text is quoted there, and null is not."""
    compiled = query.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
    statement = f"COPY ({compiled}) TO STDOUT (FORMAT csv)"
    content = io.BytesIO()
    try:
        with connection.connection.cursor().copy(statement, compiled.params) as copy:
            for some in copy:
                content.write(some)
    except connection.dialect.loaded_dbapi.Error as error:
        raise sa.exc.DBAPIError(statement, None, error) from error
    if not content.tell():
        return pl.DataFrame(schema=schema)
    return pl.read_csv(content.getvalue(), schema=schema, has_header=False)


def _read(connection: sa.Connection, query: sa.Select[Any], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """The driver's own tuples: SQLAlchemy's rows would take as long again."""
    cursor = connection.execute(query).cursor
    frames = [pl.DataFrame(schema=schema)]
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        frames.append(pl.DataFrame(rows, schema=schema, orient="row"))
    cursor.close()
    return pl.concat(frames)


def _dtype(kind: sa.types.TypeEngine[object]) -> pl.DataType:
    kinds: Mapping[type, pl.DataType] = {
        sa.Boolean: pl.Boolean(),
        sa.Integer: pl.Int64(),
        sa.Float: pl.Float64(),
        sa.LargeBinary: pl.Binary(),
        sa.Text: pl.String(),
    }
    return next((dtype for sql, dtype in kinds.items() if isinstance(kind, sql)), MOMENT)
