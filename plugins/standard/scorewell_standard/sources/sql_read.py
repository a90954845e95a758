"""Rows out of a database in batches: by ADBC where its driver is installed, else by SQLAlchemy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import polars as pl
import sqlalchemy as sa

from scorewell_standard.sources.sql_columns import SqlColumn

__all__ = ["Statement", "batches", "whole"]

Statement = sa.Select[*tuple[Any, ...]]

_BATCH_ROWS = 50_000
_ALL_ROWS = 1_000_000_000
_ADBC_DRIVERS = {"sqlite": "adbc_driver_sqlite", "postgresql": "adbc_driver_postgresql"}


def batches(engine: sa.Engine, statement: Statement, columns: Sequence[SqlColumn]) -> Iterator[pl.DataFrame]:
    """The statement's rows as frames of ``columns`` in their raw types.

    ADBC hands over Arrow, four times as fast; where it will not begin, SQLAlchemy does the same row by row.
    """
    raw = pl.Schema({column.name: column.raw for column in columns})
    frames = _by_adbc(engine, statement)
    first = next(frames, None)
    if first is None:
        frames = _by_sqlalchemy(engine, statement, raw)
    elif first.width:
        yield first.cast(raw)
    for frame in frames:
        yield frame.cast(raw)


def _by_adbc(engine: sa.Engine, statement: Statement) -> Iterator[pl.DataFrame]:
    """No frame where ADBC is not installed or refuses the first batch; one without columns where there is no row."""
    backend = engine.url.get_backend_name()
    driver = _ADBC_DRIVERS.get(backend)
    if driver is None or find_spec(driver) is None or find_spec("pyarrow") is None:
        return
    is_sqlite = backend == "sqlite"
    if is_sqlite and engine.url.database in (None, "", ":memory:"):
        return  # such a database lives in its own connection
    from adbc_driver_manager import Error  # noqa: PLC0415 - ADBC takes half a second to import

    connect = import_module(f"{driver}.dbapi").connect
    create_dialect: Callable[..., sa.Dialect] = engine.url.get_dialect()
    # A dialect with named parameters does not double the percent signs.
    dialect = create_dialect(paramstyle="named")
    sql = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    uri = str(engine.url.database) if is_sqlite else _adbc_uri(engine.url)
    begun = False
    try:
        with connect(uri) as connection, connection.cursor() as cursor:
            if is_sqlite:
                # The driver takes a column's type from the first batch and fails at a later cell of another.
                cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": str(_ALL_ROWS)})
            cursor.execute(sql)
            for batch in cursor.fetch_record_batch():
                frame = pl.from_arrow(batch)
                if isinstance(frame, pl.DataFrame) and frame.height:
                    begun = True
                    yield frame
            if not begun:
                yield pl.DataFrame()
    except (Error, OSError) as error:
        if begun:
            raise OSError(str(error)) from error


def _adbc_uri(url: sa.URL) -> str:
    return url.set(drivername=url.get_backend_name()).render_as_string(hide_password=False)


def _by_sqlalchemy(engine: sa.Engine, statement: Statement, raw: pl.Schema) -> Iterator[pl.DataFrame]:
    with engine.connect().execution_options(stream_results=True) as connection:
        for rows in connection.execute(statement).partitions(_BATCH_ROWS):
            yield pl.DataFrame([tuple(row) for row in rows], schema=raw, orient="row")


def whole(connection: sa.Connection, statement: Statement) -> pl.DataFrame:
    """All rows, with the types that all their cells say; Decimal as Float64."""
    result = connection.execution_options(stream_results=True).execute(statement)
    names = list(result.keys())
    rows = [
        [float(cell) if isinstance(cell, Decimal) else cell for cell in row]
        for batch in result.partitions(_BATCH_ROWS)
        for row in batch
    ]
    return pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None)
