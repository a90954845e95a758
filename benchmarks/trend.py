"""How long the trend and the transitions of a run take, with the scores of the weeks before at hand.

``python benchmarks/trend.py --customers 1000000`` makes 13 weekly scores a customer (``--weeks``) and prints the median
of three rounds: by the clock, and CPU seconds, which a busy machine changes less. What the history takes to read them
is no part of it: ``looking_back.py`` measures a whole run.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from scorewell.scoring import PAST_SCORES, Past
from scorewell.scoring.readings import Readings
from scorewell.scoring.transitions import transitions_of
from scorewell.scoring.trend import trend_of

WEEKS, ROUNDS = 13, 3
NOW = datetime(2026, 4, 6, tzinfo=ZoneInfo("Europe/Berlin"))


def week(customers: int, number: int) -> pl.DataFrame:
    """The scores of so many weeks ago: every customer wanders about a level of its own."""
    moment = (NOW.replace(tzinfo=None) - timedelta(weeks=number)).replace(tzinfo=NOW.tzinfo)
    ids = pl.DataFrame({"row": pl.int_range(customers, eager=True)})
    level, step = pl.col("row").hash(7) % 70, (pl.col("row") * 31 + number).hash(11) % 31
    score = (level + step).cast(pl.Float64)
    band = pl.when(score <= 40).then(pl.lit("at_risk")).when(score <= 70).then(pl.lit("stable"))
    return ids.select(
        customer_id=pl.format("C{}", pl.col("row").cast(pl.String).str.zfill(8)),
        score_name=pl.lit("health"),
        as_of=pl.lit(moment).dt.convert_time_zone("Europe/Berlin"),
        score=score,
        band=band.otherwise(pl.lit("healthy")),
        segment=pl.lit("smb"),
        stage=pl.lit(None, pl.String),
        line=pl.lit("0123456789abcdef"),
        baseline=pl.lit(100.0),
    )


def rounds(customers: int, weeks: int) -> Iterator[tuple[float, float]]:
    """Seconds by the clock and of the CPU, round by round."""
    stored = [week(customers, number).select(PAST_SCORES.names()) for number in range(1, weeks + 1)]
    scores = pl.concat(frame.with_columns(pl.col("as_of").dt.convert_time_zone("UTC")) for frame in stored)
    past, now = Past(scores=scores), week(customers, 0)
    for _ in range(ROUNDS):
        clock, cpu = time.perf_counter(), time.process_time()
        readings = Readings.of(now, past)
        trend_of(now, readings, past)
        transitions_of(now, readings)
        yield time.perf_counter() - clock, time.process_time() - cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--weeks", type=int, default=WEEKS)
    asked = parser.parse_args()
    clock, cpu = (statistics.median(times) for times in zip(*rounds(asked.customers, asked.weeks), strict=True))
    print(f"{asked.customers:,} customers, {asked.weeks} weeks before: {clock:.2f} s by the clock, {cpu:.2f} s of CPU")


if __name__ == "__main__":
    main()
