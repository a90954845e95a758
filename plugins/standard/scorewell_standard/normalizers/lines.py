"""Normalizers that draw a line: a value in, 0 to 100 out."""

from __future__ import annotations

import math
from collections.abc import Iterator

import polars as pl

from scorewell.api.v1 import Inputs, Normalizer, Statistics, frozen, setting


@frozen
class Linear(Normalizer):
    """A straight line between two values; beyond them the nearer end holds.

    ``from`` scores 0 and ``to`` scores 100, in the metric's unit. ``from`` may exceed ``to``: then less is better.
    Null stays null. Needs no statistics.
    """

    name = "linear"

    from_: float = setting("the value that scores 0")
    to: float = setting("the value that scores 100")

    def problems(self) -> Iterator[str]:
        if not (math.isfinite(self.from_) and math.isfinite(self.to)):
            yield "from and to must be finite numbers"
        elif self.from_ == self.to:
            yield f"from and to are both {self.to:g}: a line needs two values"

    def is_total(self, scale: tuple[float, float]) -> bool:
        return True

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        distance = value - self.from_ if self.from_ else value
        return (distance * (100.0 / (self.to - self.from_))).clip(0, 100)


@frozen
class NetPromoterScore(Normalizer):
    """A Net Promoter Score, −100 to 100, as 0 to 100: (NPS + 100) / 2.

    −100 (only detractors) scores 0, 0 scores 50, 100 (only promoters) scores 100. Beyond, the nearer end holds.
    """

    name = "nps"

    def is_total(self, scale: tuple[float, float]) -> bool:
        return True

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        return ((value + 100) / 2).clip(0, 100)
