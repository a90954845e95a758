"""The job that all sides of ``scoring.py`` do: its input, its weights, its normalizers, the columns that it writes.

20 metrics × 4 segments with different weights; 5 dimensions; every metric has missing values.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

SEGMENTS = ("enterprise", "mid_market", "small", "self_serve")
PLANS = ("Enterprise", "Mid-market", "Small", "Self-serve")  # the column that decides the segment; the last is "else"
DIMENSIONS = ("usage", "support", "relationship", "outcomes", "payment")
WEIGHTS = {  # dimension weights by segment
    "usage": (50.0, 40.0, 30.0, 60.0),
    "support": (20.0, 25.0, 25.0, 10.0),
    "relationship": (15.0, 10.0, 20.0, 5.0),
    "outcomes": (10.0, 15.0, 15.0, 5.0),
    "payment": (5.0, 10.0, 10.0, 20.0),
}
BANDS = {"at_risk": 40.0, "stable": 70.0, "healthy": 100.0}  # up to and with
METRICS = tuple(f"m{number:02}" for number in range(20))
CONTRIBUTIONS = tuple(f"contribution.{DIMENSIONS[number // 4]}.{metric}" for number, metric in enumerate(METRICS))
COLUMNS = (
    "customer_id",
    "segment",
    "score",
    "band",
    "status",
    "coverage",
    "baseline",
    *(f"dimension.{name}" for name in DIMENSIONS),
    *CONTRIBUTIONS,
)
# DuckDB's and pandas' own default; zstd gains nothing on numbers like these and costs all sides the same again.
COMPRESSION = "snappy"

GOOD, OK = 1.0, 4.0  # of the curves: log-normal, 90 at good and 50 at ok
Z90 = 1.2815515655446004  # the normal quantile of 0.9
# G. West, Better Approximations to Cumulative Normal Functions, Wilmott 2005: Φ(−x) = exp(−x²/2)·P(x)/Q(x) for x ≥ 0,
# the highest power first. None of the tools has the normal distribution of itself.
NORMAL_P = (
    3.52624965998911e-02,
    0.700383064443688,
    6.37396220353165,
    33.912866078383,
    112.079291497871,
    221.213596169931,
    220.206867912376,
)
NORMAL_Q = (
    8.83883476483184e-02,
    1.75566716318264,
    16.064177579207,
    86.7807322029461,
    296.564248779674,
    637.333633378831,
    793.826512519948,
    440.413735824752,
)
FURTHEST = 7.07  # beyond it the rest is 0 in double precision


def kind(number: int) -> str:
    """Of the four metrics of a dimension two are lines; the others steps, curves and percentiles."""
    return ("linear", "linear", "steps" if number % 8 < 4 else "curve", "percentile" if number != 3 else "linear")[
        number % 4
    ]


def of_kind(name: str) -> tuple[int, ...]:
    return tuple(number for number in range(20) if kind(number) == name)


def metric_weight(number: int, segment: int) -> float:
    return float((number * 7 + segment * 3) % 5 + 1)


def dimension_whole(dimension: int, segment: int) -> float:
    """The sum of the weights of a dimension's metrics, what is there or not."""
    return sum(metric_weight(number, segment) for number in members(dimension))


def members(dimension: int) -> range:
    return range(dimension * 4, dimension * 4 + 4)


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
        pl.lit(pl.Series(PLANS)).gather((uniform(99) * 4).floor().cast(pl.UInt32)).alias("plan"),
        *columns,
        pl.lit(value=True).alias("@active"),
    ).write_parquet(path)
