"""Reduction: all partials of one table by as few group-bys as they allow, reproducible to the byte.

- Sums, counts, extremes, lists and days seen share one group-by over the key.
- Distinct values use the split form: a group-by over key and value that keeps one bit a mask, then one over the key.
  (Filtered distinct counts in one pass take 4 GB and twice the time for 50 million events.)
- ``first`` and ``last`` go over key and moment first, so that the tie rule needs no order of rows; sets over key and
  value, so that no list of all rows is ever made.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import attrs
import polars as pl

from scorewell.api.v1 import ScorewellError
from scorewell.metrics.aggregates import DAY_BITS, Aggregated
from scorewell.metrics.keys import CUSTOMER, KEY, KeyMap, key_text
from scorewell.metrics.partials import Reduction
from scorewell.metrics.rows import ColumnPlan, identity

__all__ = ["LIST_LENGTH", "ROWS", "Leading", "Reduced", "reduce_rows"]

LIST_LENGTH = 10_000
_EPOCH = date(1970, 1, 1)
ROWS = "@rows"
_ODD = "@odd"
_NEWEST = "@newest"


@attrs.frozen(eq=False)
class Reduced:
    """The partials of a table, one row a customer.

    ``frame`` has ``customer_id`` (String, unique) and a column for each reduction, named by ``names``. ``keys`` has the
    key as text (null: none), its customer (null: leads nowhere) and how many rows have it. ``odd`` counts rows with a
    cell that is not finite, or with a value that is ``too_large`` to be added. ``capped`` counts the customers per
    reduction whose list was thinned. ``newest`` is the time of the newest row, where the table must be fresh.
    """

    frame: pl.DataFrame
    names: dict[object, str]
    keys: pl.DataFrame
    newest: datetime | None
    odd: int
    too_large: tuple[pl.Expr, ...]
    capped: dict[object, int]


def reduce_rows(
    plan: ColumnPlan, reductions: Sequence[Reduction], key_map: KeyMap, rows: pl.LazyFrame | None = None
) -> Reduced:
    """Reduce the plan's rows, or those of them that are given.

    Raises what the source raises, and ScorewellError for a value its kind cannot combine.
    """
    rows = _read_once(plan.frame() if rows is None else rows, plan)
    columns = aggregated(plan, reductions, rows)
    additive, lists, sets, ordered, distinct = _by_branch(columns)
    sums = [column for column in additive if column.reduction.kind == "sum" and column.dtype.is_float()]
    too_large = [column.too_large() for column in sums]
    must_be_fresh = plan.table.meaning.fresh_within is not None and "@age" in plan.cells
    odd = [*([pl.col(_ODD)] if plan.floats else []), *too_large]
    branches = [
        rows.group_by(KEY).agg(
            pl.len().cast(pl.Int64).alias(ROWS),
            *((pl.any_horizontal(*odd).sum().cast(pl.Int64).alias(_ODD),) if odd else ()),
            *((pl.col("@age").max().alias(_NEWEST),) if must_be_fresh else ()),
            *(column.aggregate().alias(column.name) for column in additive),
        )
    ]
    to_customer = Leading(key_map, rows.collect_schema()[KEY])
    if lists:
        branches.append(rows.group_by(KEY).agg(*(column.aggregate().alias(column.name) for column in lists)))
    branches += [_distinct(rows, group, to_customer) for group in distinct]
    branches += [_ordered(rows, column, to_customer) for column in ordered]
    branches += [_set(rows, column, to_customer) for column in sets]
    collected = pl.collect_all(branches, engine="streaming")

    led = to_customer.eager(collected[0])
    frame = to_customer.combined(led, additive)
    if lists:
        frame = frame.join(to_customer.combined(to_customer.eager(collected[1]), lists), on=CUSTOMER, how="left")
    for branch in collected[1 + bool(lists) :]:
        frame = frame.join(to_customer.whole(branch), on=CUSTOMER, how="left")
    capped = {}
    for column in (*lists, *sets):
        frame, capped[column.reduction.identity] = _thinned(frame, column.name)
    return Reduced(
        frame=frame.with_columns(column.finished(frame).alias(column.name) for column in (*additive, *lists)),
        names={column.reduction.identity: column.name for column in columns},
        keys=led.select(KEY, CUSTOMER, ROWS),
        newest=_newest(collected[0].get_column(_NEWEST)) if must_be_fresh else None,
        odd=int(collected[0].get_column(_ODD).sum()) if odd else 0,
        too_large=tuple(too_large),
        capped={identity: count for identity, count in capped.items() if count},
    )


def _newest(times: pl.Series) -> datetime | None:
    newest = times.max()
    return newest if isinstance(newest, datetime) else None


def _read_once(rows: pl.LazyFrame, plan: ColumnPlan) -> pl.LazyFrame:
    # Each group-by of a plan reads its input again. A file is meant for that; a Python source (a database, an API) is
    # asked once.
    if "PYTHON SCAN" in plan.table.frame.explain(optimized=False).upper():
        return rows.collect(engine="streaming").lazy()
    return rows


def aggregated(plan: ColumnPlan, reductions: Sequence[Reduction], rows: pl.LazyFrame) -> list[Aggregated]:
    """The reductions, each once, with their dtypes. Raises ScorewellError for a value its kind cannot combine."""
    unique = list({reduction.identity: reduction for reduction in reductions}.values())
    names = [f"@p{number}" for number in range(len(unique))]
    schema = (
        rows.select(r.value.alias(name) for r, name in zip(unique, names, strict=True)).collect_schema()
        if unique
        else {}
    )
    columns = []
    for reduction, name in zip(unique, names, strict=True):
        dtype = schema[name]
        if reduction.kind == "sum" and not (dtype.is_numeric() or dtype in (pl.Boolean, pl.Duration, pl.Null)):
            what = "text" if dtype == pl.String else dtype
            raise ScorewellError(
                f"a sum of {what}: expected numbers, yes/no or durations",
                hint="look for cells that are no numbers, or tell the source how they are written, if it has a setting",
            )
        # Pairs can be counted; every other kind compares or adds.
        is_pair = reduction.kind == "distinct" and isinstance(dtype, pl.Struct)
        if reduction.kind != "count" and dtype.is_nested() and not is_pair:
            raise ScorewellError(f"{reduction.kind} of {dtype}: expected plain values")
        columns.append(Aggregated(reduction, name, dtype, _day_bits(plan, reduction)))
    return columns


def _day_bits(plan: ColumnPlan, reduction: Reduction) -> int | None:
    """The end of the window where the distinct days of the reduction fit into one integer's bits."""
    window = plan.windows.get(reduction.mask or "")
    if reduction.kind != "distinct" or window is None or window.days > DAY_BITS or "@day" not in plan.cells:
        return None
    if not reduction.value.meta.eq(pl.col("@day")):
        return None
    return (window.end_day - _EPOCH).days


