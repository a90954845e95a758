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
    """Write ``rows`` in their order into a file, and attach it: what the table is called in statements.

    None where they are too few, or the file cannot be written: then the caller inserts them by Python's driver.

    ADBC writes a row in a quarter of the time that Python's driver takes. But it does so in a transaction of its own,
    and it brings a second copy of the SQLite library into the process. Two copies that have one file open undo each
    other's locks, so ADBC must not open the store: it writes another file beside it, and closes that before the first
    copy opens it. The caller holds the store's lock, so no other writer uses the same file; what a killed one leaves of
    it, the next one removes.
    """
    # The file is removed while it is open, which Windows does not allow.
    if rows.height < FEWEST_ROWS or os.name != "posix":
        return None
    # A file stays attached until the transaction ends, and SQLite allows only so many (mostly ten).
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
    """Remove the file, be it this writer's or that of one who was killed. Only who holds the store's lock may."""
    with suppress(OSError):
        _file(engine).unlink()


def _file(engine: sa.Engine) -> Path:
    # Absolute: a path that began with "file:" would be read as a URL.
    return Path(f"{engine.url.database}-{STAGED}").absolute()


def _is_written(file: Path, rows: pl.DataFrame) -> bool:
    """Write the rows by ADBC; whether it is installed and could. Where it could not, as for want of room, nothing is
    raised: Python's driver is tried then, needs less room, and raises the error where it fails too."""
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
