"""Rows: what a measure may see of a table, and the columns that its expressions need.

A measure is asked twice. With *masked* rows, each of its expressions refers to exactly one mask column, so it is plain
which rows a partial counts; with *unmasked* rows the same expressions come without masks, so it is plain which partials
reduce the same value under different masks and can share a group-by.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import NoReturn, Self, TypedDict

import attrs
import polars as pl

from scorewell import dialect
from scorewell.api.v1 import Column, Expression, ScorewellError
from scorewell.configuration.model import Metric
from scorewell.metrics.moments import INSTANT, Calendar, literal
from scorewell.metrics.tables import OpenTable, no_column

__all__ = ["MASK", "ColumnPlan", "MaskedRows", "identity", "window_days"]

MASK = "@mask:"
_EVERY_ROW = MASK + "all"


def identity(expr: pl.Expr) -> object:
    """What two expressions share exactly when they are the same; an expression that cannot tell is only itself."""
    try:
        return expr.meta.serialize()
    except Exception:  # noqa: BLE001 - an expression around a Python function that cannot be written down
        return id(expr)


@attrs.frozen
class Window:
    """``days`` whole local days up to the one before ``end_day``."""

    start: datetime
    end: datetime
    end_day: date
    days: int


class _SqlContext(TypedDict):
    rename: Mapping[str, str]
    schema: Mapping[str, pl.DataType]
    as_of: pl.Expr
    timezone: str


@attrs.define(eq=False)
class ColumnPlan:
    """The columns that expressions over one table refer to, each computed once, in layers.

    Layer 0 is computed from the scanned columns: cells (``@c:name``, as known at the k-th moment ``@c1:name``), moments
    and the windows' masks; every further layer holds masks that are made of columns before it.
    """

    table: OpenTable
    as_of: datetime
    customers: Mapping[str, pl.DataType] = attrs.field(factory=dict)
    """What the customers' list has besides metrics: roles and attributes."""
    cells: dict[str, pl.Expr] = attrs.field(factory=dict)
    layers: list[dict[str, pl.Expr]] = attrs.field(factory=lambda: [{}])
    floats: set[str] = attrs.field(factory=set)
    windows: dict[str, Window] = attrs.field(factory=dict)
    limited: dict[str, tuple[str, pl.Expr]] = attrs.field(factory=dict)
    """Masks that are the rows of another mask where a condition is true."""
    _ends: list[datetime] = attrs.field(factory=list)
    _masks: dict[object, tuple[str, int]] = attrs.field(factory=dict)

    def _suffix(self, end: datetime) -> str:
        if end not in self._ends:
            self._ends.append(end)
        return str(self._ends.index(end))

    def cell(self, column: str, end: datetime) -> str:
        """The name of the column's cells as known at ``end``. Raises ScorewellError for an unknown column."""
        dtype = self.table.dtype(column)
        name = f"@c{self._suffix(end) if self.table.known_by(column) else ''}:{column}"
        self.cells.setdefault(name, self.table.known_cell(column, end))
        if dtype.is_float():
            self.floats.add(column)
        return name

    def sql_cell(self, column: str, end: datetime) -> tuple[str, pl.DataType]:
        """The name and dtype of the column's cells as SQL sees them: text that is declared to tell times is read."""
        if self.table.dtype(column) != pl.String or not self.table.is_moment(column):
            return self.cell(column, end), self.table.cell_dtype(column)
        name = f"@s{self._suffix(end) if self.table.known_by(column) else ''}:{column}"
        self.cells.setdefault(name, self.table.known_instant(column, end))
        return name, INSTANT

    def condition(self, sql: str, end: datetime) -> pl.Expr:
        """A condition over the table's columns as known at ``end``, which is its ``as_of``; null stays null."""
        return dialect.condition(sql, **self._sql_context(sql, end))

    def expression(self, sql: str, end: datetime) -> pl.Expr:
        """An expression over the table's columns as known at ``end``, which is its ``as_of``."""
        return dialect.expression(sql, **self._sql_context(sql, end))

    def _named(self, column: str, sql: str, end: datetime) -> tuple[str, pl.DataType]:
        if column not in self.table.columns and f'"{column}"' in sql:
            message = no_column(self.table.place, column, self.table.columns).message
            raise ScorewellError(message, hint=f"text stands in single quotes: '{column}'")
        return self.sql_cell(column, end)

    def _sql_context(self, sql: str, end: datetime) -> _SqlContext:
        cells = {column: self._named(column, sql, end) for column in sorted(dialect.names_in(sql))}
        return {
            "rename": {column: name for column, (name, _) in cells.items()},
            "schema": {column: dtype for column, (_, dtype) in cells.items()},
            "as_of": literal(end),
            "timezone": self.table.calendar.zone.key,
        }

    def customer(self, sql: str, end: datetime) -> pl.Expr:
        """An expression over the list of the customers, whose ``as_of`` is ``end``.

        Raises ScorewellError for a name that the list has not.
        """
        known = {name: dtype for name, dtype in self.customers.items() if not name.startswith("@")}
        for name in sorted(dialect.names_in(sql) - known.keys()):
            raise ScorewellError(
                f"the customers have no role or attribute {name!r}; they have {', '.join(known)}",
                hint=f"roles: {{{name}: <column>}} or attributes: [{name}] under customers",
            )
        moment = literal(end)
        return dialect.expression(sql, schema=known, as_of=moment, timezone=self.table.calendar.zone.key)

    def time(self) -> str:
        """The name of the rows' instants. Raises ScorewellError where the table declares no time."""
        if self.table.time is None:
            raise ScorewellError(
                f"{self.table.place}: rows have no time", hint=f"time: <column> under sources.{self.table.name}"
            )
        self.cells.setdefault("@time", self.table.time.instant)
        return "@time"

    def beginning(self) -> str | None:
        """The name of the instants by which the latest of a key's rows is told; None where all seen rows hold."""
        if self.table.time is not None:
            return self.time()
        if self.table.valid_from is None or self.table.valid_to is not None:
            return None
        self.cells.setdefault("@valid_from", self.table.valid_from.instant)
        return "@valid_from"

    def age(self) -> None:
        """Have the instants that say how fresh the table is, as ``@age``, where it has any."""
        if self.table.age is not None:
            self.cells.setdefault("@age", self.table.age.instant)

    def day(self) -> str:
        """The name of the rows' local days. Raises ScorewellError where the table declares no time."""
        self.time()
        assert self.table.time is not None  # noqa: S101 - time() has raised
        self.cells.setdefault("@day", self.table.time.day)
        return "@day"

    def until(self, end: datetime) -> str:
        """The name of the instants at which rows ended, null unless before ``end``.

        Raises ScorewellError where the table declares no end.
        """
        until = self.table.until
        if until is None:
            raise ScorewellError(
                f"{self.table.place}: rows have no end", hint=f"until: <column> under sources.{self.table.name}"
            )
        name = f"@until:{self._suffix(end)}"
        self.cells.setdefault(name, pl.when(until.before(end)).then(until.instant))
        return name

    def window(self, days: int, end_day: date) -> str:
        """The mask of the window of ``days`` days up to the one before ``end_day``.

        Raises ScorewellError where the table declares no time.
        """
        time = self.table.time
        if time is None:
            raise ScorewellError(
                f"{self.table.place}: a window of {days}d needs the rows' time",
                hint=f"time: <column> under sources.{self.table.name}",
            )
        start, end = self.table.calendar.window_before(end_day, days)
        name = f"{MASK}{days}d.{end_day}"
        self.layers[0].setdefault(name, (time.since(start) & time.before(end)).fill_null(value=False))
        self.windows[name] = Window(start, end, end_day, days)
        return name

    def every_row(self) -> str:
        """The mask that lets all seen rows through."""
        self.layers[0].setdefault(_EVERY_ROW, pl.lit(value=True))
        return _EVERY_ROW

    def both(self, mask: str, condition: pl.Expr) -> str:
        """The mask of the rows of ``mask`` where the condition is true."""
        key = (mask, identity(condition))
        if key not in self._masks:
            level = self._level(mask, condition)
            while len(self.layers) <= level:
                self.layers.append({})
            name = f"{MASK}{len(self._masks)}"
            self._masks[key] = (name, level)
            self.layers[level][name] = pl.col(mask) & condition.fill_null(value=False)
            self.limited[name] = (mask, condition)
            if mask in self.windows:
                self.windows[name] = self.windows[mask]
        return self._masks[key][0]

    def _level(self, mask: str, condition: pl.Expr) -> int:
        levels = {name: level for level, layer in enumerate(self.layers) for name in layer}
        return 1 + max(levels.get(name, 0) for name in (mask, *condition.meta.root_names()))

    @property
    def start(self) -> datetime | None:
        """The earliest moment a row must have to count anywhere; None where some mask has no window."""
        return self.start_of(name for layer in self.layers for name in layer)

    def start_of(self, masks: Iterable[str | None]) -> datetime | None:
        """The earliest moment a row must have to count in one of the masks; None where some mask has no window."""
        windows = [self.windows.get(mask or "") for mask in masks]
        starts = [window.start for window in windows if window is not None]
        return min(starts, default=None) if len(starts) == len(windows) else None

    def frame(self, masks: Iterable[str | None] | None = None) -> pl.LazyFrame:
        """The seen rows, from the earliest window on, with ``@key`` and all columns of the plan.

        With ``masks`` only the rows that may count in one of these.
        """
        frame = self.table.seen(self.as_of, self.start if masks is None else self.start_of(masks))
        odd = [~pl.col(column).is_finite() for column in sorted(self.floats)]
        first, *further = self.layers
        frame = frame.select(
            self.table.raw_key(self.as_of),
            *(expr.alias(name) for name, expr in self.cells.items()),
            *(expr.alias(name) for name, expr in first.items()),
            *((pl.any_horizontal(*odd).fill_null(value=False).alias("@odd"),) if odd else ()),
        )
        for layer in further:
            frame = frame.with_columns(*(expr.alias(name) for name, expr in layer.items()))
        return frame