def _by_branch(
    columns: Sequence[Aggregated],
) -> tuple[list[Aggregated], list[Aggregated], list[Aggregated], list[Aggregated], list[list[Aggregated]]]:
    """Columns of the common group-by, of lists, sets and ordered values, and groups of distinct counts of one value."""
    additive, lists, sets, ordered = [], [], [], []
    distinct: dict[object, list[Aggregated]] = {}
    for column in columns:
        match column.reduction.kind:
            case "values":
                lists.append(column)
            case "set":
                sets.append(column)
            case "first" | "last":
                ordered.append(column)
            case "distinct" if column.days_before is None:
                distinct.setdefault(identity(column.reduction.value), []).append(column)
            case _:
                additive.append(column)
    groups = [
        group[start : start + DAY_BITS] for group in distinct.values() for start in range(0, len(group), DAY_BITS)
    ]
    return additive, lists, sets, ordered, groups


@attrs.frozen(eq=False)
class Leading:
    """From keys to customers, where that is a step of its own."""

    key_map: KeyMap
    dtype: pl.DataType

    def lazy(self, grouped: pl.LazyFrame) -> pl.LazyFrame:
        """Add ``customer_id`` to rows with ``@key``."""
        return self.key_map.lead(grouped.with_columns(key_text(pl.col(KEY), self.dtype).alias(KEY)))

    def eager(self, grouped: pl.DataFrame) -> pl.DataFrame:
        """The same of rows that were computed."""
        return self.lazy(grouped.lazy()).collect()

    def whole(self, branch: pl.DataFrame) -> pl.DataFrame:
        """What a branch came to by customer, which ``regrouped`` led there already or its keys are to lead to."""
        led = branch if CUSTOMER in branch.columns else self.eager(branch).drop(KEY)
        return led.drop_nulls(CUSTOMER)

    def combined(self, led: pl.DataFrame, columns: Sequence[Aggregated]) -> pl.DataFrame:
        """One row a customer."""
        led = led.drop_nulls(CUSTOMER)
        if self.key_map.pairs is None:
            return led.select(CUSTOMER, *(column.name for column in columns))
        return led.group_by(CUSTOMER).agg(*(column.combined().alias(column.name) for column in columns))

    def regrouped(self, grouped: pl.LazyFrame, value: str, combine: pl.Expr) -> tuple[pl.LazyFrame, str]:
        """Rows by key and ``value`` as rows by customer and ``value``; and the column that then says whose they are."""
        if self.key_map.pairs is None:
            return grouped, KEY
        return self.lazy(grouped).filter(pl.col(CUSTOMER).is_not_null()).group_by(CUSTOMER, value).agg(
            combine
        ), CUSTOMER


