"""Fit and score against the best hand-written polars query, DuckDB and pandas: Parquet to Parquet, CPU seconds.

    python benchmarks/scoring.py [--customers 1000000] [--pairs 9] [--others]

20 metrics × 4 segments with different weights; 5 dimensions; every metric has missing values. Each pair runs both sides
in fresh processes, in turn, and takes their CPU seconds and peak memory; the outputs are compared value by value.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

SEGMENTS = ("enterprise", "mid_market", "small", "self_serve")
DIMENSIONS = ("usage", "support", "relationship", "outcomes", "payment")
WEIGHTS = {  # dimension weights by segment
    "usage": (50.0, 40.0, 30.0, 60.0),
    "support": (20.0, 25.0, 25.0, 10.0),
    "relationship": (15.0, 10.0, 20.0, 5.0),
    "outcomes": (10.0, 15.0, 15.0, 5.0),
    "payment": (5.0, 10.0, 10.0, 20.0),
}
METRICS = tuple(f"m{number:02}" for number in range(20))
COLUMNS = (
    "customer_id",
    "segment",
    "score",
    "band",
    "status",
    "coverage",
    "baseline",
    *(f"dimension.{name}" for name in DIMENSIONS),
    *(f"contribution.{DIMENSIONS[number // 4]}.{metric}" for number, metric in enumerate(METRICS)),
)


def kind(number: int) -> str:
    """Of the four metrics of a dimension two are lines; the others steps, curves and percentiles."""
    return ("linear", "linear", "steps" if number % 8 < 4 else "curve", "percentile" if number != 3 else "linear")[
        number % 4
    ]


def metric_weight(number: int, segment: int) -> float:
    return float((number * 7 + segment * 3) % 5 + 1)


def make_input(path: Path, customers: int) -> None:
    """Metrics with different distributions, 5 % missing each, from a fixed seed."""
    frame = pl.DataFrame({"number": pl.int_range(customers, eager=True)})

    def uniform(seed: int) -> pl.Expr:
        return (pl.col("number").hash(seed) // 2048).cast(pl.Float64) / float(1 << 53)

    columns = []
    for number, name in enumerate(METRICS):
        u = uniform(number + 1)
        value = {"linear": u * 12 - 1, "steps": u, "curve": (u * 6 - 2).exp(), "percentile": (-u.log()) * 30}[
            kind(number)
        ]
        columns.append(pl.when(uniform(number + 101) >= 0.05).then(value).alias(name))
    frame.select(
        pl.format("C{}", pl.col("number").cast(pl.String).str.zfill(9)).alias("customer_id"),
        pl.lit(pl.Series(["Enterprise", "Mid-market", "Small", "Self-serve"]))
        .gather((uniform(99) * 4).floor().cast(pl.UInt32))
        .alias("plan"),
        *columns,
        pl.lit(value=True).alias("@active"),
    ).write_parquet(path)


# -- the framework ---------------------------------------------------------------------------------------------------


def project():
    from scorewell.api.v1 import Column, Condition, Normalizer
    from scorewell.configuration.model import (
        Band,
        Customers,
        Dimension,
        Metric,
        Project,
        Scorecard,
        ScoredMetric,
        Segment,
    )
    from scorewell_standard.aggregators import WeightedAverage
    from scorewell_standard.normalizers import Curve, Linear, Percentile, Steps

    def normalizer(number: int) -> Normalizer:
        match kind(number):
            case "linear":
                return Linear(from_=0.0, to=10.0)
            case "steps":
                return Steps(steps={"< 0.2": 0.0, "<= 0.6": 50.0, "else": 100.0})
            case "curve":
                return Curve(good=1.0, ok=4.0)
            case _:
                return Percentile()

    def scorecard(segment: int) -> Scorecard:
        return Scorecard(
            aggregator=WeightedAverage(),
            bands=(
                Band(name="at_risk", up_to=40.0),
                Band(name="stable", up_to=70.0),
                Band(name="healthy", up_to=100.0),
            ),
            dimensions={
                name: Dimension(
                    weight=WEIGHTS[name][segment],
                    aggregator=WeightedAverage(),
                    metrics={
                        METRICS[number]: ScoredMetric(
                            weight=metric_weight(number, segment), normalizer=normalizer(number)
                        )
                        for number in range(position * 4, position * 4 + 4)
                    },
                )
                for position, name in enumerate(DIMENSIONS)
            },
        )

    conditions = ("plan = 'Enterprise'", "plan = 'Mid-market'", "plan = 'Small'", None)
    return Project(
        name="benchmark",
        sources={},
        customers=Customers(source="crm", attributes=(Column("plan"),)),
        metrics={name: Metric() for name in METRICS},
        scorecards={name: scorecard(position) for position, name in enumerate(SEGMENTS)},
        segments={
            name: Segment(when=None if sql is None else Condition(sql), scorecard=name)
            for name, sql in zip(SEGMENTS, conditions, strict=True)
        },
    )


def scorewell_fit(source: Path) -> object:
    from scorewell.scoring import fit

    return fit(project(), pl.scan_parquet(source))


def scorewell_score(source: Path, target: Path, fitted: object) -> None:
    fitted.score(pl.scan_parquet(source), finite=True).select(COLUMNS).sink_parquet(target)  # type: ignore[attr-defined]


# -- the yardstick ---------------------------------------------------------------------------------------------------

SLOTS = 8191


def by_hand_segment() -> pl.Expr:
    return (
        pl.when(pl.col("plan") == "Enterprise")
        .then(pl.lit(0, pl.UInt32))
        .when(pl.col("plan") == "Mid-market")
        .then(pl.lit(1, pl.UInt32))
        .when(pl.col("plan") == "Small")
        .then(pl.lit(2, pl.UInt32))
        .otherwise(pl.lit(3, pl.UInt32))
    )


def by_hand_fit(source: Path) -> dict[str, dict[str, pl.Series]]:
    """The percentile tables of four segments, concatenated."""
    names = [name for number, name in enumerate(METRICS) if kind(number) == "percentile"]
    frame = (
        pl.scan_parquet(source)
        .filter("@active")
        .select(by_hand_segment().alias("s"), *names)
        .collect(engine="streaming")
    )
    tables: dict[str, dict[str, pl.Series]] = {}
    for name in names:
        parts = []
        for segment in range(4):
            v = pl.col("v")
            rows = frame.lazy().filter((pl.col("s") == segment) & pl.col(name).is_finite())
            values = rows.select(pl.col(name).sort().alias("v")).collect().lazy()
            q = v.quantile(0.75, "linear") - v.quantile(0.25, "linear")
            center, per_spread = (
                float(f"{x:.12g}")
                for x in values.select(v.median().round_sig_figs(6).alias("c"), (1.0 / q).round_sig_figs(6).alias("q"))
                .collect()
                .row(0)
            )
            z = (v - center) * per_spread
            position = ((z * (1.0 / (z.abs() + 1.0)) + 1.0) * (SLOTS / 2)).clip(0, SLOTS - 1e-6)
            slots = pl.int_range(SLOTS, dtype=pl.Int32)
            slot = position.floor().cast(pl.Int32)
            n = v.len()
            first, behind = slot.search_sorted(slots, side="left"), slot.search_sorted(slots, side="right")
            low, high = first.clip(0, n - 1), (behind.cast(pl.Int64) - 1).clip(0, n - 1)

            def rank(index: pl.Expr, v: pl.Expr = v, n: pl.Expr = n) -> pl.Expr:
                these = v.gather(index)
                return (v.search_sorted(these, "left").cast(pl.Float64) + v.search_sorted(these, "right")) / n * 50.0

            xl, xh, rl, rh = position.gather(low) - slots, position.gather(high) - slots, rank(low), rank(high)
            slope = pl.when((first >= behind) | (xh - xl < 1e-4)).then(0.0).otherwise((rh - rl) / (xh - xl))
            level = (
                pl.when(first >= behind)
                .then(first / n * 100.0)
                .when(xh - xl < 1e-4)
                .then((rl + rh) / 2)
                .otherwise(rl - slope * xl)
            )
            table = values.select(level.alias("level"), slope.alias("slope")).collect()
            parts.append(table.with_columns(pl.lit(center).alias("center"), pl.lit(per_spread).alias("per_spread")))
        tables[name] = {
            "level": pl.concat([part["level"] for part in parts]),
            "slope": pl.concat([part["slope"] for part in parts]),
            "center": pl.Series([part["center"][0] for part in parts]),
            "per_spread": pl.Series([part["per_spread"][0] for part in parts]),
        }
    return tables


def by_hand_normalized(number: int, tables: dict[str, dict[str, pl.Series]]) -> pl.Expr:
    x = pl.col(METRICS[number])
    s = pl.col("s")
    match kind(number):
        case "linear":
            return (x * 10.0).clip(0, 100)
        case "steps":
            return pl.when(x < 0.2).then(0.0).when(x <= 0.6).then(50.0).when(x.is_not_null()).then(100.0)
        case "curve":
            import math

            from scorewell_standard.normalizers.curves import _P, _Q, _Z90, _polynomial

            z = (math.log(4.0) - x.log()) * (_Z90 / (math.log(4.0) - math.log(1.0)))
            a = z.abs().clip(0, 7.07)
            tail = (a * a * -0.5).exp() * _polynomial(_P, a) * (100.0 / _polynomial(_Q, a))
            return pl.when(x <= 0).then(100.0).when(z > 0).then(100.0 - tail).otherwise(tail)
        case _:
            table = tables[METRICS[number]]
            z = (x - pl.lit(table["center"]).gather(s)) * pl.lit(table["per_spread"]).gather(s)
            position = ((z * (1.0 / (z.abs() + 1.0)) + 1.0) * (SLOTS / 2)).clip(0, SLOTS - 1e-6)
            slot = position.cast(pl.UInt32)
            index = s * SLOTS + slot
            return (
                pl.lit(table["level"]).gather(index) + pl.lit(table["slope"]).gather(index) * (position - slot)
            ).clip(0, 100)


def by_hand_score(source: Path, target: Path, tables: dict[str, dict[str, pl.Series]]) -> None:
    """What an expert writes who knows all the tricks, and produces the same columns with the same promises."""
    s = pl.col("s")

    def weight(values: list[float]) -> pl.Expr:
        return pl.lit(pl.Series(values)).gather(s)

    w = [weight([metric_weight(number, segment) for segment in range(4)]) for number in range(20)]
    whole = [
        [sum(metric_weight(number, segment) for number in range(d * 4, d * 4 + 4)) for segment in range(4)]
        for d in range(5)
    ]
    dw = [weight(list(WEIGHTS[name])) for name in DIMENSIONS]
    n = [pl.col(f"n{number}") for number in range(20)]
    q = pl.scan_parquet(source).with_columns(by_hand_segment().alias("g"))
    q = q.with_columns(pl.when("@active").then(pl.col("g")).alias("s"))
    q = q.with_columns(by_hand_normalized(number, tables).alias(f"n{number}") for number in range(20))
    q = q.with_columns(
        pl.sum_horizontal(
            [pl.when(n[i].is_not_null()).then(w[i]).otherwise(0.0) for i in range(d * 4, d * 4 + 4)]
        ).alias(f"t{d}")
        for d in range(5)
    )
    totals = [1.0 / pl.when(pl.col(f"t{d}") > 0).then(pl.col(f"t{d}")) for d in range(5)]
    q = q.with_columns(
        *(
            (pl.sum_horizontal([n[i] * w[i] for i in range(d * 4, d * 4 + 4)]) * totals[d]).alias(f"d{d}")
            for d in range(5)
        ),
        *((pl.col(f"t{d}") / weight(whole[d])).alias(f"c{d}") for d in range(5)),
    )
    d_ = [pl.col(f"d{d}") for d in range(5)]
    q = q.with_columns(
        pl.sum_horizontal([pl.when(d_[d].is_not_null()).then(dw[d]).otherwise(0.0) for d in range(5)]).alias("t"),
        (pl.sum_horizontal([pl.col(f"c{d}") * dw[d] for d in range(5)]) / 100.0).alias("coverage"),
    )
    t = 1.0 / pl.when(pl.col("t") > 0).then(pl.col("t"))
    q = q.with_columns(
        pl.when(pl.col("coverage") >= 0.5 - 1e-9)
        .then(pl.sum_horizontal([d_[d] * dw[d] for d in range(5)]) * t)
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
    q.sort("customer_id").sink_parquet(target)


# -- measuring -------------------------------------------------------------------------------------------------------


def measured(side: str, source: Path, target: Path) -> dict[str, float]:
    """In this process: CPU seconds of fit and of score, and the peak memory in MB."""
    fit: Callable[[Path], object] = {"scorewell": scorewell_fit, "by_hand": by_hand_fit}[side]
    score: Callable[..., None] = {"scorewell": scorewell_score, "by_hand": by_hand_score}[side]
    if side == "scorewell":
        project()  # imports are paid before the clock starts, on both sides
    else:
        from scorewell_standard.normalizers import curves  # noqa: F401
    start = time.process_time()
    fitted = fit(source)
    middle = time.process_time()
    score(source, target, fitted)
    end = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"fit": middle - start, "score": end - middle, "both": end - start, "memory": peak}


def in_process(side: str, source: Path, target: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--side", side, "--source", str(source), "--target", str(target)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def compare(left: Path, right: Path) -> float:
    """The largest difference of any number; raises where anything else differs."""
    a, b = pl.read_parquet(left), pl.read_parquet(right)
    numbers = [name for name, dtype in a.schema.items() if dtype.is_float()]
    others = [name for name in a.columns if name not in numbers]
    if not a.select(others).equals(b.select(others)):
        raise SystemExit("the two sides differ in " + ", ".join(n for n in others if not a[n].equals(b[n])))
    for name in numbers:
        if not (a[name].is_null() == b[name].is_null()).all():
            raise SystemExit(f"the two sides differ in what is missing of {name}")
    return max((a[name] - b[name]).abs().max() or 0.0 for name in numbers)  # type: ignore[type-var]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=9)
    parser.add_argument("--others", action="store_true", help="also DuckDB and pandas")
    parser.add_argument("--side", help=argparse.SUPPRESS)
    parser.add_argument("--source", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--target", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.side:
        print(json.dumps(measured(arguments.side, arguments.source, arguments.target)))
        return
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "metrics.parquet")
        make_input(source, arguments.customers)
        ours, theirs = Path(folder, "scorewell.parquet"), Path(folder, "by_hand.parquet")
        pairs = []
        for number in range(arguments.pairs):
            order = ("scorewell", "by_hand") if number % 2 else ("by_hand", "scorewell")
            results = {side: in_process(side, source, ours if side == "scorewell" else theirs) for side in order}
            pairs.append((results["scorewell"], results["by_hand"]))
        difference = compare(ours, theirs)
        print(f"{arguments.customers:,} customers, {arguments.pairs} pairs; largest difference {difference:.1e}")
        print(f"{'':10}{'scorewell':>12}{'by hand':>12}{'ratio: median':>16}{'min':>8}{'max':>8}")
        for what in ("fit", "score", "both", "memory"):
            ratios = sorted(a[what] / b[what] for a, b in pairs)
            mine = statistics.median(a[what] for a, _ in pairs)
            other = statistics.median(b[what] for _, b in pairs)
            unit = "MB" if what == "memory" else "s"
            median = statistics.median(ratios)
            print(
                f"{what:10}{mine:>10.2f} {unit}{other:>9.2f} {unit}{median:>15.3f}{ratios[0]:>9.3f}{ratios[-1]:>8.3f}"
            )


if __name__ == "__main__":
    main()
