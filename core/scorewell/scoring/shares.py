"""How what several metrics did together is shared between them.

Each has its Shapley value (L. S. Shapley, A Value for n-Person Games, 1953), computed over all of their combinations
while they are few. Of more, one that adds the same when it alone moves as when it moves last acts by itself, and the
combinations are of the others. Of many that act together, and where a combination has no score, each has the mean of
one order and its reverse.
"""

from __future__ import annotations

from math import factorial

import polars as pl

from scorewell.scoring.features import Features
from scorewell.scoring.walk import AT, CUSTOMER, POINTS, VALUE, deltas

__all__ = ["shares"]

MOST_TOGETHER = 6
"""Of more features that act together the values are not computed over all combinations, which are 2 to that power."""
_SAME = 1e-9
_MASK, _COUNT, _REVERSED, _ALONE, _LAST = "@mask", "@count", "@reversed", "@alone", "@last"


def shares(features: Features, start: pl.Series, end: pl.Series) -> pl.DataFrame:
    """``CUSTOMER``, ``AT`` (the position of a feature that moved) and its points, which add up to what the customer's
    new data come to (``end``) less what the old ones did (``start``); where ``end`` is null, to the last score on the
    way."""
    effects = _effects(features, start, end)
    is_alone = (pl.col(_ALONE) - pl.col(_LAST)).abs() <= _SAME
    whole = pl.lit(end - start).gather(pl.col(CUSTOMER))
    by_customer = effects.group_by(CUSTOMER).agg(
        pl.len().alias("@moved"),
        (~is_alone).sum().alias(_COUNT),
        (pl.col(_ALONE).is_null() | pl.col(_LAST).is_null()).any().alias("@unknown"),
        ((pl.col(_ALONE).sum() - whole.first()).abs() <= _SAME).alias("@adds_up"),
    )
    is_known, few = ~pl.col("@unknown"), pl.col(_COUNT).is_between(2, MOST_TOGETHER)
    # Of three, alone and last are all combinations that there are; of four and more, some lie in between.
    are_seen = ~pl.col("@moved").is_between(4, MOST_TOGETHER)
    are_apart = is_known & (pl.col(_COUNT) == 0) & pl.col("@adds_up") & are_seen
    apart = by_customer.filter(are_apart)
    all_together = by_customer.filter(is_known & ~are_apart & (pl.col("@moved") <= MOST_TOGETHER))
    some_together = by_customer.filter(is_known & (pl.col("@moved") > MOST_TOGETHER) & few)
    own = effects.filter(is_alone).select(CUSTOMER, AT, pl.col(_ALONE).alias(POINTS))
    together = pl.concat([_of(effects, all_together), _of(effects.filter(~is_alone), some_together)])
    shared = pl.concat([_shapley_values(features, together), _of(own, some_together)])
    proven = shared.group_by(CUSTOMER).agg(
        # Null where a combination has no score; and metrics that seem to act by themselves may not.
        (pl.col(POINTS).is_not_null().all() & ((pl.col(POINTS).sum() - whole.first()).abs() <= _SAME)).alias("@adds_up")
    )
    shared = _of(shared, proven.filter("@adds_up"))
    told = pl.concat([_of(own, apart), shared])
    rest = effects.join(told.select(CUSTOMER).unique(), on=CUSTOMER, how="anti")
    return pl.concat([told, _in_two_orders(features, rest, start)])


def _of(points: pl.DataFrame, customers: pl.DataFrame) -> pl.DataFrame:
    return points.join(customers, on=CUSTOMER, how="semi")


def _effects(features: Features, start: pl.Series, end: pl.Series) -> pl.DataFrame:
    """What each feature of a customer adds when it alone moves, and when it moves last."""
    rows = []
    for position, (name, moved) in enumerate(features.moved.items()):
        mine = features.both.filter(moved)
        at = pl.lit(position, pl.Int64).alias(AT)
        rows.append(features.rows(mine, name.__eq__, at, _is_last(last=False)))
        rows.append(features.rows(mine, name.__ne__, at, _is_last(last=True)))
    if not rows:
        return pl.DataFrame(schema={CUSTOMER: pl.UInt32, AT: pl.Int64, _ALONE: pl.Float64, _LAST: pl.Float64})
    scored = features.scored(pl.concat(rows), AT, "@is_last")
    alone, without = (scored.filter(pl.col("@is_last") == is_last) for is_last in (False, True))
    both = alone.join(without, on=[CUSTOMER, AT], suffix="_without", maintain_order="left")
    return both.select(
        CUSTOMER,
        AT,
        (pl.col(VALUE) - pl.lit(start).gather(pl.col(CUSTOMER))).alias(_ALONE),
        (pl.lit(end).gather(pl.col(CUSTOMER)) - pl.col(f"{VALUE}_without")).alias(_LAST),
    )


def _is_last(*, last: bool) -> pl.Expr:
    return pl.lit(last).alias("@is_last")


# -- few that act together -------------------------------------------------------------------------------------------


