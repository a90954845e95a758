"""A model that a test can compute by hand: how far values lie from the mean of those for whom nothing happened."""

from __future__ import annotations

from typing import Any

import polars as pl

from scorewell.api.v1 import Aggregator, Combination, Examples, Learned, Parts, TooLittleData, frozen, setting
from scorewell_standard.aggregators import WeightedAverage

CALLS: list[int] = []
"""How many customers each prediction was of."""


@frozen
class Distance(Aggregator):
    """50 and a point for each unit that a number lies above its mean; a missing value costs 5 points.

    The mean is of the customers to whom nothing happened. Untrained, the weighted average scores.
    """

    name = "distance"
    learns = True

    floor: int = setting("how many examples it needs", default=4)

    def baseline(self, scale: tuple[float, float], learned: Learned | None) -> float:
        return 100.0 if learned is None else 50.0

    def learn(self, examples: Examples) -> Learned:
        if len(examples.happened) < self.floor:
            raise TooLittleData(f"{len(examples.happened)} examples, and {self.floor} are needed")
        stayed = examples.values.filter(~examples.happened)
        return {"means": [stayed[part.name].mean() for part in examples.parts]}

    def describe(self, learned: Learned) -> str:
        return f"### Means\n\n{learned['means']}"

    def combine(self, parts: Parts, reference: float) -> Combination:
        if parts.learned is None:
            return WeightedAverage().combine(parts, reference)
        means = parts.learned["means"]
        fields = {"score": pl.Float64, **{f"points_{position}": pl.Float64 for position in range(len(parts))}}

        def predicted(values: pl.Series) -> pl.Series:
            CALLS.append(len(values))
            frame = values.struct.unnest()
            points = [
                (frame[name] - mean).fill_null(-5.0).alias(f"points_{position}")
                for position, (name, mean) in enumerate(zip(frame.columns, means, strict=True))
            ]
            summed = pl.DataFrame(points).select(score=50.0 + pl.sum_horizontal(pl.all()))
            return summed.with_columns(points).to_struct()

        values: list[Any] = [part.value.alias(part.name) for part in parts if part.value is not None]
        prediction = parts.layer(pl.struct(values).map_batches(predicted, return_dtype=pl.Struct(fields)))
        return Combination(
            score=prediction.struct.field("score"),
            weights=(pl.lit(0.0),) * len(parts),
            offsets=tuple(prediction.struct.field(f"points_{position}") for position in range(len(parts))),
            own=pl.lit(50.0 - reference),
        )


@frozen
class Stumbling(Distance):
    """One that fails when it predicts."""

    name = "stumbling"

    def combine(self, parts: Parts, reference: float) -> Combination:
        def failing(values: pl.Series) -> pl.Series:
            raise LookupError("the trees are gone")

        layer = parts.layer(pl.struct([part.score for part in parts]).map_batches(failing, return_dtype=pl.Float64))
        return Combination(score=layer, weights=(pl.lit(0.0),) * len(parts))
