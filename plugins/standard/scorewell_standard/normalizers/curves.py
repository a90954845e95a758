"""A curve through two human numbers: where is it good, where is it just ok."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal

import polars as pl

from scorewell.api.v1 import Inputs, Normalizer, Statistics, frozen, setting

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
    (good < ok) and 0 where more is. ``linear``: the line through both points, clipped to 0–100. Null stays null.
    Needs no statistics.
    """

    name = "curve"

    good: float = setting("the value that scores 90")
    ok: float = setting("the value that scores 50")
    shape: Literal["log_normal", "linear"] = setting("log_normal or linear", default="log_normal")

    def problems(self) -> Iterator[str]:
        if not (math.isfinite(self.good) and math.isfinite(self.ok)):
            yield "good and ok must be finite numbers"
        elif self.good == self.ok:
            yield f"good and ok are both {self.ok:g}: a curve needs two values"
        elif self.shape == "log_normal" and min(self.good, self.ok) <= 0:
            yield "a log_normal curve needs good and ok above 0; shape: linear takes any"

    def is_total(self, scale: tuple[float, float]) -> bool:
        return True

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        if self.shape == "linear":
            return (50.0 + (value - self.ok) * (40.0 / (self.good - self.ok))).clip(0, 100)
        slope = _Z90 / (math.log(self.ok) - math.log(self.good))
        z = (math.log(self.ok) - value.log()) * slope
        end = 100.0 if self.good < self.ok else 0.0
        return pl.when(value <= 0).then(pl.lit(end)).otherwise(_normal_share(z))


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
