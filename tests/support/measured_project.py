"""A project of a few rows without a scorecard, built in Python: each test says only what matters to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import polars as pl

from scorewell.api.v1 import (
    Column,
    Condition,
    CustomerKey,
    Duration,
    Expression,
    Measure,
    Partial,
    Partials,
    Period,
    Rejected,
    Rows,
    Source,
    Table,
    frozen,
    setting,
)
from scorewell.configuration.model import Customers, Metric, Project, SourceTables
from scorewell.metrics import MetricsTable, metrics_as_of

AS_OF = datetime(2026, 3, 1, tzinfo=UTC)


@frozen
class InMemory(Source):
    """One frame, or what a function makes of the period it is asked for."""

    name = "in_memory"

    frame: pl.DataFrame | Callable[[Period | None], pl.LazyFrame] = setting("the rows")
    lost: tuple[Rejected, ...] = setting("rows that cannot be read", default=())

    def scan(self, table: str, period: Period | None) -> pl.LazyFrame:
        return self.frame.lazy() if isinstance(self.frame, pl.DataFrame) else self.frame(period)

    def described(self, table: str) -> str:
        return "rows.csv"

    def rejected(self, table: str, period: Period | None) -> Iterator[Rejected]:
        return iter(self.lost)


@frozen
class Reduce(Measure):
    """One partial over one column, given back as it is."""

    name = "reduce"

    kind: str = setting("the kind of partial")
    column: Column | None = setting("the column; default the count of rows", default=None)
    by: Column | None = setting("what orders first and last", default=None)
    before: int = setting("which earlier window", default=0)

    def partials(self, rows: Rows) -> Mapping[str, Partial]:
        rows = rows.before(self.before) if self.before else rows
        value = rows.count if self.column is None else rows.column(self.column)
        by = None if self.by is None else rows.column(self.by)
        return {"it": Partial(self.kind, value, by)}  # type: ignore[arg-type] # tests try wrong kinds too

    def finish(self, partials: Partials) -> pl.Expr:
        return partials["it"]


@frozen
class Of(Measure):
    """What two functions make of the rows."""

    name = "of"

    asks: Callable[[Rows], Mapping[str, Partial]] = setting("partials")
    ends: Callable[[Partials], pl.Expr] = setting("finish")

    def partials(self, rows: Rows) -> Mapping[str, Partial]:
        return self.asks(rows)

    def finish(self, partials: Partials) -> pl.Expr:
        return self.ends(partials)


def table(
    frame: object, key: str | None = "customer", *, through: str | None = None, **meaning: object
) -> SourceTables:
    """A source with one table; ``meaning`` is what ``Table`` takes."""
    row = key is None
    customer = CustomerKey(column=None if key is None else Column(key), through=through, row=row)
    source = frame if isinstance(frame, Source) else InMemory(frame=frame)
    if "covers" in meaning:
        meaning["covers"] = Condition(meaning["covers"])
    return SourceTables(plugin=source, tables={"": Table(customer=customer, **meaning)})


def metric(
    measure: Measure | str,
    *,
    source: str = "events",
    window: str | None = None,
    where: str | None = None,
    min_rows: int = 0,
) -> Metric:
    """A measured metric; text stands for ``Reduce`` of that kind, over the column after a colon."""
    if isinstance(measure, str):
        kind, _, column = measure.partition(":")
        measure = Reduce(kind=kind, column=Column(column) if column else None)
    return Metric(
        source=source,
        measure=measure,
        window=None if window is None else Duration.parse(window),
        where=None if where is None else Condition(where),
        min_rows=min_rows,
    )


def derived(sql: str) -> Metric:
    """A metric by SQL over others."""
    return Metric(sql=Expression(sql))


def project(
    metrics: Mapping[str, Metric],
    *,
    customers: object = ("a", "b"),
    timezone: str = "UTC",
    active: str | None = None,
    roles: Mapping[str, str] | None = None,
    attributes: Sequence[str] = (),
    **sources: SourceTables,
) -> Project:
    """A project over ``sources``; ``customers`` are ids, a frame with ``customer``, or a whole source."""
    if not isinstance(customers, SourceTables):
        frame = customers if isinstance(customers, pl.DataFrame) else pl.DataFrame({"customer": list(customers)})
        customers = table(frame)
    return Project(
        name="small",
        timezone=timezone,
        sources={"crm": customers, **sources},
        customers=Customers(
            source="crm",
            active=None if active is None else Condition(active),
            roles={role: Column(column) for role, column in (roles or {}).items()},
            attributes=tuple(Column(column) for column in attributes),
        ),
        metrics=metrics,
        scorecards={},
        segments={},
    )


def day(number: int) -> datetime:
    """Noon so many days before the moment: 1 is yesterday."""
    return datetime(2026, 3, 1, 12) - timedelta(days=number)


def events(*rows: tuple[object, ...], **more: pl.DataType) -> pl.DataFrame:
    return pl.DataFrame(
        list(rows), schema={"customer": pl.String, "at": pl.Datetime("us"), **(more or {"n": pl.Int64})}, orient="row"
    )


def values(measured: Project | MetricsTable, name: str, as_of: datetime = AS_OF) -> list[object]:
    """A metric's column, in the order of the customers' ids."""
    if isinstance(measured, Project):
        measured = metrics_as_of(measured, as_of)
        assert measured.failed == {}
    return measured.frame.get_column(name).to_list()


def finding(measured: MetricsTable, id_: str) -> tuple[str, int | None, tuple[str, ...]]:
    found = [one for one in measured.findings if one.id == id_]
    assert len(found) == 1, measured.findings
    return found[0].message, found[0].count, found[0].examples