def _shapley_values(features: Features, together: pl.DataFrame) -> pl.DataFrame:
    """Of features (``CUSTOMER, AT``), while the customer's others stay as they were; null where a combination has no
    score."""
    empty = pl.DataFrame(schema={CUSTOMER: pl.UInt32, AT: pl.Int64, POINTS: pl.Float64})
    if together.is_empty():
        return empty
    ranked = (
        together.select(CUSTOMER, AT)
        .sort(CUSTOMER, AT)
        .with_columns(_power_of_two(pl.int_range(pl.len()).over(CUSTOMER)).alias("@bit"))
    )
    positions = ranked.get_column(AT).unique().sort().to_list()
    bits = {position: f"@bit.{position}" for position in positions}
    customers = ranked.group_by(CUSTOMER).agg(pl.len().cast(pl.Int64).alias(_COUNT))
    for position, column in bits.items():
        mine = ranked.filter(pl.col(AT) == position).select(CUSTOMER, pl.col("@bit").alias(column))
        customers = customers.join(mine, on=CUSTOMER, how="left")
    masks = pl.DataFrame({_MASK: pl.int_range(2**MOST_TOGETHER, eager=True)})
    subsets = customers.join(masks, how="cross").filter(pl.col(_MASK) < _power_of_two(pl.col(_COUNT)))
    rows = subsets.join(features.both, on=CUSTOMER)
    by_name = dict(zip(features.columns, (bits.get(place) for place in range(len(features.columns))), strict=True))

    def is_new(name: str) -> pl.Expr | bool:
        column = by_name[name]
        return False if column is None else _has(column)

    kept = [_MASK, _COUNT, *bits.values()]
    scored = features.scored(features.rows(rows, is_new, *map(pl.col, kept)), *kept)
    points = scored.group_by(CUSTOMER).agg(
        *((_weight(column) * pl.col(VALUE)).sum().alias(str(position)) for position, column in bits.items()),
        pl.col(VALUE).is_null().any().alias("@unknown"),
    )
    long = points.unpivot(index=[CUSTOMER, "@unknown"], variable_name=AT, value_name=POINTS).select(
        CUSTOMER, pl.col(AT).cast(pl.Int64), pl.when(~pl.col("@unknown")).then(pl.col(POINTS)).alias(POINTS)
    )
    return ranked.select(CUSTOMER, AT).join(long, on=[CUSTOMER, AT], how="left", maintain_order="left")


def _power_of_two(exponent: pl.Expr) -> pl.Expr:
    powers = pl.Series([2**power for power in range(MOST_TOGETHER + 1)], dtype=pl.Int64)
    return pl.lit(powers).gather(exponent)


def _has(bit: str) -> pl.Expr:
    return (pl.col(_MASK) & pl.col(bit)).fill_null(0) != 0


def _weight(bit: str) -> pl.Expr:
    """With what a combination's score counts in a feature's value: s! (n − s − 1)! / n! of the s others in it, with the
    feature positive, without it negative."""
    size = MOST_TOGETHER + 1
    table = [
        factorial(others) * factorial(count - others - 1) / factorial(count) if others < count else None
        for count in range(size)
        for others in range(size)
    ]
    has = _has(bit)
    others = pl.col(_MASK).bitwise_count_ones().cast(pl.Int64) - has.cast(pl.Int64)
    weight = pl.lit(pl.Series(table, dtype=pl.Float64)).gather(pl.col(_COUNT) * size + others)
    return pl.when(pl.col(bit).is_not_null()).then(pl.when(has).then(weight).otherwise(-weight))


# -- many that act together ------------------------------------------------------------------------------------------


def _in_two_orders(features: Features, moved: pl.DataFrame, start: pl.Series) -> pl.DataFrame:
    """The mean of one order of the features (``CUSTOMER, AT``) and its reverse."""
    empty = pl.DataFrame(schema={CUSTOMER: pl.UInt32, AT: pl.Int64, POINTS: pl.Float64})
    if moved.is_empty():
        return empty
    names = list(features.columns)
    rows = []
    for position in range(len(names)):
        mine = features.both.join(moved.filter(pl.col(AT) == position).select(CUSTOMER), on=CUSTOMER, how="semi")
        at = pl.lit(position, pl.Int64).alias("@feature")
        earlier, later = frozenset(names[: position + 1]), frozenset(names[position:])
        for is_reversed, renewed in ((False, earlier), (True, later)):
            rows.append(features.rows(mine, renewed.__contains__, at, pl.lit(is_reversed).alias(_REVERSED)))
    walked = features.scored(pl.concat(rows), "@feature", _REVERSED)
    both = [
        walked.filter(pl.col(_REVERSED) == is_reversed).with_columns(at.alias(AT))
        for is_reversed, at in ((False, pl.col("@feature")), (True, len(names) - 1 - pl.col("@feature")))
    ]
    return (
        pl.concat([deltas(each, start) for each in both])
        .group_by(CUSTOMER, "@feature", maintain_order=True)
        .agg((pl.col(POINTS).sum() / 2).alias(POINTS))
        .rename({"@feature": AT})
    )
