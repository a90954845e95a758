"""Aggregators: weighted parts in, one score out, with each part's share in it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import polars as pl

from scorewell.api.v1 import Aggregator, Combination, Component, Condition, Parts, Points, frozen, setting

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

    def combine(self, parts: Parts, reference: float) -> Combination:
        # polars divides by multiplying with the reciprocal where the divisor is one number, be it that the batch has
        # one row; taking the reciprocal first gives the same digits in every batch.
        scale = 1.0 / pl.when(parts.total_weight > 0).then(parts.total_weight)
        return Combination(
            score=pl.sum_horizontal([part.score * part.weight for part in parts]) * scale,
            weights=tuple(part.weight for part in parts),
            scale=scale,
        )


@frozen
class Minimum(Aggregator):
    """The lowest of the parts: a chain is as strong as its weakest link.

    Weights only say which parts belong: a part that weighs 0 is shown and left out. Filled-in values never enter.
    Parts that tie for the lowest share the contribution equally. Null where no part is measured. The baseline is 100.
    """

    name = "minimum"

    def combine(self, parts: Parts, reference: float) -> Combination:
        eligible = [pl.when(part.weight > 0).then(part.measured) for part in parts]
        lowest = pl.min_horizontal(eligible)
        is_lowest = [(part == lowest).fill_null(value=False).cast(pl.Float64) for part in eligible]
        ties = pl.sum_horizontal(is_lowest)
        return Combination(score=lowest, weights=tuple(is_lowest), scale=1.0 / pl.when(ties > 0).then(ties))


@frozen
class GeometricMean(Aggregator):
    """The weighted geometric mean, exp(Σ wᵢ·ln sᵢ / Σ wᵢ): one very poor part cannot be bought off by the others.

    A part at 0 makes the whole 0. Null where no part has a score. A part's contribution is its share of the logarithm:
    (score − 100)·wᵢ·ln(sᵢ/100) / Σ wⱼ·ln(sⱼ/100); where parts are at 0, they share the loss by their weights.
    The baseline is 100. Under a root that starts elsewhere, what the weights do not account for is its own.
    """

    name = "geometric_mean"

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


@frozen
class Rule:
    """One rule: where ``when`` holds (without it, always), the score is ``score``: a number in the scorecard's scale,
    or what another aggregator makes of the same parts."""

    when: Condition | None = setting("a condition over the names of the parts; default always", default=None)
    score: Points | Aggregator = setting("a number in the scorecard's scale, or an aggregator")


@frozen
class Rules(Aggregator):
    """The first rule whose condition holds decides.

    Conditions see the parts' measured scores by name, in the scorecard's scale; a part without one is null, and a null
    condition does not hold. A rule with a number is the node's own contribution; a rule with an aggregator explains
    itself by that aggregator's parts. Null where no rule holds or no part has a score. The baseline is 100.
    """

    name = "rules"

    rules: tuple[Rule, ...] = setting("the rules, in order")

    def problems(self) -> Iterator[str]:
        if not self.rules:
            yield "rules is empty: it needs at least one rule"
        for position, rule in enumerate(self.rules[:-1], 1):
            if rule.when is None:
                yield f"rule {position} has no 'when' and is not the last: the rules after it never apply"

    def combine(self, parts: Parts, reference: float) -> Combination:
        holds = [pl.lit(value=True) if rule.when is None else parts.condition(rule.when) for rule in self.rules]
        combined = [
            _constant(parts, reference, rule.score)
            if isinstance(rule.score, (int, float))
            else rule.score.combine(parts, reference)
            for rule in self.rules
        ]
        any_part = pl.any_horizontal([part.score.is_not_null() for part in parts])
        offsets = None
        if any(each.offsets is not None for each in combined):
            nothing = (pl.lit(0.0),) * len(parts)
            offered = [nothing if each.offsets is None else each.offsets for each in combined]
            offsets = tuple(_first(holds, list(of_part), 0.0) for of_part in zip(*offered, strict=True))
        return Combination(
            score=pl.when(any_part).then(_first(holds, [each.score for each in combined])),
            weights=tuple(
                _first(holds, [weight if each.scale is None else weight * each.scale for weight, each in pairs], 0.0)
                for pairs in ([(each.weights[index], each) for each in combined] for index in range(len(parts)))
            ),
            offsets=offsets,
            own=_first(holds, [pl.lit(0.0) if each.own is None else each.own for each in combined], 0.0),
        )


def _constant(parts: Parts, reference: float, score: float) -> Combination:
    points = parts.points(score)
    return Combination(score=pl.lit(points), weights=tuple(pl.lit(0.0) for _ in parts), own=pl.lit(points - reference))


def _first(holds: list[pl.Expr], values: list[pl.Expr], otherwise: float | None = None) -> pl.Expr:
    """The value of the first condition that holds."""
    chosen = pl.lit(otherwise, dtype=pl.Float64)
    for condition, value in zip(reversed(holds), reversed(values), strict=True):
        chosen = pl.when(condition).then(value).otherwise(chosen)
    return chosen


COMPONENTS: tuple[type[Component], ...] = (WeightedAverage, Minimum, GeometricMean, Rules)
