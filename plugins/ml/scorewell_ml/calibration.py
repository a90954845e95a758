"""From a learner's margin to a probability."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import attrs
import polars as pl

from scorewell_ml.documents import Document

__all__ = ["Calibration", "Isotonic", "Sigmoid", "read_calibration"]


@attrs.frozen
class Sigmoid:
    """The probability of the outcome is 1 / (1 + exp(−(slope · margin + intercept))) (Platt 1999)."""

    slope: float
    intercept: float

    def spared(self, margin: pl.Expr) -> pl.Expr:
        """The probability that the outcome does not happen."""
        return 1.0 / ((margin * self.slope + self.intercept).exp() + 1.0)

    def spared_at(self, margin: float) -> tuple[float, float]:
        """The same of one margin, and how steeply it changes there."""
        exponent = margin * self.slope + self.intercept
        spared = 1.0 / (1.0 + math.exp(exponent)) if exponent < 700 else 0.0
        return spared, -self.slope * spared * (1.0 - spared)

    def plain(self) -> dict[str, Any]:
        """As it is stored."""
        return {"method": "sigmoid", "slope": self.slope, "intercept": self.intercept}


@attrs.frozen
class Isotonic:
    """Straight lines between ``margins``, ascending, where the probability is ``chances``, never falling; beyond them
    the ends hold. The knots are the centres of the steps that isotonic regression finds (Oron and Flournoy 2017):
    without steps, customers with different margins keep different scores."""

    margins: tuple[float, ...]
    chances: tuple[float, ...]

    def spared(self, margin: pl.Expr) -> pl.Expr:
        """The probability that the outcome does not happen."""
        spared = [1.0 - chance for chance in self.chances]
        if len(spared) == 1:
            return pl.when(margin.is_not_null()).then(spared[0])
        left = pl.lit(pl.Series(self.margins)).search_sorted(margin, side="right").clip(1, len(spared) - 1) - 1
        slopes = [
            (above - below) / (after - before)
            for before, after, below, above in zip(self.margins, self.margins[1:], spared, spared[1:], strict=False)
        ]
        start, height, slope = (
            pl.lit(pl.Series(numbers, dtype=pl.Float64)).gather(left)
            for numbers in (self.margins[:-1], spared[:-1], slopes)
        )
        inside = margin.clip(self.margins[0], self.margins[-1])
        # Rounding must not lead out of what the ends hold.
        return (height + (inside - start) * slope).clip(spared[-1], spared[0])

    def spared_at(self, margin: float) -> tuple[float, float]:
        """The same of one margin, and how steeply it changes there."""
        for before, after, below, above in zip(
            self.margins, self.margins[1:], self.chances, self.chances[1:], strict=False
        ):
            if before <= margin < after:
                slope = (above - below) / (after - before)
                return 1.0 - (below + (margin - before) * slope), -slope
        return 1.0 - (self.chances[0] if margin < self.margins[0] else self.chances[-1]), 0.0

    def plain(self) -> dict[str, Any]:
        """As it is stored."""
        return {"method": "isotonic", "margins": list(self.margins), "chances": list(self.chances)}


Calibration = Sigmoid | Isotonic


def read_calibration(stored: Document) -> Calibration:
    """From what ``plain`` wrote. Raises ScorewellError for anything else."""
    if stored.field("method").word("sigmoid", "isotonic") == "sigmoid":
        _, slope, intercept = stored.fields("method", "slope", "intercept")
        if slope.number() < 0:
            raise slope.refused("a greater margin must not mean a lower risk")
        return Sigmoid(slope.number(), intercept.number())
    _, margins, chances = stored.fields("method", "margins", "chances")
    x = tuple(each.number() for each in margins.items())
    y = tuple(each.number() for each in chances.items())
    if not x or len(x) != len(y) or not _rises(x, strictly=True):
        raise margins.refused("expected ascending margins, one for each chance")
    if not _rises(y, strictly=False) or not 0 <= y[0] <= y[-1] <= 1:
        raise chances.refused("expected chances from 0 to 1 that do not fall")
    return Isotonic(x, y)


def _rises(numbers: Sequence[float], *, strictly: bool) -> bool:
    pairs = itertools.pairwise(numbers)
    return all(before < after or (before == after and not strictly) for before, after in pairs)
