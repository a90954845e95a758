"""A score of how many parts are poor, however poor they are."""

from __future__ import annotations

import polars as pl

from scorewell.api.v1 import Aggregator, Combination, Parts, Points, frozen, setting

TOP = 100.0


@frozen
class WeakestShare(Aggregator):
    """How much of the weight is not poor: 100·(1 − Σ weights of the parts below ``below`` / Σ weights).

    All parts well is 100, half of the weight poor 50, all of it 0; how poor a part is, or how good, does not matter. A
    part exactly at ``below`` is not poor. Each poor part costs its share of the weight, and that is its contribution;
    the others contribute nothing. Filled-in values never enter. Null where no part with a weight is measured. The
    baseline is 100.
    """

    name = "weakest_share"

    below: Points = setting("a part with a lower score is poor, in the scorecard's scale")

    def combine(self, parts: Parts, reference: float) -> Combination:
        # Nine decimals: a part at 40 must not be poor by the last digit of a mean.
        threshold = round(parts.points(self.below), 9)
        poor, known = [], []
        for part in parts:
            is_poor = part.measured.round(9) < threshold
            known.append(pl.when(part.measured.is_not_null()).then(part.weight).otherwise(0.0))
            poor.append(pl.when(is_poor).then(part.weight).otherwise(0.0))
        whole = pl.sum_horizontal(known)
        per_weight = TOP * (1.0 / pl.when(whole > 0).then(whole))
        score = (TOP - pl.sum_horizontal(poor) * per_weight).clip(0.0, TOP)
        if reference > threshold:
            # As weights: then the parts of a poor dimension share its cost as they share its distance from the top.
            return Combination(
                score=score,
                weights=tuple(
                    pl.when(weight > 0).then(weight * (1.0 / (reference - part.measured))).otherwise(0.0)
                    for weight, part in zip(poor, parts, strict=True)
                ),
                scale=per_weight,
                own=None if reference == TOP else pl.lit(TOP - reference),
            )
        # Counted from so low a start no weight says that a part below it costs something.
        return Combination(
            score=score,
            weights=tuple(part.score * 0.0 for part in parts),
            offsets=tuple(
                pl.when(part.score.is_not_null()).then(weight * per_weight * -1.0)
                for weight, part in zip(poor, parts, strict=True)
            ),
            own=pl.lit(TOP - reference),
        )
