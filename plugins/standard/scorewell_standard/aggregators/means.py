"""Means: every part that has a score counts, by its weight."""

from __future__ import annotations

import math

import polars as pl

from scorewell.api.v1 import Aggregator, Combination, Parts, frozen

TOP = 100.0
LEAST = 1e-290
"""Less than this is nothing: its share of the top would have no logarithm."""


@frozen
class WeightedAverage(Aggregator):
    """The mean of the parts that have a score, each with its weight: Σ wᵢ·sᵢ / Σ wᵢ.

    The weight of a part without a score is spread over the others in proportion. Null where no part has a score or
    all that have one weigh 0. The baseline is 100: a contribution is the points that a part costs.
    """

    name = "weighted_average"
    stays_within = True
    is_average = True

    def combine(self, parts: Parts, reference: float) -> Combination:
        # polars divides by multiplying with the reciprocal where the divisor is one number, be it that the batch has
        # one row; taking the reciprocal first gives the same digits in every batch.
        scale = 1.0 / pl.when(parts.total_weight > 0).then(parts.total_weight)
        return Combination(
            # Filled here, or the sum fills them itself, in twice the time.
            score=pl.sum_horizontal([(part.score * part.weight).fill_null(0.0) for part in parts]) * scale,
            weights=tuple(part.weight for part in parts),
            scale=scale,
        )


@frozen
class GeometricMean(Aggregator):
    """The weighted geometric mean, exp(Σ wᵢ·ln sᵢ / Σ wᵢ): one very poor part cannot be bought off by the others.

    A part at 0 makes the whole 0. Null where no part has a score. A part's contribution is its share of the logarithm:
    (score − 100)·wᵢ·ln(sᵢ/100) / Σ wⱼ·ln(sⱼ/100); where parts are at 0, they share the loss by their weights.
    The baseline is 100. Under a root that starts elsewhere, what the weights do not account for is its own.
    """

    name = "geometric_mean"
    stays_within = True

    def combine(self, parts: Parts, reference: float) -> Combination:
        total = parts.total_weight
        present = [pl.when(part.score.is_not_null()).then(part.weight).otherwise(0.0) for part in parts]
        # A part that weighs 0 is out; without the mask 0 · ln 0 would be NaN.
        logarithms = [
            pl.when(part.score.is_null() | (part.weight == 0))
            .then(0.0)
            .when(part.score < LEAST)
            .then(-math.inf)
            .otherwise(part.weight * (part.score * (1.0 / TOP)).log())
            for part in parts
        ]
        whole = pl.sum_horizontal(logarithms)
        # Reciprocals first, for the reason given at the weighted average.
        share = 1.0 / pl.when(total > 0).then(total)
        score = (TOP * (whole * share).exp()).clip(0.0, 100.0)
        at_zero = [
            pl.when(part.score < LEAST).then(weight).otherwise(0.0) for part, weight in zip(parts, present, strict=True)
        ]
        zero_weight = pl.sum_horizontal(at_zero)
        zero_share = 1.0 / pl.when(zero_weight > 0).then(zero_weight)
        # (score − 100) / Σ w·ln(s/100) tends to 100 / Σ w where the sum of the logarithms tends to 0.
        per_logarithm = pl.when(whole == 0).then(TOP * share).otherwise((score - TOP) * (1.0 / whole))
        weights = tuple(
            pl.when(zero_weight > 0)
            .then(zero * zero_share)
            .when(part.score.is_null() | (part.score == TOP))
            .then(0.0)
            .otherwise(logarithm * per_logarithm * (1.0 / (part.score - TOP)))
            for part, logarithm, zero in zip(parts, logarithms, at_zero, strict=True)
        )
        if reference == TOP:
            return Combination(score=score, weights=weights)
        # Logarithms count from the top; the other reference is what is left over.
        counted = pl.sum_horizontal(
            [pl.when(part.score.is_not_null()).then(weight) for part, weight in zip(parts, weights, strict=True)]
        )
        return Combination(score=score, weights=weights, own=(TOP - reference) * (1.0 - counted))
