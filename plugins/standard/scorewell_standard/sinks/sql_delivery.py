"""One delivery to a database, in one transaction: what it deletes and what it inserts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import polars as pl
import sqlalchemy as sa

from scorewell.api.v1 import Run, ScorewellError, Secret
from scorewell_standard.databases import engine, parsed, told
from scorewell_standard.sinks.placing import chosen
from scorewell_standard.sinks.sql_rows import insert, storable
from scorewell_standard.sinks.sql_tables import TableForm, prepared

__all__ = ["connected", "deliver"]

_SECONDS_TO_WAIT_FOR_OTHERS = 60
_IDS_AT_ONCE = 500


def deliver(run: Run, url: Secret, *, scores: str | None, summary: str | None, locale: str | None, place: str) -> None:
    """Write the run's rows into the tables that are named. Raises ScorewellError, and then nothing was changed."""
    database = connected(url, place)
    with told(f"{place} cannot be written", url, ScorewellError), database.begin() as connection:
        _wait_for_others(connection, [name for name in (scores, summary) if name is not None])
        moment = _moment(run, connection.dialect.name)
        if scores is not None:
            frame = run.scores.select(pl.lit(run.project).alias("project"), pl.all())
            _deliver_scores(connection, scores, frame, run, moment)
        if summary is not None:
            _deliver_summary(connection, summary, chosen(run, "summary", locale), run, moment)


def connected(url: Secret, place: str) -> sa.Engine:
    """The database, in which whoever begins is the only one to write. Raises ScorewellError for no such address."""
    address = parsed(url, place, ScorewellError)
    if address.get_backend_name() != "sqlite":
        return engine(address, place, ScorewellError)
    made = engine(address, place, ScorewellError, connect_args={"timeout": _SECONDS_TO_WAIT_FOR_OTHERS})

    # Python's driver begins a transaction by itself, but not before a CREATE TABLE, which would then stand alone.
    @sa.event.listens_for(made, "connect")
    def leave_transactions_to_us(connection: Any, _record: object) -> None:
        connection.isolation_level = None

    @sa.event.listens_for(made, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return made


def _wait_for_others(connection: sa.Connection, tables: Sequence[str]) -> None:
    """Two deliveries to one table come one after the other; readers wait for nobody."""
    if connection.dialect.name != "postgresql":
        return  # SQLite has one writer at a time; elsewhere the rows' own locks have to do
    for table in sorted(tables):  # in one order everywhere, so that no two wait for each other
        number = int.from_bytes(hashlib.sha256(f"scorewell {table}".encode()).digest()[:8], signed=True)
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.literal(number, sa.BigInteger))))


def _moment(run: Run, dialect: str) -> Any:
    """The run's moment as it is stored."""
    return storable(pl.DataFrame({"as_of": [run.as_of]}), dialect).item()


def _deliver_scores(connection: sa.Connection, name: str, frame: pl.DataFrame, run: Run, moment: Any) -> None:
    table = prepared(connection, name, TableForm(frame.schema, key=("project", "as_of", "customer_id", "score_name")))
    ours = (table.c.project == run.project) & (table.c.as_of == moment)
    for condition in _of_customers(table, ours, run):
        connection.execute(sa.delete(table).where(condition))
    insert(connection, table, frame)


def _deliver_summary(connection: sa.Connection, name: str, frame: pl.DataFrame, run: Run, moment: Any) -> None:
    """A row that says something later stays: a run of a former moment does not take the CRM back in time."""
    table = prepared(connection, name, TableForm(frame.schema, key=("project", "customer_id", "score_name")))
    ours = table.c.project == run.project
    later: set[str] = set()
    for condition in _of_customers(table, ours, run):
        connection.execute(sa.delete(table).where(condition, table.c.as_of <= moment))
        later.update(connection.execute(sa.select(table.c.customer_id).where(condition)).scalars())
    insert(connection, table, frame.filter(pl.col("customer_id").is_in(list(later)).not_()) if later else frame)


def _of_customers(table: sa.TableClause, ours: sa.ColumnElement[bool], run: Run) -> Iterable[sa.ColumnElement[bool]]:
    """The rows that a delivery is about: all of ours, or where it is limited, those of its customers."""
    return _in_batches(table, ours, run.scores["customer_id"].unique().sort()) if run.selection else (ours,)


def _in_batches(
    table: sa.TableClause, ours: sa.ColumnElement[bool], customers: pl.Series
) -> Iterator[sa.ColumnElement[bool]]:
    for some in customers.to_frame().iter_slices(_IDS_AT_ONCE):
        yield ours & table.c.customer_id.in_(storable(some, "").to_series().to_list())
