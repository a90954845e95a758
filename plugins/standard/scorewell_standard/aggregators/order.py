"""Aggregators that look at the parts in their order: the lowest, the highest, the one in the middle."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from scorewell.api.v1 import Aggregator, Combination, Parts, frozen


@frozen
class Minimum(Aggregator):
    """The lowest of the parts: a chain is as strong as its weakest link.

    Weights only say which parts belong: a part that weighs 0 is shown and left out. Filled-in values never enter.
    Parts that tie for the lowest share the contribution equally. Null where no part is measured. The baseline is 100.
    """

    name = "minimum"
    stays_within = True

    def combine(self, parts: Parts, reference: float) -> Combination:
        return _extreme(parts, pl.min_horizontal)


@frozen
class Maximum(Aggregator):
    """The highest of the parts: one thing that goes well is enough.

    Weights only say which parts belong: a part that weighs 0 is shown and left out. Filled-in values never enter.
    Parts that tie for the highest share the contribution equally. Null where no part is measured. The baseline is 100.
    """

    name = "maximum"
    stays_within = True

    def combine(self, parts: Parts, reference: float) -> Combination:
        return _extreme(parts, pl.max_horizontal)


@frozen
class Median(Aggregator):
    """The part in the middle: as many lie below it as above.

    Of an even number it is the mean of the middle two. One part that is odd, poor or excellent, moves nothing. Weights
    only say which parts belong: a part that weighs 0 is shown and left out. Filled-in values count, as in a mean. The
    part in the middle carries the whole contribution, of two each a half; parts that tie share equally. Null where no
    part with a weight has a score. The baseline is 100.
    """

    name = "median"
    stays_within = True

    def combine(self, parts: Parts, reference: float) -> Combination:
        scores = [pl.when(part.weight > 0).then(part.score) for part in parts]
        count = pl.sum_horizontal([score.is_not_null() for score in scores]).cast(pl.Float64)
        return Combination(
            score=pl.concat_arr(scores).arr.median(),
            weights=tuple(_share_of_the_middle(score, scores, count) for score in scores),
        )


def _share_of_the_middle(score: pl.Expr, scores: Sequence[pl.Expr], count: pl.Expr) -> pl.Expr:
    """What a part has of the middle.

    In their order the parts lie side by side, each one wide and those that tie together: a tie begins behind those
    below it. The middle is one wide as well, around the half of all: one part, or half of two.
    """
    begins = pl.sum_horizontal([(other < score).cast(pl.Float64) for other in scores])
    ends = pl.sum_horizontal([(other <= score).cast(pl.Float64) for other in scores])
    of_the_middle = pl.min_horizontal(ends, count * 0.5 + 0.5) - pl.max_horizontal(begins, count * 0.5 - 0.5)
    # By the reciprocal of how many tie, so that one row gives the same digits as many.
    return of_the_middle.clip(lower_bound=0.0) * (1.0 / pl.when(ends > begins).then(ends - begins))


def _extreme(parts: Parts, extreme_of: Callable[[Sequence[pl.Expr]], pl.Expr]) -> Combination:
    """The extreme of the measured parts that weigh something, contributed by the parts that have it."""
    eligible = [pl.when(part.weight > 0).then(part.measured) for part in parts]
    score = extreme_of(eligible)
    is_chosen = [(part == score).fill_null(value=False) for part in eligible]
    weights = tuple(chosen.cast(pl.Float64) for chosen in is_chosen)
    return Combination(score=score, weights=weights, scale=_share_of_ties(is_chosen))


def _share_of_ties(is_one: Sequence[pl.Expr]) -> pl.Expr:
    """1 by the number of parts for which it holds; null where it is none."""
    ties = pl.sum_horizontal([one.cast(pl.Float64) for one in is_one])
    return 1.0 / pl.when(ties > 0).then(ties)
