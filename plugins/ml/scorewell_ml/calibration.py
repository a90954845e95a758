"""From a learner's margin to a probability: calibrated on predictions for customers it had not seen."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import polars as pl

from scorewell_ml.documents import Document, rounded
from scorewell_ml.logistic import minimized

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["METHODS", "Calibration", "Isotonic", "Sigmoid", "fit_isotonic", "fit_sigmoid", "read_calibration"]

NEAREST_KNOTS = 1e-3


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
    """From what ``plain`` wrote."""
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


def fit_sigmoid(margins: NDArray[np.float64], happened: NDArray[np.bool_]) -> Sigmoid:
    """The slope, not below 0, and the intercept of the least log loss."""
    import numpy as np  # noqa: PLC0415 - only who trains pays for it

    matrix = np.column_stack([np.ones(len(margins)), margins])
    # A weak pull to a slope of 0 keeps it finite where the margins separate the outcomes.
    intercept, slope = minimized(matrix, happened, [(None, None), (0.0, None)], np.array([0.0, 1e-3]))
    return Sigmoid(rounded(float(slope)), rounded(float(intercept)))


def fit_isotonic(margins: NDArray[np.float64], happened: NDArray[np.bool_]) -> Isotonic:
    """Isotonic regression through the centres of its steps, never nearer to 0 and 1 than so many customers can say."""
    import numpy as np  # noqa: PLC0415 - as above
    from sklearn.isotonic import IsotonicRegression  # noqa: PLC0415 - as above

    chances = IsotonicRegression().fit_transform(margins, happened.astype(float))
    _, step, sizes = np.unique(chances, return_inverse=True, return_counts=True)
    centres = np.bincount(step, margins) / sizes
    heights = np.bincount(step, happened.astype(float)) / sizes
    knots: list[tuple[float, float, int]] = []
    for step_centre, step_height, step_size in zip(centres.tolist(), heights.tolist(), sizes.tolist(), strict=True):
        centre, height, size = step_centre, step_height, step_size
        if knots and centre - knots[-1][0] < NEAREST_KNOTS:
            before = knots.pop()
            whole = before[2] + size
            centre = (before[0] * before[2] + centre * size) / whole
            height = (before[1] * before[2] + height * size) / whole
            size = whole
        knots.append((centre, height, size))
    least = 1.0 / (len(margins) + 2)
    return Isotonic(
        tuple(rounded(centre) for centre, _, _ in knots),
        tuple(rounded(min(max(height, least), 1 - least)) for _, height, _ in knots),
    )


METHODS: Mapping[str, Callable[[NDArray[np.float64], NDArray[np.bool_]], Calibration]] = {
    "sigmoid": fit_sigmoid,
    "isotonic": fit_isotonic,
}
