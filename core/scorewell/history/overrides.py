"""What people decided of customers' scores: who, why, from when and until when."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import attrs
import polars as pl
import sqlalchemy as sa

from scorewell.history import schema
from scorewell.history.errors import HistoryError
from scorewell.history.reading import Reads
from scorewell.history.rows import fetched, storable
from scorewell.history.writing import Writer

__all__ = ["Override", "StoredOverride", "add_override", "overrides", "overrides_as_of", "withdraw_override"]

_table = schema.overrides


@attrs.frozen(kw_only=True)
class Override:
    """A person's decision about one score of one customer.

    ``kind`` is ``score``, ``at_most`` or ``at_least``, with a ``value`` in the scorecard's scale, or ``band`` with a
    ``band``. It counts at the moments with ``begins`` <= as_of < ``until``, both aware.
    """

    customer_id: str
    score_name: str
    kind: str
    value: float | None = None
    band: str | None = None
    because: str
    author: str
    begins: datetime
    until: datetime


@attrs.frozen(kw_only=True)
class StoredOverride(Override):
    """An override as the history has it; moments are in UTC.

    ``withdrawn_at`` is the moment from which on it counts no more; None where nobody withdrew it.
    """

    number: int
    recorded_at: datetime
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None
    withdrawn_because: str | None = None

    def counts_at(self, as_of: datetime) -> bool:
        """Whether it is in force at a moment."""
        return self.begins <= as_of < self.until and (self.withdrawn_at is None or as_of < self.withdrawn_at)


def add_override(writer: Writer, override: Override) -> StoredOverride:
    """Remember a decision. One about the same score that is in force at the same moment is overridden by it."""
    with writer.connected() as connection:
        greatest = connection.execute(sa.select(sa.func.max(_table.c.number))).scalar_one()
        stored = StoredOverride(
            **storable(attrs.asdict(override)), number=int(greatest or 0) + 1, recorded_at=datetime.now(UTC)
        )
        connection.execute(sa.insert(_table), [{**attrs.asdict(stored), "project": writer.project}])
    return stored


def withdraw_override(
    writer: Writer, number: int, *, at: datetime, by: str, because: str | None = None
) -> StoredOverride:
    """Let an override count no more from the moment ``at`` (aware) on.

    What was scored before stays as it is. Raises HistoryError where there is none of that number, and where it was
    withdrawn before.
    """
    with writer.connected() as connection:
        found = _found(connection, _query(writer).where(_table.c.number == number))
        if not found:
            raise HistoryError(
                f"there is no override {number}", hint="`scorewell override list --all` has their numbers"
            )
        if found[0].withdrawn_at is not None:
            raise HistoryError(f"override {number} was withdrawn before, by {found[0].withdrawn_by}")
        said = storable({"withdrawn_at": at, "withdrawn_by": by, "withdrawn_because": because})
        connection.execute(sa.update(_table).where(_of(writer), _table.c.number == number).values(said))
        [stored] = _found(connection, _query(writer).where(_table.c.number == number))
    return stored


def overrides(history: Reads, *, customer_id: str | None = None) -> tuple[StoredOverride, ...]:
    """All overrides of the project, or of one customer, in the order in which they were recorded."""
    query = _query(history)
    query = query if customer_id is None else query.where(_table.c.customer_id == customer_id)
    with history.connected() as connection:
        return _found(connection, query)


def overrides_as_of(history: Reads, as_of: datetime) -> pl.DataFrame:
    """The overrides that are in force at a moment (aware), one a customer and score: the one that was recorded last.

    Columns customer_id, score_name, kind, value (Float64) and band, as scoring takes them.
    """
    columns = [_table.c[name] for name in ("customer_id", "score_name", "kind", "value", "band")]
    query = (
        sa.select(*columns)
        .where(
            _of(history),
            _table.c.begins <= as_of,
            _table.c.until > as_of,
            sa.or_(_table.c.withdrawn_at.is_(None), _table.c.withdrawn_at > as_of),
        )
        .order_by(_table.c.number)
    )
    with history.connected() as connection:
        found = fetched(connection, query)
    return found.unique(["customer_id", "score_name"], keep="last", maintain_order=True)


def _of(history: Reads) -> sa.ColumnElement[bool]:
    return _table.c.project == history.project


def _query(history: Reads) -> sa.Select[Any]:
    columns = [_table.c[field.name] for field in attrs.fields(StoredOverride)]
    return sa.select(*columns).where(_of(history)).order_by(_table.c.number)


def _found(connection: sa.Connection, query: sa.Select[Any]) -> tuple[StoredOverride, ...]:
    return tuple(StoredOverride(**row) for row in connection.execute(query).mappings())
