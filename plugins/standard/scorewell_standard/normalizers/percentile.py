"""Where a value stands among those of the segment's active customers."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from scorewell.api.v1 import Inputs, Normalizer, Statistics, frozen, setting

FALLBACK = "what scores instead with fewer than 30 values to compare with"
MOST_VALUES = 4096  # up to so many different values each has its own rank
SLOTS = 8191  # a prime: no value a simple number of spreads from the median, nor it itself, lies on an edge
_LEARNED = pl.Struct(
    {
        "values": pl.List(pl.Float64),
        "ranks": pl.List(pl.Float64),
        "center": pl.Float64,
        "per_spread": pl.Float64,
        "level": pl.List(pl.Float64),
        "slope": pl.List(pl.Float64),
    }
)
DIGITS = 12  # that are kept of a value: as many as of any statistic
CLOSEST = 1e-4  # of a slot: values nearer to each other than this are one value
KNOTS = 2048  # steps from the lowest rank to the highest: so many points lie between their ranks on a line
EXAMINED = 4096  # places where the table is held against the ranks: between two of them both rise by 0.025 at most
CLOSE_ENOUGH = 0.025  # points that it may be wrong by there, and so by a twentieth of a point anywhere


@frozen
class Percentile(Normalizer):
    """The share of the population that the value is better than, ties counting half: 0 to 100.

    Exact for up to 4,096 different values; values between two of them lie on the line through both ranks. Larger
    populations are read from a table of 8,191 slots over z / (1 + |z|), where z is the distance from the median in
    interquartile ranges, linear within a slot. Where that would be wrong by more than a twentieth of a point anywhere
    (most are at one value, or far apart in heaps), some thousand of their ranks are kept in its place. Beyond the
    population's ends the end's rank holds. Where the metric says ``better: lower``, low values score high. With no
    population at all there is no answer: the metric counts as missing.
    """

    name = "percentile"

    fallback: Normalizer | None = setting(FALLBACK, default=None)

    def is_total(self, scale: tuple[float, float]) -> bool:
        return True

    def statistics(self, value: pl.Expr) -> Mapping[str, pl.Expr]:
        return {"rank": value.map_batches(_learned, return_dtype=_LEARNED, returns_scalar=True)}

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        ranks = []
        if statistics.has("rank.values"):
            ranks.append(statistics.interpolated("rank.values", "rank.ranks", value))
        if statistics.has("rank.level"):
            position = _position(value, statistics["rank.center"], statistics["rank.per_spread"])
            slot = position.cast(pl.UInt32, wrap_numerical=True)  # within bounds: nothing to check
            level, slope = statistics.lookup("rank.level", slot), statistics.lookup("rank.slope", slot)
            ranks.append((level + slope * (position - slot)).clip(0, 100))
        rank = pl.coalesce(ranks) if ranks else pl.lit(None, dtype=pl.Float64)
        return rank if inputs.better == "higher" else 100.0 - rank


def _position(value: pl.Expr, center: pl.Expr, per_spread: pl.Expr) -> pl.Expr:
    """Monotone, from 0 to below ``SLOTS``, with most room around the median; bounded however heavy the tail."""
    z = (value - center) * per_spread
    # By the reciprocal: a quotient of two columns may differ in its last digit between a batch of one row and of many.
    return ((z * (1.0 / (z.abs() + 1.0)) + 1.0) * (SLOTS / 2)).clip(0, SLOTS - 1e-6)


def _learned(values: pl.Series) -> pl.Series:
    """All that is learned of sorted ``values``, as one struct; step by step, since one expression would search the
    population again for every part of it."""
    # A sample of sorted values has no more different ones than all have: most often it suffices to look at that.
    if values.gather_every(len(values) // (4 * MOST_VALUES) + 1).n_unique() <= MOST_VALUES:
        different = values.unique(maintain_order=True)
    else:
        different = None
    if different is not None and len(different) <= MOST_VALUES:
        points = _points(values, different)
        return _as_struct(values=points["value"], ranks=points["rank"])
    value = pl.col(values.name)
    center, per_spread = values.to_frame().select(center=_center(value), per_spread=_per_spread(value)).row(0)
    level, slope = _slots(values, center, per_spread)
    some = values.gather_every(len(values) // EXAMINED + 1)
    below, up_to = (values.search_sorted(some, side=side).cast(pl.Float64) for side in ("left", "right"))
    position = some.to_frame().select(_position(value, pl.lit(center), pl.lit(per_spread))).to_series()
    slot = position.cast(pl.UInt32)
    read = (level.gather(slot) + slope.gather(slot) * (position - slot)).clip(0, 100)
    if ((read - (below + up_to) * (50.0 / len(values))).abs() > CLOSE_ENOUGH).any():
        points = _points(values, _knots(values))
        return _as_struct(values=points["value"], ranks=points["rank"])
    return _as_struct(center=center, per_spread=per_spread, level=level, slope=slope)


def _points(values: pl.Series, some: pl.Series) -> pl.DataFrame:
    """Some of the values, each once, with their ranks. Those that agree in all digits that are stored are one value."""
    found = pl.DataFrame(
        {
            "value": some.round_sig_figs(DIGITS),
            "below": values.search_sorted(some, side="left").cast(pl.Float64),
            "up_to": values.search_sorted(some, side="right").cast(pl.Float64),
        }
    )
    each = found.group_by("value", maintain_order=True).agg(pl.col("below").min(), pl.col("up_to").max())
    return each.select("value", rank=(pl.col("below") + pl.col("up_to")) * (50.0 / len(values)))


def _knots(values: pl.Series) -> pl.Series:
    """Values between whose ranks a line is close: so many as there are steps, and the neighbours of each that so many
    share that no line may pass it."""
    step, last = len(values) // KNOTS + 1, len(values) - 1
    knots = pl.concat([values.gather_every(step), values.tail(1)]).unique()
    below = values.search_sorted(knots, side="left").cast(pl.Int64)
    up_to = values.search_sorted(knots, side="right").cast(pl.Int64)
    heaps = pl.DataFrame({"below": below, "up_to": up_to}).filter(pl.col("up_to") - pl.col("below") >= step)
    beside = pl.concat([heaps["below"] - 1, heaps["up_to"]]).clip(0, last)
    return pl.concat([knots, values.gather(beside)]).unique().sort()


def _as_struct(**learned: pl.Series | float) -> pl.Series:
    nothing = pl.Series(dtype=pl.Float64)
    row = {"values": nothing, "ranks": nothing, "center": None, "per_spread": None, "level": nothing, "slope": nothing}
    return pl.DataFrame({name: [cell] for name, cell in {**row, **learned}.items()}).to_struct().cast(_LEARNED)


def _center(value: pl.Expr) -> pl.Expr:
    # Few digits, so that what is stored is what the slots were made with.
    return value.median().round_sig_figs(6)


def _per_spread(value: pl.Expr) -> pl.Expr:
    """1 by the interquartile range; where half of all values are equal, the whole range stands in for it."""
    quartiles = value.quantile(0.75, "linear") - value.quantile(0.25, "linear")
    return (1.0 / pl.when(quartiles > 0).then(quartiles).otherwise(value.max() - value.min())).round_sig_figs(6)


def _slots(values: pl.Series, center: float, per_spread: float) -> tuple[pl.Series, pl.Series]:
    """For each slot the rank at its lower edge and the rise over it, through the ranks of its first and last value."""
    slot = pl.int_range(SLOTS, dtype=pl.Int32, eager=True).cast(pl.Float64)
    edge = pl.int_range(SLOTS + 1, dtype=pl.Int32, eager=True).cast(pl.Float64) * (2.0 / SLOTS) - 1.0
    bound = values.search_sorted(edge / (1.0 - edge.abs()) / per_spread + center, side="left").cast(pl.Int64)
    first, behind, last = bound.head(SLOTS), bound.tail(SLOTS), len(values) - 1
    # An empty slot's indices may lie outside; what they give is not used.
    low, high = values.gather(first.clip(0, last)), values.gather((behind - 1).clip(0, last))
    share = 50.0 / len(values)
    # What lies below the first value of a slot lies below the slot, and up to its last value is up to its end.
    rank_low = (first + values.search_sorted(low, side="right").cast(pl.Int64)) * share
    rank_high = (values.search_sorted(high, side="left").cast(pl.Int64) + behind) * share
    ends = pl.DataFrame({"low": low, "high": high, "slot": slot}).select(
        low=_position(pl.col("low"), pl.lit(center), pl.lit(per_spread)) - pl.col("slot"),
        high=_position(pl.col("high"), pl.lit(center), pl.lit(per_spread)) - pl.col("slot"),
    )
    # Counted from the slot's lower edge: from 0 the level would be a large number that a large slope takes back.
    table = ends.with_columns(first=first, behind=behind, rank_low=rank_low, rank_high=rank_high)
    is_empty = pl.col("first") >= pl.col("behind")
    rise = pl.col("high") - pl.col("low")
    flat = pl.when(is_empty).then(pl.col("first") * (2 * share)).when(rise < CLOSEST)
    slope = pl.when(is_empty | (rise < CLOSEST)).then(0.0).otherwise((pl.col("rank_high") - pl.col("rank_low")) / rise)
    level = flat.then((pl.col("rank_low") + pl.col("rank_high")) / 2).otherwise(
        pl.col("rank_low") - slope * pl.col("low")
    )
    learned = table.select(level=level, slope=slope)
    return learned["level"], learned["slope"]
