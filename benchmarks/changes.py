"""How long it takes to say why the scores of a year changed, week by week.

``python benchmarks/changes.py --customers 500`` scores 500 customers by 20 metrics in 52 weeks, in which every metric
of everybody moves and a few are missing, and prints the sum over the 51 pairs of weeks: by the clock, and CPU seconds,
which a busy machine changes less. A quarter of the metrics stand under a minimum and a quarter under a geometric mean,
where all that moved acts together; a third are percentiles, learned anew every week.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from itertools import pairwise

import polars as pl

from scorewell.configuration.model import (
    Adjustment,
    Band,
    Customers,
    Dimension,
    Metric,
    Project,
    Scorecard,
    ScoredMetric,
    Segment,
)
from scorewell.scoring import Side, changes, fit
from scorewell_standard.aggregators import GeometricMean, Minimum, WeightedAverage
from scorewell_standard.normalizers import Linear, Percentile

WEEKS, METRICS = 52, 20
NAMES = [f"metric_{number:02}" for number in range(METRICS)]


def project() -> Project:
    """Four dimensions of five metrics each."""
    aggregators = (WeightedAverage(), Minimum(), WeightedAverage(), GeometricMean())
    line, rank = Linear(from_=0.0, to=100.0), Percentile()
    dimensions = {
        f"dimension_{number}": Dimension(
            aggregator=aggregator,
            metrics={
                name: ScoredMetric(normalizer=rank if position % 3 == 0 else line)
                for position, name in enumerate(NAMES[number * 5 : number * 5 + 5])
            },
        )
        for number, aggregator in enumerate(aggregators)
    }
    card = Scorecard(
        aggregator=WeightedAverage(),
        dimensions=dimensions,
        adjustments=(Adjustment(at_most=60.0, because="capped"),),
        bands=(Band(name="all", up_to=100.0),),
    )
    return Project(
        name="benchmark",
        sources={},
        customers=Customers(source="crm"),
        metrics={name: Metric() for name in NAMES},
        scorecards={"card": card},
        segments={"all": Segment(scorecard="card")},
    )


def weeks(customers: int) -> Iterator[Side]:
    """Week after week; three values of a hundred are missing."""
    of = project()
    row = pl.int_range(customers, eager=True).alias("row").to_frame()
    for week in range(WEEKS):
        values = {
            name: pl.when((pl.col("row") * 101 + week).hash(number) % 100 >= 3).then(
                ((pl.col("row") * 31 + week).hash(number + 100) % 10_000) / 100
            )
            for number, name in enumerate(NAMES)
        }
        ids = pl.format("C{}", pl.col("row").cast(pl.String).str.zfill(8)).alias("customer_id")
        metrics = row.select(ids, **values)
        fitted = fit(of, metrics)
        yield Side(fitted=fitted, metrics=metrics, scores=fitted.score(metrics.lazy()).collect())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=500)
    customers = parser.parse_args().customers
    clock = cpu = 0.0
    causes = 0
    for before, after in pairwise(weeks(customers)):
        started, used = time.perf_counter(), time.process_time()
        causes += len(changes(before, after))
        clock += time.perf_counter() - started
        cpu += time.process_time() - used
    told = f"{customers:,} customers, {WEEKS} weeks, {METRICS} metrics, {causes:,} causes"
    print(f"{told}: {clock:.1f} s by the clock, {cpu:.1f} s of CPU")


if __name__ == "__main__":
    main()
