"""Pulses that people gave: a customer's state in their own judgement, 1 to 5, with a reason."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import attrs
import polars as pl
import sqlalchemy as sa

from scorewell.configuration import Project
from scorewell.configuration.evolving import evolved
from scorewell.configuration.pulse import RECORDED, RecordedPulses
from scorewell.history import schema
from scorewell.history.reading import Reads
from scorewell.history.rows import MOMENT, fetched, storable
from scorewell.history.store import History
from scorewell.history.writing import Writer

__all__ = ["Pulse", "StoredPulse", "add_pulse", "pulse_rows", "pulses", "with_recorded_pulses"]

LEAST, GREATEST = 1, 5
_table = schema.pulses
_ROWS = pl.Schema(
    {
        "customer_id": pl.String(),
        "pulse": pl.Int64(),
        "reason": pl.String(),
        "note": pl.String(),
        "by": pl.String(),
        "time": MOMENT,
    }
)


@attrs.frozen(kw_only=True)
class Pulse:
    """One judgement. ``value`` is 1 to 5, 5 the best; ``given_at`` (aware) is from when on it is known."""

    customer_id: str
    value: int
    reason: str | None = None
    note: str | None = None
    author: str
    given_at: datetime


@attrs.frozen(kw_only=True)
class StoredPulse(Pulse):
    """A pulse as the history has it; moments are in UTC."""

    number: int
    recorded_at: datetime


def add_pulse(writer: Writer, pulse: Pulse) -> StoredPulse:
    """Remember a pulse. Raises ValueError for a value that is not 1 to 5."""
    if not LEAST <= pulse.value <= GREATEST:
        raise ValueError(f"a pulse is {LEAST} to {GREATEST}, not {pulse.value}")
    said = storable(attrs.asdict(pulse))
    with writer.connected() as connection:
        greatest = connection.execute(sa.select(sa.func.max(_table.c.number))).scalar_one()
        stored = StoredPulse(**said, number=int(greatest or 0) + 1, recorded_at=datetime.now(UTC))
        connection.execute(sa.insert(_table), [{**attrs.asdict(stored), "project": writer.project}])
    return stored


def pulses(history: Reads, *, customer_id: str | None = None) -> tuple[StoredPulse, ...]:
    """All pulses of the project, or of one customer, the latest first."""
    columns = [_table.c[field.name] for field in attrs.fields(StoredPulse)]
    query: sa.Select[Any] = sa.select(*columns).where(_table.c.project == history.project)
    query = query if customer_id is None else query.where(_table.c.customer_id == customer_id)
    with history.connected() as connection:
        rows = connection.execute(query.order_by(_table.c.given_at.desc(), _table.c.number.desc())).mappings()
        return tuple(StoredPulse(**row) for row in rows)


def pulse_rows(history: Reads, since: datetime | None = None, until: datetime | None = None) -> pl.DataFrame:
    """The pulses with ``since`` <= given_at < ``until`` as a table of events, in the order of their moments.

    Columns customer_id, pulse (Int64), reason, note, by, time (Datetime us, UTC).
    """
    query = sa.select(
        _table.c.customer_id,
        _table.c.value.label("pulse"),
        _table.c.reason,
        _table.c.note,
        _table.c.author.label("by"),
        _table.c.given_at.label("time"),
    ).where(_table.c.project == history.project)
    query = query.where(_table.c.given_at >= since) if since is not None else query
    query = query.where(_table.c.given_at < until) if until is not None else query
    with history.connected() as connection:
        return fetched(connection, query.order_by(_table.c.given_at, _table.c.number))


def with_recorded_pulses(project: Project) -> Project:
    """The project whose table of recorded pulses, where it has one, is read from its history.

    Opened when it is scanned, and read only: where there is no history yet, nobody has said anything.
    """
    entry, store = project.sources.get(RECORDED), project.history
    if entry is None or store is None or not isinstance(entry.plugin, RecordedPulses):
        return project

    def read(since: datetime | None, until: datetime | None) -> pl.DataFrame:
        history = History.find(store.url, project=project.name, folder=project.folder)
        if history is None:
            return pl.DataFrame(schema=_ROWS)
        with history:
            return pulse_rows(history, since, until)

    opened = evolved(entry, plugin=RecordedPulses(read=read))
    return evolved(project, sources={**project.sources, RECORDED: opened})
