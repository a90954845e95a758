"""A customer measured against nobody but itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import polars as pl

from scorewell.api.v1 import Inputs, Normalizer, Statistics, frozen, setting


@frozen
class OwnBaseline(Normalizer):
    """The value against what is usual for this customer: the median, or the mean, of its own earlier windows.

    100·(r − from)/(to − from), limited to 0–100, where r is value ÷ usual. By default ``from`` is 0 and ``to`` 1: as
    much as usual scores 100, half as much 50; where the metric says ``better: lower``, ``from`` is twice ``to``: as
    usual scores 100, twice as much 0. The metric has a measure and a window; its earlier windows lie side by side
    before it, each as it was known at its end. Windows without a value, and those that began before the customer did
    (the role ``start``), are left out; with fewer than half of them, or a negative usual, the metric is not applicable.

    Where nothing is usual: something now lies beyond every ratio; nothing now is as usual where less is better, and
    not applicable where more is. Null stays null. Needs no statistics.
    """

    name = "own_baseline"

    windows: int = setting("how many earlier windows to look at", default=6)
    usual: Literal["median", "mean"] = setting("what is usual: their median or their mean", default="median")
    from_: float | None = setting(
        "the ratio to the usual that scores 0; default 0, or twice `to` where less is better", default=None
    )
    to: float = setting("the ratio to the usual that scores 100", default=1.0)

    def problems(self) -> Iterator[str]:
        if not 1 <= self.windows <= 60:
            yield f"windows is {self.windows}: expected 1 to 60 windows"
        if self.from_ is None and self.to <= 0:
            yield f"to must be above 0 where from is not given, got {self.to:g}"
        if self.from_ == self.to:
            yield f"from and to are both {self.to:g}: a line needs two values"

    def rises(self) -> bool | None:
        # Without from the direction is the metric's own.
        return None if self.from_ is None else self.from_ < self.to

    @property
    def past_windows(self) -> int:
        return self.windows

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        start = self.from_
        if start is None:
            start = 0.0 if inputs.better == "higher" else 2.0 * self.to
        past = [inputs.before(k) for k in range(1, self.windows + 1)]
        known = pl.sum_horizontal([each.is_not_null() for each in past])
        if self.usual == "median":
            # An array, for a list of each customer's windows takes five times as long.
            usual = pl.concat_arr(past).arr.median()
        else:
            usual = pl.sum_horizontal(past) * (1.0 / known.cast(pl.Float64))
        # By the reciprocal: a quotient of two columns may differ in its last digit between one row and many.
        points = _on_the_line(value * (1.0 / usual), start, self.to)
        above, below = (100.0, 0.0) if start < self.to else (0.0, 100.0)
        as_usual = _on_the_line(pl.lit(1.0), start, self.to) if inputs.better == "lower" else pl.lit(None, pl.Float64)
        from_nothing = pl.when(value > 0).then(above).when(value < 0).then(below).otherwise(as_usual)
        return (
            pl.when(value.is_null() | (known * 2 < self.windows) | (usual < 0))
            .then(None)
            .when(usual == 0)
            .then(from_nothing)
            .otherwise(points)
        )


def _on_the_line(ratio: pl.Expr, start: float, end: float) -> pl.Expr:
    return ((ratio - start) * (100.0 / (end - start))).clip(0, 100)
