"""Fit and score against the best hand-written polars query, DuckDB and pandas: Parquet to Parquet, CPU seconds.

    python benchmarks/scoring.py [--customers 1000000] [--pairs 9] [--others]

Each pair runs all sides in fresh processes, in turn, two threads each, and takes their CPU seconds and peak memory;
the outputs are compared value by value. The job is ``scoring_input.py``, each side a file of its own.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
from scoring_input import CONTRIBUTIONS, METRICS, kind, make_input

OURS = "scorewell"
BY_HAND = "by_hand"
OTHERS = {"duckdb": 1.5, "pandas": 2.5}  # at least so many times our CPU seconds
THREADS = 2
EXACT = 2e-9  # sums in another order, a rounding to nine decimals on either side of an edge
OF_A_TABLE = 0.05  # points of a metric: our percentiles come from a table, the others' are exact ranks

Measured = dict[str, float]


def measured(side: str, source: Path, target: Path) -> Measured:
    """In this process: CPU seconds of fit and of score, and the peak memory in MB.

    Imports are paid before the clock starts. The others fit and score in one.
    """
    job = importlib.import_module(f"scoring_{side}")
    start = time.process_time()
    fitted = (job.fit(source),) if hasattr(job, "fit") else ()
    middle = time.process_time()
    job.score(source, target, *fitted)
    end = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"fit": middle - start, "score": end - middle, "both": end - start, "memory": peak}


def in_process(side: str, source: Path, target: Path) -> Measured:
    command = [sys.executable, __file__, "--side", side, "--source", str(source), "--target", str(target)]
    threads = {"POLARS_MAX_THREADS": str(THREADS), "OMP_NUM_THREADS": str(THREADS)}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=os.environ | threads)
    return json.loads(done.stdout)


def compared(left: Path, right: Path, tolerance: float) -> str:
    """The largest difference of any number, in words; raises where anything differs that may not.

    Numbers that a percentile enters may differ by ``tolerance``, the others by ``EXACT``. The printed score is
    compared unrounded, as baseline plus contributions: around the edge of a rounding it may be the next one.
    """
    a, b = pl.read_parquet(left), pl.read_parquet(right)
    b = b.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
    if a.schema != b.schema:
        raise SystemExit(f"{right.stem} writes other columns: {b.schema}")
    unrounded = (pl.col("baseline") + pl.sum_horizontal(CONTRIBUTIONS)).alias("unrounded")
    next_score = (a["score"] - b["score"]).abs()
    moved = int((next_score > 0).sum())
    a, b = a.with_columns(unrounded).drop("score"), b.with_columns(unrounded).drop("score")
    if tolerance > EXACT:
        is_same = (next_score == 0).fill_null(value=True)
        if (next_score > 1).any() or (is_same & a["band"].ne_missing(b["band"])).any():
            raise SystemExit(f"{right.stem} differs in more than the rounding of a score")
        a, b = a.drop("band"), b.drop("band")
    elif moved:
        raise SystemExit(f"{right.stem} differs in {moved} scores")
    percentiles = {name for number, name in enumerate(CONTRIBUTIONS) if kind(number) == "percentile"}
    largest = 0.0
    for name, dtype in a.schema.items():
        if not dtype.is_float():
            if not a[name].equals(b[name]):
                raise SystemExit(f"{right.stem} differs in {name}")
            continue
        if not a[name].is_null().equals(b[name].is_null()):
            raise SystemExit(f"{right.stem} differs in what is missing of {name}")
        is_exact = name in ("coverage", "baseline") or name in set(CONTRIBUTIONS) - percentiles
        difference = (a[name] - b[name]).abs().max() or 0.0
        if not difference <= (EXACT if is_exact else tolerance):
            raise SystemExit(f"{right.stem} differs in {name} by {difference:.1e}")
        largest = max(largest, difference)
    unrounded_difference = (a["unrounded"] - b["unrounded"]).abs().max() or 0.0
    return (
        f"largest difference {largest:.1e}, of an unrounded score {unrounded_difference:.1e}; "
        f"{moved:,} scores are the next one"
    )


def print_pair(rounds: list[dict[str, Measured]]) -> None:
    print(f"{'':10}{'scorewell':>12}{'by hand':>12}{'ratio: median':>16}{'min':>8}{'max':>8}")
    for what in ("fit", "score", "both", "memory"):
        ratios = sorted(sides[OURS][what] / sides[BY_HAND][what] for sides in rounds)
        mine, other = (statistics.median(sides[side][what] for sides in rounds) for side in (OURS, BY_HAND))
        unit = "MB" if what == "memory" else "s"
        print(
            f"{what:10}{mine:>9.2f} {unit:2}{other:>9.2f} {unit:2}"
            f"{statistics.median(ratios):>16.3f}{ratios[0]:>8.3f}{ratios[-1]:>8.3f}"
        )


def print_others(rounds: list[dict[str, Measured]]) -> None:
    print(f"\n{'both':10}{'CPU':>12}{'memory':>12}{'× scorewell':>16}{'min':>8}{'max':>8}{'wanted':>9}")
    for side, wanted in OTHERS.items():
        ratios = sorted(sides[side]["both"] / sides[OURS]["both"] for sides in rounds)
        seconds, memory = (statistics.median(sides[side][what] for sides in rounds) for what in ("both", "memory"))
        print(
            f"{side:10}{seconds:>9.2f} s {memory:>9.0f} MB"
            f"{statistics.median(ratios):>16.2f}{ratios[0]:>8.2f}{ratios[-1]:>8.2f}{wanted:>9.1f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
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
    sides = [OURS, BY_HAND, *(OTHERS if arguments.others else ())]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "metrics.parquet")
        make_input(source, arguments.customers)
        targets = {side: Path(folder, f"{side}.parquet") for side in sides}
        rounds = []
        for number in range(arguments.pairs):
            turned = sides[number % len(sides) :] + sides[: number % len(sides)]
            rounds.append({side: in_process(side, source, targets[side]) for side in turned})
        print(
            f"{arguments.customers:,} customers × {len(METRICS)} metrics, {arguments.pairs} pairs, {THREADS} threads; "
            f"load of the machine {os.getloadavg()[0]:.1f}"
        )
        for side in sides[1:]:
            print(f"{side}: {compared(targets[OURS], targets[side], OF_A_TABLE if side in OTHERS else EXACT)}")
    print_pair(rounds)
    if arguments.others:
        print_others(rounds)


if __name__ == "__main__":
    main()
