"""Slopes: the straight line nearest to a customer's scores, and how far they are from it.

Sums are of whole numbers, billionths of a point and microseconds, so that no order of scores can change a digit.
"""

from __future__ import annotations

import math

import attrs
import polars as pl

__all__ = ["slopes"]

_DAY = 86_400_000_000
_WEEK = 7 * _DAY
_BILLION = 1e9
_FEWEST_SCORES = 3
_SHORTEST_SPAN = 14 * _DAY
_ROWS_AT_ONCE = 65_536


def slopes(times: list[int], scores: list[pl.Series]) -> pl.DataFrame:
    """``slope`` (points a week) and ``volatility`` (points), Float64, of each row's scores; null where there are fewer
    than 3, or the first of them is less than 14 days ago.

    ``times`` are in microseconds from now, 0 or less, and ``scores`` has a Float64 Series for each of them.
    """
    sums = _Sums.of(times, scores)
    frame = pl.DataFrame({str(at): score for at, score in enumerate(scores)})
    # Some rows at a time: all that is computed on the way would be as much new memory as the scores, ten times over.
    parts = frame.iter_slices(_ROWS_AT_ONCE) if frame.height else [frame]
    return pl.concat([_of_rows(some, times, sums) for some in parts])


@attrs.frozen
class _Sums:
    """How times and scores become whole numbers: times in a ``unit`` of microseconds, both of a ``dtype`` that holds
    every sum of their products. Runs that are whole hours or weeks apart are counted in these, and what then fits into
    64 bits takes half the time."""

    unit: int
    dtype: pl.DataType

    @classmethod
    def of(cls, times: list[int], scores: list[pl.Series]) -> _Sums:
        unit = math.gcd(*times) or 1
        ends = [end for each in scores for end in (each.min(), each.max()) if isinstance(end, float)]
        largest = max((abs(end) * _BILLION for end in ends), default=0.0)
        longest = max(1, *(abs(time) // unit for time in times))
        most = 2 * len(times) ** 2 * longest * max(largest, longest)
        return cls(unit, pl.Int64() if most < 2**63 else pl.Int128())

    def over(self, points: pl.DataFrame, times: list[int]) -> dict[str, pl.Expr]:
        """Of each row's points how many there are, and the sums of x, y, x·y and x·x."""
        pairs = [
            (pl.col(name), pl.lit(time // self.unit, self.dtype))
            for name, time in zip(points.columns, times, strict=True)
        ]
        is_there = [y.is_not_null().cast(self.dtype) for y, _ in pairs]
        return {
            "n": pl.sum_horizontal(is_there),
            "x": pl.sum_horizontal(there * x for there, (_, x) in zip(is_there, pairs, strict=True)),
            "y": pl.sum_horizontal(y for y, _ in pairs),
            "xy": pl.sum_horizontal(y * x for y, x in pairs),
            "xx": pl.sum_horizontal(there * (x * x) for there, (_, x) in zip(is_there, pairs, strict=True)),
        }

    def in_microseconds(self, sum_: pl.Expr, power: int = 1) -> pl.Expr:
        return sum_.cast(pl.Int128) * pl.lit(self.unit**power, pl.Int128)


def _of_rows(scores: pl.DataFrame, times: list[int], sums: _Sums) -> pl.DataFrame:
    points = scores.select((pl.all() * _BILLION).round().cast(sums.dtype))
    n, x, y, rate = (pl.col(name) for name in ("n", "x", "y", "rate"))
    lines = points.with_columns(**sums.over(points, times)).with_columns(
        # Exact until the one division: n·Σxy − Σx·Σy over n·Σxx − (Σx)², in billionths a microsecond.
        rate=pl.when(_is_enough(points, times)).then(
            _ratio(
                sums.in_microseconds(n * pl.col("xy") - x * y),
                sums.in_microseconds(n * pl.col("xx") - x * x, power=2),
            )
        ),
        middle_x=_ratio(sums.in_microseconds(x), n),
        middle_y=_ratio(y, n),
    )
    off = [
        (pl.col(name).cast(pl.Float64) - pl.col("middle_y") - rate * (float(time) - pl.col("middle_x"))).round()
        for name, time in zip(points.columns, times, strict=True)
    ]
    squared = pl.sum_horizontal(each.cast(pl.Int128) * each.cast(pl.Int128) for each in off)
    return lines.select(
        slope=(rate * (_WEEK / _BILLION)).round(9),
        # Polars divides a row by a number as it is, and many by its reciprocal: this is the same for both.
        volatility=pl.when(rate.is_not_null()).then((_ratio(squared, n).sqrt() * (1 / _BILLION)).round(9)),
    )


def _is_enough(points: pl.DataFrame, times: list[int]) -> pl.Expr:
    """Whether there are scores enough, over long enough."""
    old = [pl.col(name) for name, time in zip(points.columns, times, strict=True) if time <= -_SHORTEST_SPAN]
    is_long = pl.any_horizontal(*(each.is_not_null() for each in old), pl.lit(value=False))
    return is_long & (pl.col("n") >= _FEWEST_SCORES)


def _ratio(above: pl.Expr, below: pl.Expr) -> pl.Expr:
    return above.cast(pl.Float64) / below.cast(pl.Float64)
