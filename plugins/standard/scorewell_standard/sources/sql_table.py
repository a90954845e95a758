"""A database's table or query as a polars scan."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

import polars as pl
import sqlalchemy as sa
from polars.io.plugins import register_io_source
from sqlalchemy.exc import NoSuchTableError

from scorewell.api.v1 import ReadError, Secret
from scorewell_standard.databases import engine, parsed, told
from scorewell_standard.sources.sql_columns import columns_of, query_type, sqlite_columns
from scorewell_standard.sources.sql_filter import where
from scorewell_standard.sources.sql_read import Statement, batches, whole

__all__ = ["scan"]

_BIND = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")


def scan(url: Secret, table: str | None, query: str | None, place: str) -> pl.LazyFrame:
    """A table or a query, as a scan whose columns, filters and limits reach the database.

    Raises ReadError with ``place``, here or when the frame is collected.
    """
    database = _engine(url, place)
    with told(f"{place} cannot be read", url, ReadError), database.connect() as connection:
        selectable = _selectable(connection, table, query, place)
        if not isinstance(selectable, sa.Table) and database.dialect.name not in ("sqlite", "postgresql"):
            # No types are known before its rows are.
            return whole(connection, sa.select(*selectable.columns)).lazy()
        is_sqlite = database.dialect.name == "sqlite"
        columns = sqlite_columns(connection, selectable) if is_sqlite else columns_of(selectable)
    known = {column.name: column for column in columns}

    def rows(
        with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        del batch_size
        wanted = list(known) if with_columns is None else with_columns
        needed = dict.fromkeys([*wanted, *(predicate.meta.root_names() if predicate is not None else ())])
        selected = [known[name] for name in needed]
        statement: Statement = sa.select(*(column.selected.label(column.name) for column in selected))
        if n_rows is not None:
            statement = statement.limit(n_rows)  # polars cuts before it filters
        elif predicate is not None and (condition := where(predicate, known)) is not None:
            statement = statement.where(condition)
        with told(f"{place} cannot be read", url, ReadError):
            for batch in batches(database, statement, selected):
                frame = batch.with_columns(column.read() for column in selected)
                yield (frame if predicate is None else frame.filter(predicate)).select(wanted)

    return register_io_source(rows, schema={column.name: column.dtype for column in columns}, is_pure=True)


def _engine(url: Secret, place: str) -> sa.Engine:
    address = parsed(url, place, ReadError)
    if address.get_backend_name() == "sqlite":
        _check_file(address.database)
    return engine(address, place, ReadError)


def _selectable(connection: sa.Connection, table: str | None, query: str | None, place: str) -> sa.FromClause:
    if table is not None:
        return _reflected(connection, table, place)
    if query is None:
        raise ReadError(f"{place}: neither table nor query is given: expected one of them")
    return _subquery(connection, query, place)


def _check_file(database: str | None) -> None:
    """Connecting to an SQLite file that is not there would make one."""
    if not database or database == ":memory:" or database.startswith("file:"):
        return
    path = Path(database)
    if not path.is_file():
        beside = sorted(entry.name for entry in path.parent.iterdir()) if path.parent.is_dir() else []
        near = get_close_matches(path.name, beside, n=1)
        raise ReadError(f"{database} does not exist" + (f", did you mean {near[0]}?" if near else ""))


def _reflected(connection: sa.Connection, name: str, place: str) -> sa.Table:
    schema, _, bare = name.rpartition(".")
    try:
        return sa.Table(bare, sa.MetaData(), schema=schema or None, autoload_with=connection, resolve_fks=False)
    except NoSuchTableError as error:
        inspector = sa.inspect(connection)
        known: Sequence[str] = []
        if not schema or schema in inspector.get_schema_names():
            known = sorted([*inspector.get_table_names(schema or None), *inspector.get_view_names(schema or None)])
        near = get_close_matches(bare, known, n=1)
        if near:
            more = f", did you mean {near[0]!r}?"
        else:
            more = f"; it has {', '.join(known[:5])}" if known else "; the database has none there"
        raise ReadError(f"{place}: no table {name!r}{more}") from error


def _subquery(connection: sa.Connection, query: str, place: str) -> sa.FromClause:
    """The query as something to select from, with the names of its columns and, where the driver says them, types."""
    # A colon before a word is text here, as in '12:30': nothing is bound.
    # On a line of its own the bracket behind the query is no part of a comment that ends it.
    text = sa.text(_BIND.sub(r"\\:\1", query.strip().rstrip(";")) + "\n")
    with connection.execution_options(stream_results=True).execute(text) as result:
        if not result.returns_rows or result.cursor is None:
            raise ReadError(f"{place}: the query returns no rows: expected a SELECT")
        described = list(result.cursor.description)
    names = [str(column[0]) for column in described]
    for name in names:
        if names.count(name) > 1:
            raise ReadError(f"{place}: the query has two columns called {name!r}", hint=f"… AS other_{name}")
    types = [query_type(connection.dialect.name, column[1]) for column in described]
    typed = [sa.column(name, kind) for name, kind in zip(names, types, strict=True)]
    return text.columns(*typed).subquery("query")
