"""Points: start somewhere, add and deduct, and stay within the scale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from scorewell.api.v1 import Aggregator, Combination, Learned, PartName, Parts, ScorewellError, frozen, setting

_OTHER = {"add": "deduct", "deduct": "add"}


@frozen
class AddedPoints(Aggregator):
    """Points: start somewhere, and each part adds or deducts some; the sum is limited to the scale.

    A part in ``add`` adds up to so many points: all at a score of 100, none at 0, in proportion between. A part in
    ``deduct`` takes off up to so many: all at 0, none at 100. A part in both does both: at 50 of equal numbers it does
    nothing. A part in neither does nothing; but where both are left out, each part adds up to its weight. A part
    without a score neither adds nor deducts; its points are not spread over the others. Weights serve the coverage.

    Points are counted in the scorecard's scale, or, with ``out_of``, from 0 to that number, of which the score is the
    share: a group of factors worth up to 60 points together is a dimension ``out_of: 60``. The baseline is the start,
    and a part's contribution is its points; what the limit takes or gives is the node's own. Null where no part has a
    score.
    """

    name = "points"

    start: float | None = setting("where the points start; default the lowest", default=None)
    add: Mapping[PartName, float] = setting("points that a part adds at a score of 100", factory=dict)
    deduct: Mapping[PartName, float] = setting("points that a part takes off at a score of 0", factory=dict)
    out_of: float | None = setting("how many points are all; default the scorecard's scale", default=None)

    def problems(self) -> Iterator[str]:
        for word, points in (("add", self.add), ("deduct", self.deduct)):
            for part, number in points.items():
                if number < 0:
                    yield f"{word} of {part} is {number:g}: write {-number:g} under {_OTHER[word]}"
        if self.out_of is not None and self.out_of <= 0:
            yield f"out_of must be above 0, got {self.out_of:g}"
        elif self.out_of is not None and self.start is not None and not 0 <= self.start <= self.out_of:
            yield f"start is {self.start:g}, outside 0 to {self.out_of:g}"

    def baseline(self, scale: tuple[float, float], learned: Learned | None) -> float:
        low, high = self._range(scale)
        start = low if self.start is None else self.start
        if not low <= start <= high:
            raise ScorewellError(f"start is {start:g}, outside the scale of {low:g} to {high:g}")
        return (start - low) / (high - low) * 100.0

    def combine(self, parts: Parts, reference: float) -> Combination:
        low, high = self._range(parts.scale)
        per_point = 100.0 / (high - low)
        start = self.baseline(parts.scale, None)
        weights, offsets, moved = [], [], []
        for part in parts:
            if self.add or self.deduct:
                name = PartName(part.name)
                deducted = self.deduct.get(name, 0.0) * per_point
                weight = pl.lit((self.add.get(name, 0.0) * per_point + deducted) / 100.0)
            else:
                deducted, weight = 0.0, part.weight * (per_point / 100.0)
            has_score = part.score.is_not_null()
            weights.append(weight)
            offsets.append(pl.when(has_score).then(weight * reference - deducted))
            moved.append(pl.when(has_score).then(part.score * weight - deducted).otherwise(0.0))
        total = pl.sum_horizontal(moved) + start
        score = pl.when(pl.any_horizontal([part.score.is_not_null() for part in parts])).then(total.clip(0.0, 100.0))
        return Combination(
            score=score,
            weights=tuple(weights),
            offsets=tuple(offsets),
            own=(score - total) + (start - reference),
        )

    def _range(self, scale: tuple[float, float]) -> tuple[float, float]:
        return scale if self.out_of is None else (0.0, self.out_of)
