"""Sliding windows: what steady reductions give at many moments, from one pass over the rows.

The rows stand sorted by key and time. Between two moments only the ends of a window move, and the rows of a key in it
are those between two places. So a sum or a count is the difference of two running totals (exact also where they
overflow, for whole numbers wrap around), the time of the first or last row stands at one of the two places, and for
distinct values each value of a key has a bit a window that it is in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import attrs
import polars as pl

from scorewell.metrics.keys import KEY
from scorewell.metrics.rows import ColumnPlan
from scorewell.metrics.steady import Span, Steady, is_steady

__all__ = ["AGE", "BUCKET", "CODE", "PLACE", "Places", "SlidingRows"]

CODE, BUCKET, PLACE, AGE = "@code", "@bucket", "@place", "@age"
_AXIS, _ODD = "@axis", "@odd"
_ROWS = 2**32
"""More than there are rows."""


@attrs.frozen(eq=False)
class Places:
    """Where the rows of each key stand.

    ``edges`` says of the moments that any span begins or ends with which of the bounds on the time's axis it is; a
    row's ``@bucket`` is how many of these it is not before. ``first`` has for each bucket and each of ``keys`` keys the
    place of the key's first row in that bucket or a later one.
    """

    edges: Mapping[datetime, int]
    keys: int
    first: pl.Series

    @property
    def buckets(self) -> int:
        """How many there are."""
        return len(self.first) // self.keys if self.keys else 0

    def knows(self, span: Span) -> bool:
        """Whether the span begins and ends with edges."""
        return span.end in self.edges and (span.start is None or span.start in self.edges)

    def within(self, span: Span) -> tuple[int, int]:
        """From which bucket on, and before which, rows are in the span."""
        return 0 if span.start is None else self.edges[span.start] + 1, self.edges[span.end] + 1

    def ends(self, span: Span, told: pl.Series | None = None) -> tuple[pl.Expr, pl.Expr]:
        """For each key, the place of its first row in the span, and that behind its last; or what is ``told`` (as
        ``SlidingRows.told``) at these places."""
        of_buckets = self.first if told is None else told
        low, high = (pl.lit(of_buckets.slice(bucket * self.keys, self.keys)) for bucket in self.within(span))
        return low, high


@attrs.frozen(eq=False)
class SlidingRows:
    """The rows of a table, sorted by key and time, with an empty one behind the last.

    They have what values are made of, and a column that says where they hold for all ``conditions`` that are the same
    (``Steady.where``). ``keys`` has each different ``@key`` in its own dtype, at the place that its ``@code`` says.
    ``is_odd``: whether any cell that is looked at is not finite.
    """

    rows: pl.DataFrame
    by_key: pl.Series
    conditions: Mapping[object, str]
    keys: pl.Series
    places: Places
    is_odd: bool

    @classmethod
    def of(cls, plans: Sequence[ColumnPlan], wanted: Collection[Steady], spans: Iterable[Span]) -> SlidingRows:
        """The rows of the plans' one table for reductions of these plans. Raises what reading the rows raises."""
        time = plans[0].table.time
        assert time is not None  # noqa: S101 - without a time there are no spans
        moments = {moment for span in spans for moment in (span.start, span.end) if moment is not None}
        bounds = pl.Series(sorted({time.bound(moment) for moment in moments}), dtype=pl.Int64)
        conditions = {each.where: f"@where:{number}" for number, each in enumerate(wanted) if each.conditions}
        rows = _read(plans, wanted, conditions).filter(pl.col(_AXIS) < bounds.max())
        is_odd = bool(rows.get_column(_ODD).any())
        keys = rows.select(pl.col(KEY).unique()).with_row_index(CODE)
        axis = rows.get_column(_AXIS)
        rows = (
            rows.with_columns(bounds.search_sorted(axis, side="right").cast(pl.UInt32).alias(BUCKET))
            .join(keys, on=KEY, how="left", nulls_equal=True, maintain_order="left")
            .drop(KEY, _ODD)
        )
        behind = rows.clear(1).with_columns(
            pl.lit(len(keys), pl.UInt32).alias(CODE), pl.lit(0, pl.UInt32).alias(BUCKET)
        )
        rows = _sorted(pl.concat([rows, behind]), is_in_time=axis.is_sorted()).with_row_index(PLACE)
        number = {bound: place for place, bound in enumerate(bounds)}
        edges = {moment: number[time.bound(moment)] for moment in moments}
        by_key = _first_places(rows, len(keys), len(bounds) + 1)
        first = by_key.gather(_by_bucket(len(by_key), len(keys)))
        return cls(rows, by_key, conditions, keys.get_column(KEY), Places(edges, len(keys), first), is_odd)

    def applies(self, steady: Steady) -> pl.Expr:
        """Whether the reduction's conditions hold: never null."""
        return pl.col(self.conditions[steady.where]) if steady.conditions else pl.lit(value=True)

    def counts(self, steady: Steady) -> pl.Expr:
        """Whether the row counts: never null."""
        return self.applies(steady) & steady.value.is_not_null()

    def select(self, exprs: Mapping[str, pl.Expr]) -> pl.DataFrame:
        """Columns made of the rows."""
        return self.rows.lazy().select(**exprs).collect()

    def told(self, column: pl.Series) -> pl.Series:
        """A column of the rows at the places of ``Places.first``."""
        # Twice as fast as by those places themselves: a key's rows stand together.
        return column.gather(self.by_key).gather(_by_bucket(len(self.by_key), len(self.keys)))

    def newest(self) -> pl.DataFrame | None:
        """Of each bucket the latest ``@age``; None where the table need not be fresh."""
        if AGE not in self.rows.columns:
            return None
        return self.rows.lazy().group_by(BUCKET).agg(pl.col(AGE).max()).collect()


