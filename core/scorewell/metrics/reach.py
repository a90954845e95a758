"""Reach: how far back the rows of a table are needed, and which of its columns, found out before it is scanned."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import attrs
import polars as pl

from scorewell import dialect
from scorewell.api.v1 import Column, Expression, Table
from scorewell.configuration.model import Metric
from scorewell.metrics.moments import INSTANT, Calendar

__all__ = ["columns_read", "customers_read", "earliest_start"]


@attrs.define(eq=False)
class _Probe:
    """Rows of a table that was not scanned yet (``api.v1.Rows``): only learns what a measure looks at.

    ``starts`` collects the first day of each window, ``columns`` the names of columns, ``of_customers`` those of roles
    and attributes.
    """

    meaning: Table
    window_days: int | None
    end_day: date
    starts: list[date]
    columns: set[str] = attrs.field(factory=set)
    of_customers: set[str] = attrs.field(factory=set)
    count: pl.Expr = attrs.field(factory=lambda: pl.lit(1, pl.Int64))
    time: pl.Expr = attrs.field(factory=lambda: pl.col("@time"))
    until: pl.Expr = attrs.field(factory=lambda: pl.col("@until"))
    day: pl.Expr = attrs.field(factory=lambda: pl.col("@day"))
    end: pl.Expr = attrs.field(factory=lambda: pl.lit(None, INSTANT))

    @property
    def has_time(self) -> bool:
        return self.meaning.time is not None

    @property
    def has_until(self) -> bool:
        return self.meaning.until is not None

    def column(self, name: Column) -> pl.Expr:
        self.columns.add(name)
        return pl.col(name)

    def numbers(self, name: Column) -> pl.Expr:
        return self.column(name)

    def expression(self, sql: Expression) -> pl.Expr:
        self.columns |= dialect.names_in(sql)
        return dialect.expression(sql, as_of=pl.col("@end"))

    def customer(self, sql: Expression) -> pl.Expr:
        self.of_customers |= dialect.names_in(sql)
        return dialect.expression(sql, as_of=pl.col("@end"))

    def where(self, condition: pl.Expr) -> _Probe:
        del condition
        return self

    def before(self, k: int) -> _Probe:
        return self._other(self.window_days, self.end_day - timedelta(days=(self.window_days or 0) * k))

    def year_before(self) -> _Probe:
        return self._other(self.window_days, Calendar.year_before(self.end_day))

    def window(self, days: int) -> _Probe:
        return self._other(days, self.end_day)

    def _other(self, days: int | None, end_day: date) -> _Probe:
        self.starts.append(end_day - timedelta(days=days or 0))
        return attrs.evolve(self, window_days=days, end_day=end_day)


def earliest_start(meaning: Table, metric: Metric, as_of: datetime, calendar: Calendar, past: int) -> datetime | None:
    """The time of the earliest row that the metric can count in its ``past`` earlier windows and its own.

    None for every row, also where its measure fails to say.
    """
    if metric.measure is None or metric.window is None or metric.window.whole_days is None:
        return None
    days, end_day = metric.window.whole_days, calendar.day(as_of)
    starts = [end_day - timedelta(days=days)]
    probe = _Probe(meaning, days, end_day, starts)
    try:
        metric.measure.partials(probe)
        for k in range(1, past + 1):  # each: a year before the last may be earlier than one before the first
            metric.measure.partials(probe.before(k))
    except Exception:  # noqa: BLE001 - the measure's own failure is told when it is asked in earnest
        return None
    return calendar.midnight(min(starts))


def columns_read(meaning: Table, metric: Metric) -> frozenset[str] | None:
    """The columns that the metric looks at, whether the table has them or not; None where its measure fails to say."""
    if metric.measure is None:
        return frozenset()
    probe = _any_day(meaning, metric)
    try:
        metric.measure.partials(probe)
        where = frozenset[str]() if metric.where is None else dialect.names_in(metric.where)
    except Exception:  # noqa: BLE001 - the measure's own failure is told when it is asked in earnest
        return None
    return where | probe.columns


def customers_read(meaning: Table, metric: Metric) -> frozenset[str]:
    """The roles and attributes that the metric's measure asks for; none where it fails to say."""
    if metric.measure is None:
        return frozenset()
    probe = _any_day(meaning, metric)
    try:
        metric.measure.partials(probe)
    except Exception:  # noqa: BLE001 - the measure's own failure is told when it is asked in earnest
        return frozenset()
    return frozenset(probe.of_customers)


def _any_day(meaning: Table, metric: Metric) -> _Probe:
    return _Probe(meaning, None if metric.window is None else metric.window.whole_days, date(2000, 3, 1), [])
