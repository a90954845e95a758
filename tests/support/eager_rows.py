"""The rows of one customer, reduced without the engine: each partial by a line of Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import polars as pl

from scorewell import dialect
from scorewell.api.v1 import Measure, Partial

INSTANT = pl.Datetime("us", "UTC")
Reduced = tuple[Partial, list[tuple[Any, Any]]]


@attrs.frozen(eq=False)
class EagerRows:
    """Implements ``api.v1.Rows`` over ``frame``, whose time columns are Datetime("us", "UTC")."""

    frame: pl.DataFrame
    as_of: datetime
    timezone: str = "UTC"
    time_column: str | None = None
    until_column: str | None = None
    window_days: int | None = None
    customer_row: Mapping[str, Any] = attrs.field(factory=dict)
    mask: pl.Expr = attrs.field(factory=lambda: pl.lit(value=True))
    ends_on: datetime | None = None

    @property
    def _ends_at(self) -> datetime:
        return self.ends_on or self.as_of

    def _masked(self, value: pl.Expr) -> pl.Expr:
        seen = self.mask
        if self.time_column is not None:
            seen = seen & (pl.col(self.time_column) < self.end)
            if self.window_days is not None:
                seen = seen & (pl.col(self.time_column) >= self.end - timedelta(days=self.window_days))
        return pl.when(seen).then(value)

    @property
    def count(self) -> pl.Expr:
        return self._masked(pl.lit(1, pl.Int64))

    @property
    def time(self) -> pl.Expr:
        return self._masked(pl.col(str(self.time_column)))

    @property
    def until(self) -> pl.Expr:
        until = pl.col(str(self.until_column))
        return self._masked(pl.when(until < self.end).then(until))

    @property
    def day(self) -> pl.Expr:
        return self.time.dt.convert_time_zone(self.timezone).dt.date()

    @property
    def has_time(self) -> bool:
        return self.time_column is not None

    @property
    def has_until(self) -> bool:
        return self.until_column is not None

    @property
    def end(self) -> pl.Expr:
        return pl.lit(self._ends_at.astimezone(UTC), INSTANT)

    def column(self, name: str) -> pl.Expr:
        return self._masked(pl.col(name))

    def numbers(self, name: str) -> pl.Expr:
        return self.column(name).cast(pl.Float64)

    def expression(self, sql: str) -> pl.Expr:
        return self._masked(dialect.expression(sql, as_of=self.end, schema=self.frame.schema, timezone=self.timezone))

    def where(self, condition: pl.Expr) -> EagerRows:
        return attrs.evolve(self, mask=self.mask & condition.fill_null(value=False))

    def customer(self, sql: str) -> pl.Expr:
        row = pl.DataFrame([self.customer_row])
        value = dialect.expression(sql, as_of=self.end, schema=row.schema, timezone=self.timezone)
        return pl.lit(row.select(value.alias("value")).item())

    def before(self, k: int) -> EagerRows:
        assert self.window_days is not None
        return attrs.evolve(self, ends_on=self._ends_at - timedelta(days=self.window_days * k))

    def year_before(self) -> EagerRows:
        then = self._ends_at
        is_leap_day = (then.month, then.day) == (2, 29)
        earlier = then.replace(year=then.year - 1, month=3, day=1) if is_leap_day else then.replace(year=then.year - 1)
        return attrs.evolve(self, ends_on=earlier)

    def window(self, days: int) -> EagerRows:
        return attrs.evolve(self, window_days=days)


def collected(partial: Partial, frame: pl.DataFrame) -> Reduced:
    """The values that count, each with what orders it."""
    by = pl.lit(None) if partial.by is None else partial.by
    both = frame.with_columns(partial.value.alias("@value"), by.alias("@by")).select("@value", "@by")
    return partial, [(value, order) for value, order in both.rows() if value is not None]


def reduced(partial: Partial, values: Sequence[tuple[Any, Any]]) -> Any:
    """What the table in the api's ``Partial`` says of these values."""
    plain = [value for value, _ in values]
    ordered = sorted((by, value) for value, by in values if by is not None)
    results = {
        "sum": lambda: sum(plain),
        "count": lambda: len(plain),
        "distinct": lambda: len({tuple(each.values()) if isinstance(each, dict) else each for each in plain}),
        "values": lambda: sorted(plain),
        "set": lambda: sorted(set(plain)),
        "min": lambda: min(plain, default=None),
        "max": lambda: max(plain, default=None),
        "first": lambda: ordered[0][1] if ordered else None,
        "last": lambda: ordered[-1][1] if ordered else None,
    }
    return results[partial.kind]()


def measured(measure: Measure, rows: EagerRows, *, chunks: Sequence[pl.DataFrame] | None = None) -> Any:
    """The measure's value of the rows; with ``chunks``, of rows that lie in several places."""
    partials = measure.partials(rows)
    columns: dict[str, pl.Series] = {}
    for name, partial in partials.items():
        if partial.kind == "customer":
            columns[name] = pl.select(partial.value.alias(name)).to_series()
            continue
        values = [one for chunk in chunks or [rows.frame] for one in collected(partial, chunk)[1]]
        columns[name] = _column(partial, rows.frame, reduced(partial, values))
    if not columns:
        raise AssertionError("a measure without partials measures nothing")
    return pl.DataFrame(columns).select(measure.finish(_references(columns)).alias("value")).item()


def _column(partial: Partial, frame: pl.DataFrame, value: Any) -> pl.Series:
    own = frame.clear().select(partial.value.alias("@value")).schema["@value"]
    if partial.kind in ("count", "distinct"):
        dtype: pl.DataType = pl.Int64()
    elif partial.kind == "sum":
        dtype = pl.Float64() if own.is_float() else pl.Int64()
    else:
        dtype = pl.List(own) if partial.kind in ("values", "set") else own
    return pl.Series([value], dtype=dtype)


def _references(columns: Mapping[str, pl.Series]) -> dict[str, pl.Expr]:
    return {name: pl.col(name) for name in columns}


def at(text: str, timezone: str = "UTC") -> datetime:
    """A moment from ISO text, local in ``timezone`` where the text has no offset."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone))


def table(timezone: str = "UTC", **columns: Sequence[Any]) -> pl.DataFrame:
    """A frame of columns; texts in columns whose name ends in ``_at`` are moments."""

    def series(name: str, cells: Sequence[Any]) -> pl.Series:
        if name.endswith("_at"):
            moments = [None if cell is None else at(cell, timezone).astimezone(UTC) for cell in cells]
            return pl.Series(name, moments, dtype=INSTANT)
        return pl.Series(name, cells)

    return pl.DataFrame([series(name, cells) for name, cells in columns.items()])
