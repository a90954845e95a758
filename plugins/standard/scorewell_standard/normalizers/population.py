"""Where a value stands among those of the segment's active customers, by their mean or by their quantiles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from scorewell.api.v1 import Inputs, Normalizer, Points, Share, Statistics, frozen, setting
from scorewell_standard.normalizers.percentile import FALLBACK

NOTHING = 1e-9  # a spread of less than this share of the values themselves is noise of their last digits


@frozen
class ZScore(Normalizer):
    """How many standard deviations a value is from the mean of the population.

    center + per_deviation·(value − mean)/deviation, limited to the scale; where the metric says ``better: lower``, less
    than the mean is above the center. Mean and deviation (of the whole population: the root of the mean squared
    distance) are learned. Where all values are the same, everybody is at the center. With no population at all there is
    no answer: the metric counts as missing. Null stays null.
    """

    name = "zscore"

    fallback: Normalizer | None = setting(FALLBACK, default=None)
    center: Points | None = setting("what the mean scores; default the middle of the scale", default=None)
    per_deviation: float | None = setting(
        "points for each standard deviation, in the scorecard's scale; default a fifth of it, so that 2.5 reach an end",
        default=None,
    )

    def problems(self) -> Iterator[str]:
        if self.per_deviation is not None and self.per_deviation <= 0:
            yield f"per_deviation must be above 0, got {self.per_deviation:g}: better: lower turns the direction"

    def is_total(self, scale: tuple[float, float]) -> bool:
        return True

    def statistics(self, value: pl.Expr) -> Mapping[str, pl.Expr]:
        # In shares of the largest, so that no square overflows.
        largest = pl.max_horizontal(value.first().abs(), value.last().abs())
        share = value * (1.0 / pl.when(largest > 0).then(largest).otherwise(1.0))
        spread = share.std(ddof=0)
        return {
            "mean": share.mean() * pl.when(largest > 0).then(largest).otherwise(1.0),
            "deviation": pl.when(spread > NOTHING).then(spread * largest),
        }

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        center = pl.lit(50.0) if self.center is None else inputs.points(self.center)
        step = pl.lit(20.0) if self.per_deviation is None else inputs.points(self.per_deviation) - inputs.points(0.0)
        mean, deviation = statistics["mean"], statistics["deviation"]
        distance = value - mean if inputs.better == "higher" else mean - value
        # Without a deviation nobody differs; by the reciprocal, so that one row scores as many do.
        points = center + (distance * (1.0 / deviation)).fill_null(0.0) * step
        return pl.when(value.is_not_null() & mean.is_not_null()).then(points.clip(0, 100))


@frozen
class MinMax(Normalizer):
    """Where a value lies between two quantiles of the population; beyond them the nearer end holds.

    The ``from`` quantile scores 0 and the ``to`` quantile 100, on a straight line; where the metric says ``better:
    lower``, the other way round. By default the lowest and the highest twentieth are left out, so that one odd value
    does not press all others together; 0% and 100% are the minimum and the maximum. Quantiles are learned, by linear
    interpolation. Where both are the same value, that value scores 50. With no population at all there is no answer:
    the metric counts as missing. Null stays null.
    """

    name = "min_max"

    fallback: Normalizer | None = setting(FALLBACK, default=None)
    from_: Share = setting("the quantile that scores 0", default=0.05)
    to: Share = setting("the quantile that scores 100", default=0.95)

    def problems(self) -> Iterator[str]:
        if not 0 <= self.from_ < self.to <= 1:
            yield f"expected quantiles 0% ≤ from < to ≤ 100%, got {self.from_:.0%} and {self.to:.0%}"

    def is_total(self, scale: tuple[float, float]) -> bool:
        return True

    def statistics(self, value: pl.Expr) -> Mapping[str, pl.Expr]:
        return {"from": value.quantile(self.from_, "linear"), "to": value.quantile(self.to, "linear")}

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        low, high = statistics["from"], statistics["to"]
        length = high - low
        least = pl.max_horizontal(low.abs(), high.abs()) * NOTHING
        # By the reciprocal: a quotient of two columns may differ in its last digit between one row and many.
        on_the_line = ((value - low) * (1.0 / length) * 100.0).clip(0, 100)
        beyond = pl.when(value > high + least).then(100.0).when(value < low - least).then(0.0).otherwise(50.0)
        points = pl.when(length > least).then(on_the_line).otherwise(beyond)
        points = pl.when(value.is_not_null() & low.is_not_null()).then(points)
        return points if inputs.better == "higher" else 100.0 - points
