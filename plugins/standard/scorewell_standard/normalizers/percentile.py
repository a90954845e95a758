"""Where a value stands among those of the segment's active customers."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from scorewell.api.v1 import Inputs, Normalizer, Statistics, frozen

MOST_VALUES = 4096  # up to so many different values each has its own rank
SLOTS = 8191  # a prime: no value a simple number of spreads from the median, nor it itself, lies on an edge
CLOSEST = 1e-4  # of a slot: values nearer to each other than this are one value


@frozen
class Percentile(Normalizer):
    """The share of the population that the value is better than, ties counting half: 0 to 100.

    Exact for up to 4,096 different values; values between two of them lie on the line through both ranks. Larger
    populations are read from a table of 8,191 slots over z / (1 + |z|), where z is the distance from the median in
    interquartile ranges, linear within a slot. Beyond the population's ends the end's rank holds. Where the metric
    says ``better: lower``, low values score high. With no population at all there is no answer: the metric counts as
    missing.
    """

    name = "percentile"

    def is_total(self, scale: tuple[float, float]) -> bool:
        return True

    def statistics(self, value: pl.Expr) -> Mapping[str, pl.Expr]:
        is_new = value.ne_missing(value.shift(1))
        is_exact = is_new.sum() <= MOST_VALUES
        different = value.filter(is_new & is_exact)
        # Few digits, so that what is stored is what the slots were made with.
        center = value.median().round_sig_figs(6)
        per_spread = (1.0 / _spread(value)).round_sig_figs(6)
        level, slope = _slots(value, center, per_spread)
        return {
            "values": different.implode(),
            "ranks": _rank(value, different).implode(),
            "center": center,
            "per_spread": per_spread,
            "level": level.filter(~is_exact).implode(),
            "slope": slope.filter(~is_exact).implode(),
        }

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        ranks = [statistics.interpolated("values", "ranks", value)]
        if statistics.has("level"):
            position = _position(value, statistics["center"], statistics["per_spread"])
            slot = position.cast(pl.UInt32)
            level, slope = statistics.lookup("level", slot), statistics.lookup("slope", slot)
            ranks.append((level + slope * (position - slot)).clip(0, 100))
        if not statistics.has("values"):
            ranks = ranks[1:]
        rank = pl.coalesce(ranks) if ranks else pl.lit(None, dtype=pl.Float64)
        return rank if inputs.better == "higher" else 100.0 - rank


def _spread(value: pl.Expr) -> pl.Expr:
    """The interquartile range; where half of all values are equal, the whole range stands in for it."""
    quartiles = value.quantile(0.75, "linear") - value.quantile(0.25, "linear")
    span = value.max() - value.min()
    return pl.when(quartiles > 0).then(quartiles).when(span > 0).then(span).otherwise(1.0)


def _position(value: pl.Expr, center: pl.Expr, per_spread: pl.Expr) -> pl.Expr:
    """Monotone, from 0 to below ``SLOTS``, with most room around the median; bounded however heavy the tail."""
    z = (value - center) * per_spread
    # By the reciprocal: a quotient of two columns may differ in its last digit between a batch of one row and of many.
    return ((z * (1.0 / (z.abs() + 1.0)) + 1.0) * (SLOTS / 2)).clip(0, SLOTS - 1e-6)


def _rank(values: pl.Expr, these: pl.Expr) -> pl.Expr:
    """The mean of the shares of sorted ``values`` below and up to each of ``these``, times 100."""
    below = values.search_sorted(these, side="left").cast(pl.Float64)
    up_to = values.search_sorted(these, side="right").cast(pl.Float64)
    return (below + up_to) / values.len() * 50.0


def _slots(values: pl.Expr, center: pl.Expr, per_spread: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """For each slot the rank at its lower edge and the rise over it, through the ranks of its first and last value."""
    # The edges are looked up among the values: as few expressions as can be are as long as the population.
    edges = pl.int_range(SLOTS + 1, dtype=pl.Int32).cast(pl.Float64) * (2.0 / SLOTS) - 1.0
    bounds = values.search_sorted(edges / (1.0 - edges.abs()) / per_spread + center, side="left").cast(pl.Int64)
    first, behind = bounds.head(SLOTS), bounds.tail(SLOTS)
    count = values.len().cast(pl.Int64)
    is_empty = first >= behind
    # An empty slot's indices may lie outside; what they give is not used.
    low, high = values.gather(first.clip(0, count - 1)), values.gather((behind - 1).clip(0, count - 1))
    rank_low, rank_high = _rank(values, low), _rank(values, high)
    # Counted from the slot's lower edge: from 0 the level would be a large number that a large slope takes back.
    slot = pl.int_range(SLOTS, dtype=pl.Int32).cast(pl.Float64)
    x_low, x_high = _position(low, center, per_spread) - slot, _position(high, center, per_spread) - slot
    is_one_value = x_high - x_low < CLOSEST
    slope = pl.when(is_empty | is_one_value).then(0.0).otherwise((rank_high - rank_low) / (x_high - x_low))
    level = (
        pl.when(is_empty)
        .then(first / count * 100.0)
        .when(is_one_value)
        .then((rank_low + rank_high) / 2)
        .otherwise(rank_low - slope * x_low)
    )
    return level, slope
