"""Many rows on their way into SQLite: through a file of their own, from which SQLite copies them itself."""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import suppress
from pathlib import Path

import polars as pl
import sqlalchemy as sa

__all__ = ["STAGED", "discard_staged", "stage"]

STAGED = "staged"
"""What the table in the file is called; the files of a transaction, once attached, are ``staged1``, ``staged2``, …"""
FEWEST_ROWS = 20_000
"""With fewer rows there is nothing to be gained: to load the driver takes as long."""
_LOG = logging.getLogger("scorewell.history")
_SETTINGS = ("page_size = 65536", "journal_mode = off", "synchronous = off", "locking_mode = exclusive")


def stage(connection: sa.Connection, rows: pl.DataFrame) -> str | None:
    """Have ``rows`` attached to the connection, in their order: the table's name in statements; None where they better
    go in some other way.

    ADBC writes a row in a quarter of the time that Python's driver takes, but in a transaction of its own, and with a
    second copy of SQLite in the process, which must not open a file that the first has open: the store would lose its
    locks. So it writes another file, beside the store, and closes it before the first copy opens it. Only one writer
    can be there; what it leaves when it is killed, the next one discards.
    """
    # It has no name as soon as it is open, which not every system allows.
    if rows.height < FEWEST_ROWS or os.name != "posix":
        return None
    # A file that is attached stays so until the transaction ends, and there is an end to how many may be.
    databases = connection.exec_driver_sql("PRAGMA database_list").all()
    before = sum(name.startswith(STAGED) for _, name, _ in databases)
    driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    if before >= driver.getlimit(sqlite3.SQLITE_LIMIT_ATTACHED):
        return None
    attached, file = f"{STAGED}{before + 1}", _file(connection.engine)
    try:
        if not _is_written(file, rows):
            return None
        connection.exec_driver_sql(f"ATTACH ? AS {attached}", (str(file),))
        # An attached file is only opened when it is asked.
        connection.exec_driver_sql(f"SELECT 1 FROM {attached}.{STAGED} LIMIT 1")  # noqa: S608 - our names
    finally:
        discard_staged(connection.engine)
    return f"{attached}.{STAGED}"


def discard_staged(engine: sa.Engine) -> None:
    """Remove the file that a writer made, or one that was killed. For who holds the store's lock."""
    with suppress(OSError):
        _file(engine).unlink()


def _file(engine: sa.Engine) -> Path:
    # Absolute: a path that began with "file:" would be read as a URL.
    return Path(f"{engine.url.database}-{STAGED}").absolute()


def _is_written(file: Path, rows: pl.DataFrame) -> bool:
    """Whether ADBC is there, and has done it. What it cannot do, for want of room or otherwise, is told by the way that
    is gone then: that needs less room."""
    try:
        from adbc_driver_manager import (  # noqa: PLC0415 - optional
            AdbcConnection,
            AdbcStatement,
            Error,
            StatementOptions,
        )
        from adbc_driver_sqlite import connect  # noqa: PLC0415 - optional
    except ImportError:
        return False
    try:
        with connect(str(file)) as database, AdbcConnection(database) as connection:
            for setting in _SETTINGS:
                with AdbcStatement(connection) as statement:
                    statement.set_sql_query(f"PRAGMA {setting}")
                    statement.execute_query()
            with AdbcStatement(connection) as statement:
                statement.set_options(**{StatementOptions.INGEST_TARGET_TABLE.value: STAGED})
                statement.bind_stream(rows)
                statement.execute_update()
    except Error as error:
        _LOG.info("%s could not be written, rows go in by Python's driver: %s", file.name, error)
        return False
    return True
