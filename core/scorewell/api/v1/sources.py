"""Sources: where tables come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

import attrs

from scorewell.api.v1.components import Component
from scorewell.api.v1.settings import Column, Condition, Duration

if TYPE_CHECKING:
    import polars as pl

__all__ = ["CustomerKey", "Period", "Rejected", "Source", "Table"]


@attrs.frozen
class Period:
    """The rows that are needed: ``start <= time < end``, both aware, in UTC; ``start`` None means from the first."""

    start: datetime | None
    end: datetime


@attrs.frozen(kw_only=True)
class CustomerKey:
    """How a row finds its customer: a ``column`` that holds the customer's id, or ``column`` matched with the
    column of another table that leads further (``through: contracts.subscription_id``), or one row a customer
    without a key (``row: true``: the customer's id is the row's number, from 1)."""

    column: Column | None = attrs.field(default=None, metadata={"help": "the column that holds the key"})
    through: str | None = attrs.field(
        default=None, metadata={"help": "the table and column that the key is looked up in, as table.column"}
    )
    row: bool = attrs.field(
        default=False, metadata={"help": "true where each row is a customer and no column is a key"}
    )


@attrs.frozen(kw_only=True)
class Table:
    """What the columns of a table mean. A table with ``time`` holds events; without, it is a snapshot."""

    customer: CustomerKey | None = attrs.field(
        default=None, metadata={"help": "the column with the customer's id, or how to find it through another table"}
    )
    time: Column | None = attrs.field(default=None, metadata={"help": "when the row happened or began"})
    until: Column | None = attrs.field(
        default=None, metadata={"help": "when what the row tells of ended; empty: not yet"}
    )
    known: Mapping[Column, Column] = attrs.field(
        factory=dict, metadata={"help": "for cells filled in later: the column with the moment each became known"}
    )
    covers: Condition | None = attrs.field(
        default=None, metadata={"help": "which customers this table can know about; default all"}
    )
    fresh_within: Duration | None = attrs.field(
        default=None,
        metadata={"help": "how old the newest row may be, as 2d; older, and scores that rest on it are stale"},
    )


class Source(Component):
    """Reads tables from one system.

    A source that knows its tables lists them in ``tables``; the user may amend them. One that does not (files, a
    database) leaves ``tables`` empty, and the user declares them.
    """

    tables: ClassVar[Mapping[str, Table]] = {}

    def scan(self, table: str, period: Period | None) -> pl.LazyFrame:
        """The rows of ``table`` (empty text where the source has a single, user-declared table), lazily.

        ``period`` is a permission to leave out rows whose ``time`` lies outside; returning more is always right.
        Column names and types are the system's own: the core renames, casts and filters nothing away before it has
        looked. Raises ReadError, here or when the frame is collected, with the place (file and line, page, row).
        """
        raise NotImplementedError

    def described(self, table: str) -> str:
        """What a message calls this table: a path, a URL without its password, a query's first words."""
        return table or self.name

    def rejected(self, table: str) -> Iterator[Rejected]:
        """Rows that could not be read, each with its place and why. Asked for after the frame was collected."""
        return iter(())


@attrs.frozen(kw_only=True)
class Rejected:
    """One row that a source could not read: nothing is lost without a word."""

    place: str
    reason: str
