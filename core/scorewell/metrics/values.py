"""Values: what a metric's column may hold."""

from __future__ import annotations

import polars as pl

from scorewell.api.v1 import Finding, Level, ScorewellError

__all__ = ["as_value"]

_DAY = 86_400_000_000


def as_value(raw: pl.Series, customers: pl.Series, where: str) -> tuple[pl.Series, list[Finding]]:
    """A metric's column: Float64, finite or null, or String; yes/no as 1 and 0, durations in days.

    NaN and infinities become null, with a finding. Raises ScorewellError for dates and what is no single value.
    """
    dtype = raw.dtype
    if isinstance(dtype, (pl.String, pl.Categorical, pl.Enum)):
        return raw.cast(pl.String), []
    if isinstance(dtype, pl.Duration):
        raw = raw.dt.total_microseconds() / _DAY
    elif not (dtype.is_numeric() or isinstance(dtype, (pl.Boolean, pl.Null))):
        raise ScorewellError(
            f"yields {dtype}: expected a number, yes/no, a duration or text",
            hint="days_since, or a difference of two times, for a date" if dtype.is_temporal() else None,
        )
    numbers = raw.cast(pl.Float64)
    strange = ~numbers.is_finite().fill_null(value=True)
    count = int(strange.sum())
    if not count:
        return numbers, []
    examples = tuple(customers.filter(strange).head(3))
    finding = Finding(
        id="not-finite",
        level=Level.WARNING,
        where=where,
        message=f"{where}: customers whose value is NaN or infinite and counts as missing: {count}",
        count=count,
        examples=examples,
    )
    return numbers.set(strange, None), [finding]