def _distinct(rows: pl.LazyFrame, group: Sequence[Aggregated], to_customer: Leading) -> pl.LazyFrame:
    """Distinct counts of one value under several masks: one bit a mask for each value of a key."""
    bits = pl.sum_horizontal(
        pl.when(column.reduction.counts).then(pl.lit(1 << number, pl.UInt64)).otherwise(pl.lit(0, pl.UInt64))
        for number, column in enumerate(group)
    )
    seen = rows.select(KEY, group[0].reduction.value.alias("@value"), bits.alias("@bits")).filter(pl.col("@bits") != 0)
    combine = pl.col("@bits").bitwise_or()
    values, whose = to_customer.regrouped(seen.group_by(KEY, "@value").agg(combine), "@value", combine)
    return values.group_by(whose).agg(
        ((pl.col("@bits") & pl.lit(1 << number, pl.UInt64)) != 0).sum().cast(pl.Int64).alias(column.name)
        for number, column in enumerate(group)
    )


def _ordered(rows: pl.LazyFrame, column: Aggregated, to_customer: Leading) -> pl.LazyFrame:
    """The first or last value: of equal moments the lesser or the greater value, whatever the order of rows."""
    reduction = column.reduction
    assert reduction.by is not None  # noqa: S101 - checked when the partial was taken apart
    seen = rows.filter(reduction.counts).select(KEY, reduction.by.alias("@by"), reduction.value.alias("@value"))
    value, by = pl.col("@value"), pl.col("@by")
    last = reduction.kind == "last"
    combine = value.max() if last else value.min()
    grouped = seen.filter(by.is_not_null()).group_by(KEY, "@by").agg(combine)
    values, whose = to_customer.regrouped(grouped, "@by", combine)
    return values.group_by(whose).agg((value.max_by(by) if last else value.min_by(by)).alias(column.name))


def _set(rows: pl.LazyFrame, column: Aggregated, to_customer: Leading) -> pl.LazyFrame:
    """The different values, sorted."""
    reduction = column.reduction
    value = pl.col("@value")
    seen = rows.filter(reduction.counts).select(KEY, reduction.value.alias("@value"))
    values, whose = to_customer.regrouped(seen.group_by(KEY, "@value").agg(), "@value", pl.len())
    return values.group_by(whose).agg(value.sort().alias(column.name))


def _thinned(frame: pl.DataFrame, name: str) -> tuple[pl.DataFrame, int]:
    """Lists of more than 10,000 values cut to that many at even distances, so that quantiles stay; how many were."""
    is_long = pl.col(name).list.len() > LIST_LENGTH
    long = frame.filter(is_long).select(CUSTOMER, name)
    if long.is_empty():
        return frame, 0
    rank = pl.int_range(pl.len(), dtype=pl.Int64).over(CUSTOMER)
    slot = rank * LIST_LENGTH // pl.len().over(CUSTOMER)
    short = (
        long.explode(name)
        .with_columns(slot.alias("@slot"))
        .unique([CUSTOMER, "@slot"], keep="first", maintain_order=True)
        .group_by(CUSTOMER, maintain_order=True)
        .agg(pl.col(name).alias("@short"))
    )
    joined = (
        frame.join(short, on=CUSTOMER, how="left").with_columns(pl.coalesce("@short", name).alias(name)).drop("@short")
    )
    return joined, len(long)