def _read(plans: Sequence[ColumnPlan], wanted: Collection[Steady], conditions: Mapping[object, str]) -> pl.DataFrame:
    """The rows as they stand, with the values' cells, and where the conditions hold, so that these need no sorting."""
    table = plans[0].table
    assert table.time is not None  # noqa: S101 - without a time there are no spans
    cells = {name: expr for plan in plans for name, expr in plan.cells.items() if is_steady(name)}
    odd = [~pl.col(column).is_finite() for column in sorted({column for plan in plans for column in plan.floats})]
    told = {conditions[each.where]: each.conditions for each in wanted if each.conditions}
    # A reduction's conditions are asked for where its own masks let the row through.
    own = {name for each in wanted if each.conditions for name in each.own}
    rows = table.frame.select(
        table.raw_key(plans[0].as_of),
        table.time.axis.alias(_AXIS),
        *(expr.alias(name) for name, expr in cells.items()),
        *((table.age.instant.alias(AGE),) if table.meaning.fresh_within is not None and table.age else ()),
        *(pl.lit(value=True).alias(name) for name in sorted(own)),
        pl.any_horizontal(pl.lit(value=False), *odd).fill_null(value=False).alias(_ODD),
    ).with_columns(
        pl.all_horizontal(each.fill_null(value=False) for each in all_of).alias(name) for name, all_of in told.items()
    )
    needed = {name for each in wanted for name in each.needs} | {AGE}
    kept = [KEY, _AXIS, _ODD, *told, *(name for name in (*cells, AGE) if name in needed)]
    return (
        rows.filter(pl.col(_AXIS).is_not_null())
        .select(name for name in dict.fromkeys(kept) if name in rows.collect_schema())
        .collect(engine="streaming")
    )


def _first_places(rows: pl.DataFrame, keys: int, width: int) -> pl.Series:
    """For each key and each bucket, the place of the key's first row in that bucket or a later one."""
    standing = rows.select(pl.col(CODE).cast(pl.Int64) * width + pl.col(BUCKET)).to_series()
    every = pl.int_range(keys * width, dtype=pl.Int64, eager=True)
    return standing.search_sorted(every, side="left").cast(pl.UInt32)


def _by_bucket(length: int, keys: int) -> pl.Series:
    """Where what is by key and bucket stands, in the order of bucket and key."""
    number = pl.int_range(length, dtype=pl.UInt32)
    buckets = length // keys if keys else 0
    return pl.select(number % keys * buckets + number // keys if keys else number).to_series()


def _sorted(rows: pl.DataFrame, *, is_in_time: bool) -> pl.DataFrame:
    """The rows by key and time."""
    if not is_in_time:
        return rows.sort(CODE, _AXIS).drop(_AXIS)
    # The order alone first, as one number a row: to sort all columns takes three times as long.
    order = rows.select(pl.col(CODE).cast(pl.UInt64) * _ROWS + pl.int_range(pl.len(), dtype=pl.UInt64)).to_series()
    order = order.sort()
    codes, places = (order // _ROWS).cast(pl.UInt32).alias(CODE), (order % _ROWS).cast(pl.UInt32)
    return rows.drop(_AXIS, CODE).rechunk().select(pl.all().gather(places), codes)
