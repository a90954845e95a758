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
    """The rows that are needed: ``start <= time < end``, both aware, in UTC; ``start`` None means from the first.

    ``timezone`` is the project's, in which a date is a day: over, and seen, from the midnight after it.
    """

    start: datetime | None
    end: datetime
    timezone: str = attrs.field(default="UTC", eq=False)


def _column(name: str | None) -> Column | None:
    return name if name is None or isinstance(name, Column) else Column(name)


def _condition(sql: str | None) -> Condition | None:
    return sql if sql is None or isinstance(sql, Condition) else Condition(sql)


def _columns(known: Mapping[str, str]) -> Mapping[Column, Column]:
    return {Column(cell): Column(moment) for cell, moment in known.items()}


@attrs.frozen(kw_only=True)
class CustomerKey:
    """How a row finds its customer: a ``column`` that holds the customer's id, or ``column`` matched with the
    column of another table that leads further (``through: contracts.subscription_id``), or one row a customer
    without a key (``row: true``: the customer's id is the row's number, from 1)."""

    column: Column | None = attrs.field(
        default=None, converter=_column, metadata={"help": "the column that holds the key"}
    )
    through: str | None = attrs.field(
        default=None, metadata={"help": "the table and column that the key is looked up in, as table.column"}
    )
    row: bool = attrs.field(default=False, metadata={"help": "true if each row is a customer and no column is a key"})


@attrs.frozen(kw_only=True)
class Table:
    """What the columns of a table mean. A table with ``time`` holds events; without, it is a snapshot.

    Versions let a table be seen as of a past moment: with ``valid_from`` a row holds from then until ``valid_to``, and
    where no column says that, until the next row of its key; with ``taken_at`` the table is full copies of itself, of
    which the latest before the moment counts.

    A source that knows its tables may write columns and conditions as plain text.
    """

    customer: CustomerKey | None = attrs.field(
        default=None, metadata={"help": "the column with the customer's id, or how to find it through another table"}
    )
    time: Column | None = attrs.field(
        default=None, converter=_column, metadata={"help": "when the row happened or began"}
    )
    until: Column | None = attrs.field(
        default=None, converter=_column, metadata={"help": "when the event or period of the row ended; empty: not yet"}
    )
    valid_from: Column | None = attrs.field(
        default=None, converter=_column, metadata={"help": "for a table of versions: from when on the row is valid"}
    )
    valid_to: Column | None = attrs.field(
        default=None,
        converter=_column,
        metadata={
            "help": "until when the row is valid, itself excluded; empty: still valid; "
            "default: until the customer's next row"
        },
    )
    taken_at: Column | None = attrs.field(
        default=None,
        converter=_column,
        metadata={"help": "for repeated full copies of a table: when the row's copy was taken"},
    )
    known: Mapping[Column, Column] = attrs.field(
        factory=dict,
        converter=_columns,
        metadata={"help": "for cells filled in later: the column with the moment each became known"},
    )
    covers: Condition | None = attrs.field(
        default=None, converter=_condition, metadata={"help": "which customers this table can know about; default all"}
    )
    fresh_within: Duration | None = attrs.field(
        default=None,
        metadata={
            "help": "how old the newest row may be, such as 2d; if it is older, scores that use the table are stale"
        },
    )


class Source(Component):
    """Reads tables from one system.

    A source that knows its tables lists them in ``tables``; the user may amend them. One that does not (files, a
    database) leaves ``tables`` empty, and the user declares them.
    """

    tables: ClassVar[Mapping[str, Table]] = {}

    @property
    def period_column(self) -> str | None:
        """The column that ``scan`` holds against its period; None: the table's ``time``, whichever column that is.

        A source that knows of one column only how old rows are, as from a file's name, says which. No period is asked
        for where the table does not say that this column is its ``time``, ``valid_from`` or ``taken_at``.
        """
        return None

    def scan(self, table: str, period: Period | None) -> pl.LazyFrame:
        """The rows of ``table`` (empty text where the source has a single, user-declared table), lazily.

        ``period`` is a permission to leave out rows whose ``time`` lies outside, or whose version or copy begins after
        it; returning more is always right.
        Column names and types are the system's own: the core renames, casts and filters nothing away before it has
        looked. Raises ReadError, here or when the frame is collected, with the place (file and line, page, row).
        """
        raise NotImplementedError

    def described(self, table: str) -> str:
        """What a message calls this table: a path, a URL without its password, a query's first words."""
        return table or self.name

    def rejected(self, table: str, period: Period | None) -> Iterator[Rejected]:
        """Rows that could not be read, each with its place and why. Asked for after the frame was collected, for the
        same ``period`` as ``scan``."""
        return iter(())


@attrs.frozen(kw_only=True)
class Rejected:
    """One row that a source could not read: nothing is lost without a word."""

    place: str
    reason: str
