"""Aggregators that look at the parts in their order: the lowest, the highest, the one in the middle."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from scorewell.api.v1 import Aggregator, Combination, Parts, frozen

SLACK = 1e-9  # of the whole weight: sums of weights that are half of it may miss that by their last digits


@frozen
class Minimum(Aggregator):
    """The lowest of the parts: a chain is as strong as its weakest link.

    Weights only say which parts belong: a part that weighs 0 is shown and left out. Filled-in values never enter.
    Parts that tie for the lowest share the contribution equally. Null where no part is measured. The baseline is 100.
    """

    name = "minimum"

    def combine(self, parts: Parts, reference: float) -> Combination:
        eligible = _eligible(parts)
        return _chosen(eligible, pl.min_horizontal(eligible))


@frozen
class Maximum(Aggregator):
    """The highest of the parts: one thing that goes well is enough.

    Weights only say which parts belong: a part that weighs 0 is shown and left out. Filled-in values never enter.
    Parts that tie for the highest share the contribution equally. Null where no part is measured. The baseline is 100.
    """

    name = "maximum"

    def combine(self, parts: Parts, reference: float) -> Combination:
        eligible = _eligible(parts)
        return _chosen(eligible, pl.max_horizontal(eligible))


@frozen
class Median(Aggregator):
    """The part in the middle, by weight: half of the weight lies below it and half above.

    Where that is between two parts, as with an even number of equal weights, it is the mean of both. One part that is
    odd, poor or excellent, moves nothing. The part in the middle carries the whole contribution, of two each a half;
    parts that tie share equally. Filled-in values count, as in a mean. Null where no part with a weight has a score.
    The baseline is 100.
    """

    name = "median"

    def combine(self, parts: Parts, reference: float) -> Combination:
        scores = [pl.when(part.weight > 0).then(part.score) for part in parts]
        half = parts.total_weight * 0.5
        slack = parts.total_weight * SLACK
        is_lower, is_upper = [], []
        for score in scores:
            below = pl.sum_horizontal(
                [
                    pl.when(other < score).then(part.weight).otherwise(0.0)
                    for other, part in zip(scores, parts, strict=True)
                ]
            )
            up_to = pl.sum_horizontal(
                [
                    pl.when(other <= score).then(part.weight).otherwise(0.0)
                    for other, part in zip(scores, parts, strict=True)
                ]
            )
            is_lower.append(score.is_not_null() & (below < half - slack) & (up_to >= half - slack))
            is_upper.append(score.is_not_null() & (below <= half + slack) & (up_to > half + slack))
        lower, upper = _at(scores, is_lower), _at(scores, is_upper)
        each_lower, each_upper = _share_of_ties(is_lower), _share_of_ties(is_upper)
        return Combination(
            score=(lower + upper) * 0.5,
            weights=tuple(
                (low.cast(pl.Float64) * each_lower + high.cast(pl.Float64) * each_upper) * 0.5
                for low, high in zip(is_lower, is_upper, strict=True)
            ),
        )


def _eligible(parts: Parts) -> list[pl.Expr]:
    return [pl.when(part.weight > 0).then(part.measured) for part in parts]


def _chosen(eligible: Sequence[pl.Expr], score: pl.Expr) -> Combination:
    """The score of the parts that have it, ties sharing equally."""
    is_chosen = [(part == score).fill_null(value=False) for part in eligible]
    weights = tuple(chosen.cast(pl.Float64) for chosen in is_chosen)
    return Combination(score=score, weights=weights, scale=_share_of_ties(is_chosen))


def _share_of_ties(is_one: Sequence[pl.Expr]) -> pl.Expr:
    """1 by the number of parts for which it holds; null where it is none."""
    ties = pl.sum_horizontal([one.cast(pl.Float64) for one in is_one])
    return 1.0 / pl.when(ties > 0).then(ties)


def _at(scores: Sequence[pl.Expr], is_one: Sequence[pl.Expr]) -> pl.Expr:
    """The score that the parts have for which it holds."""
    return pl.max_horizontal([pl.when(one).then(score) for score, one in zip(scores, is_one, strict=True)])
