"""One writer at a time, and who it is."""

from __future__ import annotations

import hashlib
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from scorewell.history import database
from scorewell.history.errors import HistoryError
from scorewell.history.staging import discard_staged

__all__ = ["locked"]

_STORE_IS_LOCKED = "55P03"  # PostgreSQL's lock_not_available


@contextmanager
def locked(engine: sa.Engine, wait: float) -> Iterator[sa.Connection]:
    """A transaction that alone may write to the store; it is committed at the end, or not at all.

    Waits ``wait`` seconds for another writer, then raises HistoryError, which says who that is.
    """
    with engine.connect().execution_options(**{database.WRITES: True}) as connection:
        if engine.dialect.name == "postgresql":
            with _postgresql(engine, connection, wait):
                yield connection
        else:
            with _sqlite(engine, connection, wait):
                yield connection


@contextmanager
def _sqlite(engine: sa.Engine, connection: sa.Connection, wait: float) -> Iterator[None]:
    holder = Path(f"{engine.url.database}-writer")
    try:
        connection.begin()
    except sa.exc.OperationalError as error:
        if "locked" not in str(error.orig):
            raise
        raise _taken(engine, wait, _said_in(holder)) from error
    _say_in(holder)
    discard_staged(engine)
    try:
        yield
    finally:
        # While the lock is still held: the next writer's own must not be taken for ours.
        with suppress(OSError):
            holder.unlink()
    connection.commit()


def _say_in(holder: Path) -> None:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    with suppress(OSError):  # a courtesy to others, and no reason not to write
        holder.write_text(json.dumps({"process": os.getpid(), "host": socket.gethostname(), "since": since}))


def _said_in(holder: Path) -> str:
    try:
        said = json.loads(holder.read_text())
    except (OSError, ValueError):
        return "another program"
    return f"process {said['process']} on {said['host']} (since {said['since']})"


@contextmanager
def _postgresql(engine: sa.Engine, connection: sa.Connection, wait: float) -> Iterator[None]:
    with connection.begin() as transaction:
        schema = connection.execute(sa.select(sa.func.current_schema())).scalar_one()
        key = _key(schema)
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(wait * 1000)}")
        try:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.literal(key, sa.BigInteger))))
        except sa.exc.OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != _STORE_IS_LOCKED:
                raise
            raise _taken(engine, wait, _in_activity(engine, key)) from error
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        yield
        try:
            transaction.commit()
        except sa.exc.OperationalError as error:
            # The server may have done it and could not say so.
            raise HistoryError(
                f"{database.place(engine.url)}: the connection was lost at the end; everything was stored, or nothing",
                hint="check that the server runs, and try again: the same run replaces itself",
            ) from error


def _key(schema: str | None) -> int:
    """The advisory lock's number: stores in several schemas of one database do not wait for each other."""
    return int.from_bytes(hashlib.sha256(f"scorewell history {schema}".encode()).digest()[:8], signed=True)


def _in_activity(engine: sa.Engine, key: int) -> str:
    """Who holds the lock; the lock's number is kept in two halves."""
    query = sa.text(
        "select a.application_name, a.pid, a.client_addr, a.xact_start"
        " from pg_locks l join pg_stat_activity a using (pid)"
        " where l.locktype = 'advisory' and l.granted and l.objsubid = 1"
        " and l.classid = :high and l.objid = :low"
    )
    with engine.connect() as connection:
        found = connection.execute(query, {"high": key >> 32 & 0xFFFFFFFF, "low": key & 0xFFFFFFFF}).first()
    if found is None:
        return "another program"
    name, pid, client, since = found
    told = [f"the server's process {pid}"]
    told += [f"from {client}"] if client else []
    told += [f"since {since.astimezone(UTC).isoformat(timespec='seconds')}"] if since else []
    return f"{name or 'a program without a name'} ({', '.join(told)})"


def _taken(engine: sa.Engine, wait: float, who: str) -> HistoryError:
    return HistoryError(
        f"{database.place(engine.url)}: {who} has been writing to it for longer than the {wait:g} seconds that we wait;"
        " nothing was changed",
        hint="try again when it is done, or end it: nothing that it had not finished is stored",
    )
