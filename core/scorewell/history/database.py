"""The database of a history: its URL, its engine, and what is said of its failures."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from scorewell.history.errors import HistoryError

__all__ = ["RESTORE", "WRITES", "address", "engine", "errors_told", "place"]

WRITES = "scorewell_writes"
"""The execution option of a connection that is going to write."""
_DRIVERS = {"postgresql": "pip install 'scorewell[postgresql]'"}
_SPELLINGS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg", "sqlite": "sqlite"}
RESTORE = "restore it from a backup, or move it away: `scorewell backfill` scores the past again"
_HINTS = {
    "is full": "make room on the disk, and try again",
    "No space left": "make room on the server's disk, and try again",
    "disk I/O error": "check whether the disk is full or failing, and try again",
    "readonly": "the file and its folder must be writable",
    "unable to open": "the file and its folder must be readable and writable",
    "not a database": f"name another file, if this one is something else; if it was the history, {RESTORE}",
    "is malformed": f"`scorewell history check` shows what is damaged; {RESTORE}",
    "database is locked": "another program is writing; try again when it is done",
    "no schema has been selected": "create the schema that the URL's search_path names: CREATE SCHEMA …",
    "password authentication failed": "check the user and the password in the URL",
}
_SECONDS_TO_CONNECT = 10
_BYTES_A_PAGE = 16 * 1024
"""A run's rows and parts are long: fewer pages than SQLite's own 4 KiB make take a tenth less to write."""
_PAGES = -256 * 1024
"""How much of the file SQLite may keep in memory while it writes, in KiB: what does not fit makes readers wait."""


def address(url: str, folder: Path) -> sa.URL:
    """The URL's parts: a relative path of SQLite's is below ``folder``, PostgreSQL has the driver that we bring.

    Raises HistoryError.
    """
    try:
        parts = sa.make_url(url)
    except ArgumentError as error:
        raise HistoryError(
            "history: this is not a URL: expected one such as sqlite:///scorewell.db or "
            "postgresql://user:password@host/database"
        ) from error
    backend = parts.get_backend_name()
    if backend not in ("sqlite", "postgresql", "postgres"):
        raise HistoryError(
            f"history: {backend} is not supported: expected sqlite or postgresql",
            hint="the sink `sql` delivers scores to any database",
        )
    parts = parts.set(drivername=_SPELLINGS.get(parts.drivername, parts.drivername))
    if backend != "sqlite":
        return parts
    if not parts.database or parts.database == ":memory:":
        raise HistoryError(
            "history: a store in memory is lost when the program ends: expected a file, as sqlite:///scorewell.db"
        )
    return parts.set(database=str(folder / parts.database))


def engine(parts: sa.URL, wait: float) -> sa.Engine:
    """An engine. ``wait`` is for how many seconds a writer waits for another.

    A SQLite file is opened for each use: it may be another by then. To PostgreSQL one connection is kept until the
    engine is disposed of: to connect takes ten times as long as to look up a customer.

    Raises HistoryError for a driver that is not installed.
    """
    options: dict[str, Any] = {"timeout": wait}
    pool: dict[str, Any] = {"poolclass": sa.NullPool}
    if parts.get_backend_name() == "postgresql":
        name = f"scorewell on {socket.gethostname()[:30]}, process {os.getpid()}"
        options = {"application_name": name, "connect_timeout": _SECONDS_TO_CONNECT}
        options = {key: value for key, value in options.items() if key not in parts.query}
        # A pool before the server may give us another of its connections each time, which knows no statement of ours.
        options |= {"prepare_threshold": None}
        pool = {"pool_size": 1, "max_overflow": -1, "pool_pre_ping": True}
    try:
        made = sa.create_engine(parts, connect_args=options, **pool)
    except NoSuchModuleError as error:
        raise HistoryError(f"history: SQLAlchemy knows no driver called {parts.drivername!r}") from error
    except ModuleNotFoundError as error:
        hint = _DRIVERS.get(parts.get_backend_name())
        raise HistoryError(f"history: the driver {error.name} is not installed", hint=hint) from error
    if parts.get_backend_name() == "sqlite":
        _begin_by_hand(made)
    return made


def _begin_by_hand(made: sa.Engine) -> None:
    """Python's driver begins a transaction too late for us: after the reads, and after CREATE TABLE."""

    @sa.event.listens_for(made, "connect")
    def leave_transactions_to_us(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA page_size = {_BYTES_A_PAGE}")  # of a file that is made now

    @sa.event.listens_for(made, "begin")
    def begin(connection: sa.Connection) -> None:
        if connection.get_execution_options().get(WRITES):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            connection.exec_driver_sql(f"PRAGMA cache_size = {_PAGES}")
            # What is removed is overwritten: it must not be found in the file any more.
            connection.exec_driver_sql("PRAGMA secure_delete = ON")
        else:
            connection.exec_driver_sql("BEGIN")


@contextmanager
def errors_told(parts: sa.URL, consequence: str = "") -> Iterator[None]:
    """Raise HistoryError in one line, without the password, for what a driver says in several.

    ``consequence`` is what it means.
    """
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise HistoryError(f"{place(parts)}: {_reason(error, parts)}{consequence}", hint=_hint(error)) from error


def place(parts: sa.URL) -> str:
    """What messages call the store: without user, password and options."""
    if parts.get_backend_name() == "sqlite":
        return f"history {Path(parts.database or '').name}"
    return f"history {parts.get_backend_name()}://{parts.host or ''}/{parts.database or ''}"


def _reason(error: Exception, parts: sa.URL) -> str:
    cause = getattr(error, "orig", None) or error
    reason = next((line.strip() for line in str(cause).splitlines() if line.strip()), type(cause).__name__)
    return reason.replace(str(parts.password), "***") if parts.password else reason


def _hint(error: Exception) -> str | None:
    said = str(getattr(error, "orig", None) or error)
    known = [hint for words, hint in _HINTS.items() if words in said]
    if known:
        return known[0]
    is_servers = isinstance(error, DBAPIError) and type(error.orig).__module__.startswith("psycopg")
    return "check that the server runs and can be reached, and try again" if is_servers else None
