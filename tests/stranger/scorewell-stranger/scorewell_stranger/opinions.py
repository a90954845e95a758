"""A measure, a normalizer and an aggregator."""

from collections.abc import Iterator, Mapping

import polars as pl

from scorewell.api.v1 import (
    Aggregator,
    Combination,
    Inputs,
    Measure,
    Normalizer,
    Partial,
    Partials,
    Parts,
    Rows,
    Statistics,
    frozen,
    setting,
)

SATURDAY = 6


@frozen
class WeekendShare(Measure):
    """The share of rows that happened on a Saturday or Sunday, 0 to 1; missing without rows."""

    name = "weekend_share"

    def partials(self, rows: Rows) -> Mapping[str, Partial]:
        """Two counts: they can be added up over any pieces of the data."""
        at_weekends = rows.where(rows.day.dt.weekday() >= SATURDAY)
        return {"all": Partial("count", rows.day), "weekend": Partial("count", at_weekends.day)}

    def finish(self, partials: Partials) -> pl.Expr:
        """Null for nothing over nothing."""
        return pl.when(partials["all"] > 0).then(partials["weekend"] / partials["all"])


@frozen
class Halving(Normalizer):
    """100 at zero or less, and half as much with every ``half_life``; by default the population's median scores 50."""

    name = "halving"

    half_life: float | None = setting("the value that scores 50; default the median", default=None)

    def problems(self) -> Iterator[str]:
        """One sentence for each setting that makes no sense; the core adds file and line."""
        if self.half_life is not None and self.half_life <= 0:
            yield f"half_life is {self.half_life:g}: it must be above 0"

    def statistics(self, value: pl.Expr) -> Mapping[str, pl.Expr]:
        """What is learned from the population when the project is fitted."""
        return {"median": value.median()} if self.half_life is None else {}

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        """A row-wise expression: Float64, 0 to 100, null for null."""
        half_life = statistics["median"] if self.half_life is None else pl.lit(self.half_life)
        return (100 * pl.lit(0.5).pow(value / half_life)).clip(0, 100)


@frozen
class Best(Aggregator):
    """The best part is the score; parts that tie share it."""

    name = "best"

    def combine(self, parts: Parts, reference: float) -> Combination:
        """Only parts with a weight count; a part's effective weight is one over the number of best parts."""
        counted = [pl.when(part.weight > 0).then(part.score) for part in parts]
        best = pl.max_horizontal(counted)
        is_best = [(score == best).fill_null(value=False) for score in counted]
        ties = pl.sum_horizontal(is_best)
        return Combination(score=best, weights=tuple(pl.when(one).then(1 / ties).otherwise(0.0) for one in is_best))
