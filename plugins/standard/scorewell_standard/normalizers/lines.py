"""Normalizers that draw a line: a value in, 0 to 100 out."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from scorewell.api.v1 import Bound, Inputs, Normalizer, Statistics, frozen, setting
from scorewell_standard.normalizers.bounds import are_finite, numbers, written


@frozen
class Linear(Normalizer):
    """A straight line between two values; beyond them the nearer end holds.

    ``from`` scores 0 and ``to`` scores 100, in the metric's unit. ``from`` may exceed ``to``: then less is better.
    Each may be SQL, for what was agreed with each customer; where one is empty, or both are equal, the metric is not
    applicable to that customer. Null stays null. Needs no statistics.
    """

    name = "linear"

    from_: Bound = setting("the value that scores 0")
    to: Bound = setting("the value that scores 100")

    def problems(self) -> Iterator[str]:
        if not are_finite(self.from_, self.to):
            yield "from and to must be finite numbers"
        elif self.from_ == self.to:
            yield f"from and to are both {written(self.to)}: a line needs two values"

    def rises(self) -> bool | None:
        known = numbers(self.from_, self.to)
        return None if known is None else known[1] > known[0]

    def is_total(self, scale: tuple[float, float]) -> bool:
        return numbers(self.from_, self.to) is not None

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        known = numbers(self.from_, self.to)
        if known is not None:
            start, end = known
            distance = value - start if start else value
            return (distance * (100.0 / (end - start))).clip(0, 100)
        zero = inputs.bound(self.from_)
        length = inputs.bound(self.to) - zero
        # By the reciprocal: a quotient of two columns may differ in its last digit between one row and many.
        return pl.when(length != 0).then(((value - zero) * (1.0 / length) * 100.0).clip(0, 100))


@frozen
class Range(Normalizer):
    """Best between two values, and worse towards both sides: no tickets at all can be as bad as too many.

    Between the two values of ``best`` it is 100; from there straight lines fall to 0 at the two values of ``worst``,
    beyond which it stays 0. All are in the metric's unit and rise: worst, best, best, worst. Each may be SQL; where one
    is empty or they do not rise, the metric is not applicable to that customer. Null stays null. Needs no statistics.
    """

    name = "range"

    best: tuple[Bound, Bound] = setting("the two values between which it scores 100")
    worst: tuple[Bound, Bound] = setting("the value below and the value above at which it scores 0")

    def problems(self) -> Iterator[str]:
        known = numbers(*self.worst, *self.best)
        if not are_finite(*self.best, *self.worst):
            yield "best and worst must be finite numbers"
        elif known is not None:
            lowest, highest, low, high = known
            if not (lowest < low <= high < highest):
                yield (
                    f"best {low:g} to {high:g} does not lie within worst {lowest:g} to {highest:g}: "
                    "expected worst < best ≤ best < worst"
                )

    def is_total(self, scale: tuple[float, float]) -> bool:
        return numbers(*self.best, *self.worst) is not None

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        known = numbers(*self.worst, *self.best)
        if known is not None:
            lowest, highest, low, high = known
            rise = (value - lowest) * (100.0 / (low - lowest))
            fall = (highest - value) * (100.0 / (highest - high))
            return pl.min_horizontal(rise, fall).clip(0, 100)
        bottom, top = (inputs.bound(bound) for bound in self.worst)
        first, last = (inputs.bound(bound) for bound in self.best)
        rise = (value - bottom) * (1.0 / (first - bottom)) * 100.0
        fall = (top - value) * (1.0 / (top - last)) * 100.0
        is_rising = (bottom < first) & (first <= last) & (last < top)
        return pl.when(is_rising & value.is_not_null()).then(pl.min_horizontal(rise, fall).clip(0, 100))


@frozen
class NetPromoterScore(Normalizer):
    """A Net Promoter Score, −100 to 100, as 0 to 100: (NPS + 100) / 2.

    −100 (only detractors) scores 0, 0 scores 50, 100 (only promoters) scores 100. Beyond, the nearer end holds.
    """

    name = "nps"

    def rises(self) -> bool:
        return True

    def is_total(self, scale: tuple[float, float]) -> bool:
        return True

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        return ((value + 100) / 2).clip(0, 100)
