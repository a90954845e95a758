"""The yardstick: what an expert writes who knows all the tricks, for the same columns with the same promises."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TypeVar

import polars as pl
from scoring_input import (
    COMPRESSION,
    DIMENSIONS,
    FURTHEST,
    GOOD,
    METRICS,
    NORMAL_P,
    NORMAL_Q,
    OK,
    SEGMENTS,
    WEIGHTS,
    Z90,
    dimension_whole,
    kind,
    members,
    metric_weight,
    of_kind,
)

SLOTS = 8191
Value = TypeVar("Value", pl.Series, pl.Expr)
Tables = dict[str, dict[str, pl.Series]]  # of each metric: the segments' tables, one behind the other


def segment_number() -> pl.Expr:
    return (
        pl.when(pl.col("plan") == "Enterprise")
        .then(pl.lit(0, pl.UInt32))
        .when(pl.col("plan") == "Mid-market")
        .then(pl.lit(1, pl.UInt32))
        .when(pl.col("plan") == "Small")
        .then(pl.lit(2, pl.UInt32))
        .otherwise(pl.lit(3, pl.UInt32))
    )


def fit(source: Path) -> Tables:
    names = [METRICS[number] for number in of_kind("percentile")]
    frame = (
        pl.scan_parquet(source)
        .filter("@active")
        .select(segment_number().alias("s"), *names)
        .collect(engine="streaming")
    )
    learned: dict[str, list[dict[str, pl.Series]]] = {name: [] for name in names}
    for s in range(4):
        part = frame.filter(pl.col("s") == s)
        for name in names:
            learned[name].append(table(part[name].filter(part[name].is_finite()).rechunk().sort()))
    return {
        name: {column: pl.concat([part[column] for part in parts]) for column in parts[0]}
        for name, parts in learned.items()
    }


def table(v: pl.Series) -> dict[str, pl.Series]:
    """The slots' ranks at their lower edge and the rise over them, from a segment's sorted values."""
    n = len(v)
    center = float(f"{v.median():.6g}")
    per_spread = float(f"{1.0 / (v.quantile(0.75, 'linear') - v.quantile(0.25, 'linear')):.6g}")
    slot = pl.int_range(SLOTS, eager=True).cast(pl.Float64)
    edge = pl.int_range(SLOTS + 1, eager=True).cast(pl.Float64) * (2.0 / SLOTS) - 1.0
    bounds = v.search_sorted(edge / (1.0 - edge.abs()) / per_spread + center, "left").cast(pl.Int64)
    first, behind = bounds.head(SLOTS), bounds.tail(SLOTS)
    low, high = v.gather(first.clip(0, n - 1)), v.gather((behind - 1).clip(0, n - 1))
    rl, rh = (
        (v.search_sorted(these, "left").cast(pl.Float64) + v.search_sorted(these, "right")) * (50.0 / n)
        for these in (low, high)
    )
    xl, xh = ((position((these - center) * per_spread) - slot) for these in (low, high))
    sides = pl.select(first=first, behind=behind, rl=rl, rh=rh, xl=xl, xh=xh).lazy()
    is_empty, is_one = pl.col("first") >= pl.col("behind"), pl.col("xh") - pl.col("xl") < 1e-4
    rise = (pl.col("rh") - pl.col("rl")) / (pl.col("xh") - pl.col("xl"))
    sides = sides.with_columns(slope=pl.when(is_empty | is_one).then(0.0).otherwise(rise))
    level = (
        pl.when(is_empty)
        .then(pl.col("first") / n * 100.0)
        .when(is_one)
        .then((pl.col("rl") + pl.col("rh")) / 2)
        .otherwise(pl.col("rl") - pl.col("slope") * pl.col("xl"))
    )
    learned = sides.select("slope", level=level).collect().to_dict()
    return learned | {"center": pl.Series([center]), "per_spread": pl.Series([per_spread])}


def position(z: Value) -> Value:
    return ((z * (1.0 / (z.abs() + 1.0)) + 1.0) * (SLOTS / 2)).clip(0, SLOTS - 1e-6)


def normalized(number: int, tables: Tables) -> pl.Expr:
    x = pl.col(METRICS[number])
    s = pl.col("s")
    match kind(number):
        case "linear":
            return (x * 10.0).clip(0, 100)
        case "steps":
            return pl.when(x < 0.2).then(0.0).when(x <= 0.6).then(50.0).when(x.is_not_null()).then(100.0)
        case "curve":
            z = (math.log(OK) - x.log()) * (Z90 / (math.log(OK) - math.log(GOOD)))
            a = z.abs().clip(0, FURTHEST)
            tail = (a * a * -0.5).exp() * polynomial(NORMAL_P, a) * (100.0 / polynomial(NORMAL_Q, a))
            return pl.when(x <= 0).then(100.0).when(z > 0).then(100.0 - tail).otherwise(tail)
        case _:
            table = tables[METRICS[number]]
            z = (x - pl.lit(table["center"]).gather(s)) * pl.lit(table["per_spread"]).gather(s)
            x = position(z)
            slot = x.cast(pl.UInt32, wrap_numerical=True)
            index = s * SLOTS + slot
            return (pl.lit(table["level"]).gather(index) + pl.lit(table["slope"]).gather(index) * (x - slot)).clip(
                0, 100
            )


def in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """To see that rows are sorted costs a tenth of sorting them."""
    return rows if rows["customer_id"].is_sorted() else rows.sort("customer_id")


def polynomial(coefficients: tuple[float, ...], x: pl.Expr) -> pl.Expr:
    result = x * coefficients[0] + coefficients[1]
    for coefficient in coefficients[2:]:
        result = result * x + coefficient
    return result


def score(source: Path, target: Path, tables: Tables) -> None:
    """What an expert writes who knows all the tricks, and produces the same columns with the same promises."""
    s = pl.col("s")

    weights: dict[str, pl.Expr] = {}  # each looked up once, as a column

    def weight(values: list[float]) -> pl.Expr:
        weights[f"w{values}"] = pl.lit(pl.Series(values)).gather(s)
        return pl.col(f"w{values}")

    w = [weight([metric_weight(number, segment) for segment in range(4)]) for number in range(20)]
    whole = [[dimension_whole(d, segment) for segment in range(4)] for d in range(5)]
    dw = [weight(list(WEIGHTS[name])) for name in DIMENSIONS]
    n = [pl.col(f"n{number}") for number in range(20)]
    wholes = [weight(values) for values in whole]
    q = pl.scan_parquet(source).map_batches(in_order, predicate_pushdown=False, projection_pushdown=False)
    q = q.with_columns(segment_number().alias("g"))
    q = q.with_columns(pl.when("@active").then(pl.col("g")).alias("s"))
    q = q.with_columns(*(normalized(number, tables).alias(f"n{number}") for number in range(20)), **weights)
    q = q.with_columns(
        pl.sum_horizontal([pl.when(n[i].is_not_null()).then(w[i]).otherwise(0.0) for i in members(d)]).alias(f"t{d}")
        for d in range(5)
    )
    totals = [1.0 / pl.when(pl.col(f"t{d}") > 0).then(pl.col(f"t{d}")) for d in range(5)]
    q = q.with_columns(
        *(
            (pl.sum_horizontal([(n[i] * w[i]).fill_null(0.0) for i in members(d)]) * totals[d]).alias(f"d{d}")
            for d in range(5)
        ),
        *((pl.col(f"t{d}") / wholes[d]).alias(f"c{d}") for d in range(5)),
    )
    d_ = [pl.col(f"d{d}") for d in range(5)]
    q = q.with_columns(
        pl.sum_horizontal([pl.when(d_[d].is_not_null()).then(dw[d]).otherwise(0.0) for d in range(5)]).alias("t"),
        (pl.sum_horizontal([pl.col(f"c{d}") * dw[d] for d in range(5)]) / 100.0).alias("coverage"),
    )
    t = 1.0 / pl.when(pl.col("t") > 0).then(pl.col("t"))
    q = q.with_columns(
        pl.when(pl.col("coverage") >= 0.5 - 1e-9)
        .then(pl.sum_horizontal([(d_[d] * dw[d]).fill_null(0.0) for d in range(5)]) * t)
        .alias("raw")
    )
    q = q.with_columns(
        ((((pl.col("raw") * 1e9).round() / 1e9) + 0.5).floor()).alias("score"),
        pl.when(pl.col("raw").is_not_null()).then(t).alias("f"),
    )
    q = q.with_columns((pl.col("f") * dw[d] * totals[d]).alias(f"f{d}") for d in range(5))
    score = pl.col("score")
    q = q.select(
        "customer_id",
        pl.lit(pl.Series(SEGMENTS)).gather(pl.col("g")).alias("segment"),
        "score",
        pl.when(score <= 40)
        .then(pl.lit("at_risk"))
        .when(score <= 70)
        .then(pl.lit("stable"))
        .when(score.is_not_null())
        .then(pl.lit("healthy"))
        .alias("band"),
        pl.when(~pl.col("@active"))
        .then(pl.lit("inactive"))
        .when(score.is_null())
        .then(pl.lit("insufficient_data"))
        .when(pl.col("coverage") < 1 - 1e-9)
        .then(pl.lit("partial"))
        .otherwise(pl.lit("scored"))
        .alias("status"),
        pl.col("coverage").round(9),
        pl.when(score.is_not_null()).then(100.0).alias("baseline"),
        *(pl.col(f"d{d}").round(9).alias(f"dimension.{name}") for d, name in enumerate(DIMENSIONS)),
        *(
            (pl.col(f"f{i // 4}") * w[i] * (n[i] - 100.0)).alias(f"contribution.{DIMENSIONS[i // 4]}.{METRICS[i]}")
            for i in range(20)
        ),
    )
    q.sink_parquet(target, compression=COMPRESSION)
