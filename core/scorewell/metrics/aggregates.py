"""Aggregates: how each kind of partial is computed, combined over keys, and given back.

Float sums are added in fixed point, 12 decimals in Int128: a streaming float sum depends on the order of chunks.
A value may be up to 2**60 (1.15e18), beyond which it counts as missing; 2**26 such rows of one customer still fit.
Decimal fractions up to 12 places are exact. Integers are added in Int128 and given as Int64, or as Float64 where a
total exceeds that.
"""

from __future__ import annotations

import attrs
import polars as pl

from scorewell.metrics.partials import Reduction

__all__ = ["DAY_BITS", "LARGEST", "Aggregated", "fixed_point"]

LARGEST = 2.0**60
DAY_BITS = 64
"""How many days fit into one integer, one bit a day."""
_SCALE = 1e12
_UNITS = pl.lit(10**12, pl.Int128)


def fixed_point(value: pl.Expr, counts: pl.Expr) -> pl.Expr:
    """A float as the whole number that is added up, null where it does not count."""
    return (pl.when(counts).then(value) * _SCALE).round().cast(pl.Int128, strict=False)


@attrs.frozen(eq=False)
class Aggregated:
    """One reduction as it is computed: an aggregate, how results of several keys combine, and what is made of them.

    ``days_before`` is the day after the last one of the window (days since 1970), for distinct days as bits.
    """

    reduction: Reduction
    name: str
    dtype: pl.DataType
    days_before: int | None = None

    def aggregate(self) -> pl.Expr:
        r = self.reduction
        match r.kind:
            case "count":
                counted = pl.col(r.mask).sum() if r.is_row_count and r.mask else r.masked.count()
                return counted.cast(pl.Int64)
            case "sum" if self.dtype.is_float():
                fits = r.value.abs() < LARGEST
                return fixed_point(r.value, fits if r.mask is None else pl.col(r.mask) & fits).sum()
            case "sum":
                return r.masked.cast(pl.Int64).cast(pl.Int128).sum()
            case "distinct" if self.days_before is not None:
                age = (pl.lit(self.days_before - 1) - r.value.to_physical()).clip(0, DAY_BITS - 1)
                return pl.when(r.counts).then(pl.lit(2, pl.UInt64).pow(age.cast(pl.UInt32))).bitwise_or()
            case "min" | "max":
                return r.masked.min() if r.kind == "min" else r.masked.max()
            case _:
                return r.masked.drop_nulls().sort()

    def combined(self) -> pl.Expr:
        """How the results of several keys of one customer become one."""
        column = pl.col(self.name)
        match self.reduction.kind:
            case "sum" | "count":
                return column.sum()
            case "min":
                return column.min()
            case "max":
                return column.max()
            case "distinct":
                return column.bitwise_or()
            case _:
                return column.explode().drop_nulls().sort()

    def finished(self, frame: pl.DataFrame) -> pl.Expr:
        """The partial in the dtype that its kind promises."""
        column = pl.col(self.name)
        match self.reduction.kind:
            case "sum" if self.dtype.is_float():
                whole, rest = column // _UNITS, (column % _UNITS).cast(pl.Float64)
                # Polars divides by a scalar by multiplying with its inverse, which may miss the last bit; by a column
                # it divides.
                divisor = pl.lit(pl.Series([_SCALE]).new_from_index(0, len(frame)))
                return whole.cast(pl.Float64) + rest / divisor
            case "sum":
                fits = frame.get_column(self.name).is_between(-(2**63), 2**63 - 1).all()
                whole = column.cast(pl.Int64 if fits else pl.Float64)
                return whole.cast(self.dtype) if isinstance(self.dtype, pl.Duration) else whole
            case "distinct":
                return column.bitwise_count_ones().cast(pl.Int64)
            case _:
                return column

    def too_large(self) -> pl.Expr:
        """Whether the row counts but its value cannot be added."""
        return self.reduction.counts & ~(self.reduction.value.abs() < LARGEST).fill_null(value=False)
