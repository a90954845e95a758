"""A curve through two human numbers: where is it good, where is it just ok."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal

import polars as pl

from scorewell.api.v1 import Bound, Expression, Inputs, Normalizer, Statistics, frozen, setting
from scorewell_standard.normalizers.bounds import are_finite, numbers, written

# The normal quantile of 0.9: a value at ``good`` scores 90.
_Z90 = 1.2815515655446004

# G. West, Better Approximations to Cumulative Normal Functions, Wilmott 2005, after J. F. Hart 1968:
# Φ(−x) = exp(−x²/2)·P(x)/Q(x) for 0 ≤ x < 7.07, to double precision.
_P = (
    3.52624965998911e-02,
    0.700383064443688,
    6.37396220353165,
    33.912866078383,
    112.079291497871,
    221.213596169931,
    220.206867912376,
)
_Q = (
    8.83883476483184e-02,
    1.75566716318264,
    16.064177579207,
    86.7807322029461,
    296.564248779674,
    637.333633378831,
    793.826512519948,
    440.413735824752,
)
_FURTHEST = 7.07


@frozen
class Curve(Normalizer):
    """A smooth curve fixed by two numbers: ``good`` scores 90 and ``ok`` scores 50.

    ``log_normal``: 100·Φ(z) with z = 1.2816·(ln ok − ln x)/(ln ok − ln good), the shape that fits counts and
    durations: steep near ok, flat at the ends. Its values are positive; x ≤ 0 scores 100 where less is better
    (good < ok) and 0 where more is. ``linear``: the line through both points, clipped to 0–100. Each number may be
    SQL, for what was agreed with each customer; where one is empty, both are equal, or the shape cannot take them, the
    metric is not applicable to that customer. Null stays null. Needs no statistics.
    """

    name = "curve"

    good: Bound = setting("the value that scores 90")
    ok: Bound = setting("the value that scores 50")
    shape: Literal["log_normal", "linear"] = setting("log_normal or linear", default="log_normal")

    def problems(self) -> Iterator[str]:
        if not are_finite(self.good, self.ok):
            yield "good and ok must be finite numbers"
        elif self.good == self.ok:
            yield f"good and ok are both {written(self.ok)}: a curve needs two values"
        elif self.shape == "log_normal" and any(
            not isinstance(bound, Expression) and bound <= 0 for bound in (self.good, self.ok)
        ):
            yield "a log_normal curve needs good and ok above 0; shape: linear takes any"

    def rises(self) -> bool | None:
        known = numbers(self.good, self.ok)
        return None if known is None else known[0] > known[1]

    def is_total(self, scale: tuple[float, float]) -> bool:
        return numbers(self.good, self.ok) is not None

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        known = numbers(self.good, self.ok)
        if known is None:
            return self._through(value, inputs.bound(self.good), inputs.bound(self.ok))
        good, ok = known
        if self.shape == "linear":
            return (50.0 + (value - ok) * (40.0 / (good - ok))).clip(0, 100)
        slope = _Z90 / (math.log(ok) - math.log(good))
        z = (math.log(ok) - value.log()) * slope
        end = 100.0 if good < ok else 0.0
        return pl.when(value <= 0).then(pl.lit(end)).otherwise(_normal_share(z))

    def _through(self, value: pl.Expr, good: pl.Expr, ok: pl.Expr) -> pl.Expr:
        """The curve through each customer's own two numbers."""
        # By the reciprocal: a quotient of two columns may differ in its last digit between one row and many.
        if self.shape == "linear":
            points = (50.0 + (value - ok) * (1.0 / (good - ok)) * 40.0).clip(0, 100)
            return pl.when(good != ok).then(points)
        z = (ok.log() - value.log()) * (1.0 / (ok.log() - good.log())) * _Z90
        end = pl.when(good < ok).then(100.0).otherwise(0.0)
        points = pl.when(value <= 0).then(end).otherwise(_normal_share(z))
        return pl.when((good != ok) & (good > 0) & (ok > 0)).then(points)


def _normal_share(z: pl.Expr) -> pl.Expr:
    """100·Φ(z) as Float64, from 0 to 100; null for null."""
    x = z.abs().clip(0, _FURTHEST)
    tail = (x * x * -0.5).exp() * _polynomial(_P, x) * (100.0 / _polynomial(_Q, x))
    return pl.when(z > 0).then(100.0 - tail).otherwise(tail)


def _polynomial(coefficients: tuple[float, ...], x: pl.Expr) -> pl.Expr:
    """Horner's scheme, the highest power first."""
    result = x * coefficients[0] + coefficients[1]
    for coefficient in coefficients[2:]:
        result = result * x + coefficient
    return result
