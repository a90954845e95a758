"""Happenings: rows of a table that say what became of a customer, or what was done for it, and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import attrs
import polars as pl

from scorewell.api.v1 import Column, Finding, Level, Period, ReadError, ScorewellError
from scorewell.configuration.model import Project
from scorewell.messages import why
from scorewell.metrics.customers import key_map, list_customers
from scorewell.metrics.keys import CUSTOMER, KEY, key_text
from scorewell.metrics.moments import INSTANT
from scorewell.metrics.places import in_project, told_in_project
from scorewell.metrics.rows import ColumnPlan
from scorewell.metrics.tables import OpenTable, rejected, unread_moments

__all__ = ["Happenings", "happenings", "text_cell"]

TIME = "time"
Cells = Callable[[ColumnPlan], Mapping[str, pl.Expr]]


@attrs.frozen(eq=False)
class Happenings:
    """``frame``: ``customer_id`` (String), ``time`` (Datetime us, UTC) and what else is asked for, sorted by all of
    them in that order, each row once. Neither of the first two is ever null."""

    frame: pl.DataFrame
    findings: tuple[Finding, ...]


def happenings(project: Project, section: str, source: str, as_of: datetime, cells: Cells) -> Happenings:
    """The rows of ``source`` from before ``as_of`` (aware), with the customers they are of.

    ``section`` is what messages call it; ``cells`` says by name what is wanted of each row, over a frame of the plan.
    Rows of customers that are not listed stay, with a finding: who left is often no customer any more. Raises
    ScorewellError where the table cannot be read, declares no time or has not the columns.
    """
    try:
        return _read(project, section, source, as_of, cells)
    except ScorewellError as error:
        raise ScorewellError(in_project(project.folder, f"{section}: {error.message}"), hint=error.hint) from error


def text_cell(plan: ColumnPlan, column: Column | None, as_of: datetime) -> pl.Expr:
    """A column as it was known at ``as_of``, as text, over a frame of the plan; null without a column.

    Raises ScorewellError where the table has no such column, and where it holds lists or structs.
    """
    if column is None:
        return pl.lit(None, pl.String)
    name, dtype = plan.sql_cell(column, as_of)
    if dtype.is_nested():
        raise ScorewellError(f"{plan.table.place}: column {column!r} holds {dtype}: expected text")
    return pl.col(name).cast(pl.String)


def _read(project: Project, section: str, source: str, as_of: datetime, cells: Cells) -> Happenings:
    table = OpenTable.scan(project, source, Period(None, as_of.astimezone(UTC)))
    plan = ColumnPlan(table, as_of)
    time = plan.time()
    wanted = cells(plan)
    key = key_text(pl.col(KEY), table.scanned[table.key_column()]).alias(KEY)
    keys = key_map(project, table, as_of, {})
    try:
        rows = plan.frame().select(key, pl.col(time).cast(INSTANT).alias(TIME), **wanted)
        led = keys.lead(rows).collect(engine="streaming")
        findings = [*unread_moments(table, as_of), *rejected(table, as_of), *_timeless(table, as_of)]
    except ScorewellError:
        raise
    except Exception as error:
        raise ReadError(f"{table.place}: cannot be read: {why(error)}") from error
    findings += _of_nobody(project, section, table, led, as_of)
    names = (CUSTOMER, TIME, *wanted)
    frame = led.drop_nulls(CUSTOMER).select(names).unique().sort(names)
    return Happenings(frame, tuple(told_in_project(project.folder, each) for each in findings))


def _timeless(table: OpenTable, as_of: datetime) -> list[Finding]:
    assert table.time is not None  # noqa: S101 - the plan has its time
    count = table.frame.select(table.time.before(as_of).is_null().sum()).collect(engine="streaming").item()
    if not count:
        return []
    message = f"{table.place}: rows without a time, never seen: {count}"
    return [Finding(id="rows-without-time", level=Level.WARNING, where=table.name, message=message, count=count)]


def _of_nobody(project: Project, section: str, table: OpenTable, led: pl.DataFrame, as_of: datetime) -> list[Finding]:
    """Rows that lead to no customer, and those of customers that are not listed as of the moment."""
    findings = []
    lost = led.filter(pl.col(CUSTOMER).is_null()).height
    if lost:
        message = f"{table.place}: rows left out because they lead to no customer: {lost}"
        findings.append(
            Finding(id="rows-without-key", level=Level.WARNING, where=table.name, message=message, count=lost)
        )
    everything = Period(None, as_of.astimezone(UTC))
    customers = list_customers(project, OpenTable.scan(project, project.customers.source, everything), as_of).frame
    unknown = led.drop_nulls(CUSTOMER).join(customers, on=CUSTOMER, how="anti")
    if not unknown.is_empty():
        examples = tuple(unknown.get_column(CUSTOMER).unique().sort().head(3))
        message = (
            f"{table.place}: {section} of customers that are not listed as of {as_of.date()}: {unknown.height}"
            f" ({', '.join(map(repr, examples))})"
        )
        findings.append(
            Finding(
                id="unknown-customers",
                level=Level.NOTE,
                where=table.name,
                message=message,
                count=unknown.height,
                examples=examples,
            )
        )
    return findings