@attrs.frozen(eq=False)
class MaskedRows:
    """The rows of one metric (implements ``api.v1.Rows``) in the window of ``days`` days (None: none) before
    ``end_day``; ``mask`` None: the same expressions without masks."""

    plan: ColumnPlan
    metric: Metric
    days: int | None
    end_day: date
    mask: str | None

    @classmethod
    def of(cls, plan: ColumnPlan, metric: Metric, *, masked: bool = True, k: int = 0) -> MaskedRows:
        """The rows of the metric's ``k``-th earlier window. Raises ScorewellError for a mistake in window or where."""
        rows = cls._made(plan, metric, window_days(metric), plan.table.calendar.day(plan.as_of), masked=masked)
        return rows.before(k) if k else rows

    @classmethod
    def _made(cls, plan: ColumnPlan, metric: Metric, days: int | None, end_day: date, *, masked: bool) -> MaskedRows:
        rows = cls(plan, metric, days, end_day, None)
        if not masked:
            return rows
        mask = plan.every_row() if days is None else plan.window(days, end_day)
        if metric.where is not None:
            mask = plan.both(mask, plan.condition(metric.where, rows.end_moment))
        return attrs.evolve(rows, mask=mask)

    def _other(self, days: int | None, end_day: date) -> MaskedRows:
        return self._made(self.plan, self.metric, days, end_day, masked=self.mask is not None)

    @property
    def end_moment(self) -> datetime:
        """Up to when the rows are seen: the last window up to ``as_of`` itself, an earlier one up to its own end."""
        calendar = self.plan.table.calendar
        is_last = self.end_day == calendar.day(self.plan.as_of)
        return self.plan.as_of if is_last else calendar.midnight(self.end_day)

    def _masked(self, value: pl.Expr) -> pl.Expr:
        return value if self.mask is None else pl.when(pl.col(self.mask)).then(value)

    @property
    def count(self) -> pl.Expr:
        return self._masked(pl.lit(1, pl.Int64))

    @property
    def time(self) -> pl.Expr:
        return self._masked(pl.col(self.plan.time()))

    @property
    def until(self) -> pl.Expr:
        return self._masked(pl.col(self.plan.until(self.end_moment)))

    @property
    def day(self) -> pl.Expr:
        return self._masked(pl.col(self.plan.day()))

    @property
    def has_time(self) -> bool:
        return self.plan.table.meaning.time is not None

    @property
    def has_until(self) -> bool:
        return self.plan.table.meaning.until is not None

    @property
    def end(self) -> pl.Expr:
        return literal(self.end_moment)

    @property
    def window_days(self) -> int | None:
        return self.days

    def column(self, name: Column) -> pl.Expr:
        return self._masked(pl.col(self.plan.cell(name, self.end_moment)))

    def numbers(self, name: Column) -> pl.Expr:
        dtype = self.plan.table.dtype(name)
        if not (dtype.is_numeric() or dtype == pl.Null):
            table = self.plan.table
            raise ScorewellError(
                f"{table.place}: column {name!r} holds {dtype}: expected numbers",
                hint=f"another column, or, under sources.{table.name}, types: {{{name}: number}} where a file hides it",
            )
        return self.column(name).cast(pl.Float64)

    def expression(self, sql: Expression) -> pl.Expr:
        return self._masked(self.plan.expression(sql, self.end_moment))

    def where(self, condition: pl.Expr) -> Self:
        if self.mask is None:
            return self
        return attrs.evolve(self, mask=self.plan.both(self.mask, condition))

    def customer(self, sql: Expression) -> pl.Expr:
        return self.plan.customer(sql, self.end_moment)

    def before(self, k: int) -> MaskedRows:
        days = self.days if self.days is not None else _without_window("an earlier window was asked for")
        return self._other(days, self.end_day - timedelta(days=days * k))

    def year_before(self) -> MaskedRows:
        days = self.days if self.days is not None else _without_window("the window a year before was asked for")
        return self._other(days, Calendar.year_before(self.end_day))

    def window(self, days: int) -> MaskedRows:
        return self._other(days, self.end_day)


def window_days(metric: Metric) -> int | None:
    """The length of a metric's window in days, None without one. Raises ScorewellError for one of hours."""
    if metric.window is None:
        return None
    days = metric.window.whole_days
    if days is None:
        raise ScorewellError(f"window {metric.window}: a window is a number of whole days", hint="window: 30d")
    return days


def _without_window(asked: str) -> NoReturn:
    raise ScorewellError(f"{asked}, but the metric has no window", hint="window: 30d")
