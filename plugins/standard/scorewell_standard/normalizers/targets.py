"""Normalizers of one agreed or natural number: a target to reach, a time after which half is gone."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal

import polars as pl

from scorewell.api.v1 import Bound, Inputs, Normalizer, Share, Statistics, frozen, setting
from scorewell_standard.normalizers.bounds import are_finite, numbers


@frozen
class Target(Normalizer):
    """How much of a target is reached: at the target and beyond 100, nothing of it 0.

    100·(s − floor)/(1 − floor), limited to 0–100, where s is value ÷ target; where the metric says ``better: lower``,
    s is target ÷ value: twice the target is half of it reached, and a value of 0 or less is there. The target is above
    0, in the metric's unit, and may be SQL, for what was agreed with each customer; where it is empty, 0 or negative,
    the metric is not applicable to that customer. Null stays null. Needs no statistics.
    """

    name = "target"

    target: Bound = setting("the value that scores 100")
    floor: Share = setting("the share of the target that scores 0", default=0.0)

    def problems(self) -> Iterator[str]:
        known = numbers(self.target)
        if not are_finite(self.target) or (known is not None and known[0] <= 0):
            yield f"a target is a number above 0, got {self.target:g}"
        if not 0 <= self.floor < 1:
            yield f"floor is a share of the target below 100%, got {self.floor:.0%}"

    def is_total(self, scale: tuple[float, float]) -> bool:
        return numbers(self.target) is not None

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        target = inputs.bound(self.target)
        # By the reciprocal: a quotient of two columns may differ in its last digit between one row and many.
        share = value * (1.0 / target) if inputs.better == "higher" else target * (1.0 / value)
        if self.floor:
            share = (share - self.floor) * (1.0 / (1.0 - self.floor))
        points = (share * 100.0).clip(0, 100)
        if inputs.better == "lower":
            # Of 0 and less no share can be taken.
            points = pl.when(value <= target).then(pl.lit(100.0)).otherwise(points)
        return points if self.is_total((0, 100)) else pl.when(target > 0).then(points)


@frozen
class Decay(Normalizer):
    """What fades with time, or with any number that grows: full at 0, half after ``half_life``.

    ``exponential``: 100·2^(−value/half_life), which halves again and again. ``linear``: 100 − 50·value/half_life, gone
    after two of them. A value of 0 or less scores 100. ``half_life`` is in the metric's unit (days, for ``days_since``)
    and above 0; it may be SQL, and where that is empty, 0 or negative, the metric is not applicable to that customer.
    Null stays null. Needs no statistics.
    """

    name = "decay"

    half_life: Bound = setting("the value that scores 50")
    shape: Literal["exponential", "linear"] = setting("exponential or linear", default="exponential")

    def problems(self) -> Iterator[str]:
        known = numbers(self.half_life)
        if not are_finite(self.half_life) or (known is not None and known[0] <= 0):
            yield f"half_life is a number above 0, got {self.half_life:g}"

    def rises(self) -> bool:
        return False

    def is_total(self, scale: tuple[float, float]) -> bool:
        return numbers(self.half_life) is not None

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        half_life = inputs.bound(self.half_life)
        half_lives = value.clip(lower_bound=0.0) * (1.0 / half_life)
        if self.shape == "exponential":
            points = (half_lives * -math.log(2)).exp() * 100.0
        else:
            points = (100.0 - half_lives * 50.0).clip(lower_bound=0.0)
        return points if self.is_total((0, 100)) else pl.when(half_life > 0).then(points)
