"""How long 52 weeks at once take, against one run: `scorewell backfill` and `scorewell run` over 10 million events.

    python benchmarks/backfill.py                        a million events of 2,000 customers: a look in a minute
    python benchmarks/backfill.py --events 10000000 --customers 20000      the size that the docs quote

Both are whole processes, from Python's start to the last byte: they read two years of events from Parquet, measure nine
metrics (counts, sums, distinct users, active days, a change, days since, in windows of 30 and 90 days), score everybody
and write the history, each into an empty one. The run also delivers its scores as Parquet. Before the pairs, once,
every week of the backfill is measured by a run's own means, and the metrics are asserted to be the same.

Printed are CPU and wall seconds and their ratios, the median of the pairs; the limit is 8.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from installed import SCOREWELL, Cost, cost, environment

AS_OF = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = 730
WEEKS = 52
LIMIT = 8.0
PROJECT = """\
version: 1
name: Backfill
sources:
  crm: {plugin: files, path: accounts.parquet, customer: account_id}
  usage: {plugin: files, path: events.parquet, customer: account_id, time: at}
customers: {source: crm}
metrics:
  active_days: {source: usage, measure: active_days, window: 30d}
  events: {source: usage, measure: count(*), window: 30d}
  events_change: {source: usage, measure: {type: change, of: count(*)}, window: 30d}
  exporters: {source: usage, measure: count(distinct user_id), where: feature = 'export', window: 90d}
  minutes: {source: usage, measure: sum(minutes), window: 30d}
  minutes_90d: {source: usage, measure: sum(minutes), window: 90d}
  silent: {source: usage, measure: days_since, better: lower}
  users: {source: usage, measure: count(distinct user_id), window: 30d}
  users_90d: {source: usage, measure: count(distinct user_id), window: 90d}
scorecards:
  standard:
    dimensions:
      usage:
        weight: 60
        metrics:
          active_days: {normalizer: {type: linear, from: 0, to: 20}}
          events: {normalizer: {type: linear, from: 0, to: 40}}
          events_change: {normalizer: {type: linear, from: -1, to: 0.2}}
          minutes: {normalizer: {type: linear, from: 0, to: 400}}
          minutes_90d: {normalizer: {type: linear, from: 0, to: 1200}}
      people:
        weight: 40
        metrics:
          exporters: {normalizer: {type: linear, from: 0, to: 10}}
          silent: {normalizer: {type: linear, from: 30, to: 0}}
          users: {normalizer: {type: linear, from: 0, to: 10}}
          users_90d: {normalizer: {type: linear, from: 0, to: 10}}
segments:
  everyone: {scorecard: standard}
sinks:
  - {plugin: parquet, path: out/}
"""


def made_up(folder: Path, events: int, customers: int) -> None:
    """Write the project and its two files: events in the order they happened, ten users a customer."""
    random = np.random.default_rng(20260302)
    (folder / "scorewell.yaml").write_text(PROJECT, encoding="utf-8")
    pl.DataFrame({"account_id": np.arange(customers, dtype=np.int64)}).write_parquet(folder / "accounts.parquet")
    features = pl.Series(["view", "edit", "share", "comment", "search", "export"], dtype=pl.String)
    account = random.integers(0, customers, events)
    at = np.sort(random.random(events)) * DAYS * 86_400
    begin = AS_OF.replace(tzinfo=None) - timedelta(days=DAYS) - datetime(1970, 1, 1)
    pl.DataFrame(
        {
            "account_id": account,
            "user_id": account * 10 + random.integers(0, 10, events),
            "minutes": random.gamma(2.0, 6.0, events).round(2),
            "at": pl.Series((at * 1e6).astype(np.int64)).cast(pl.Datetime("us")) + begin,
            "feature": features.gather(random.integers(0, len(features), events)),
        }
    ).write_parquet(folder / "events.parquet", row_group_size=500_000)


def proven(folder: Path) -> None:
    """Raise AssertionError where the metrics of any week are not, to the byte, those of a run of its own."""
    from scorewell.configuration import load
    from scorewell.metrics import metrics_as_of, metrics_over

    project = load(folder / "scorewell.yaml")
    moments = [AS_OF - timedelta(days=7 * week) for week in reversed(range(WEEKS))]
    for moment, table in zip(moments, metrics_over(project, moments), strict=True):
        alone = metrics_as_of(project, moment)
        assert table.frame.equals(alone.frame), moment
        assert table.findings == alone.findings, moment


def with_an_empty_history(command: list[str], folder: Path, variables: dict[str, str]) -> Cost:
    """What a command of the project takes that begins with no history."""
    for file in folder.glob("scorewell.db*"):
        file.unlink()
    return cost([SCOREWELL, "--quiet", *command], variables, folder)


def main() -> int:
    """Run the pairs and print what the docs quote. Exit code 1 where the limit is passed at the full size."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--events", type=int, default=1_000_000, help="how many events; 10000000 is the full size")
    parser.add_argument("--customers", type=int, default=2_000, help="how many customers; 20000 is the full size")
    parser.add_argument("--pairs", type=int, default=5, help="how many pairs")
    parser.add_argument("--unproven", action="store_true", help="do not compare the metrics before")
    options = parser.parse_args()
    run = ["run", "--as-of", f"{AS_OF:%Y-%m-%d}"]
    fill = ["backfill", "--from", f"{AS_OF - timedelta(days=7 * (WEEKS - 1)):%Y-%m-%d}", "--to", f"{AS_OF:%Y-%m-%d}"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "project"
        folder.mkdir()
        made_up(folder, options.events, options.customers)
        if not options.unproven:
            proven(folder)
        variables = environment(Path(name) / "compiled")
        print(f"{options.events:,} events of {options.customers:,} customers, {WEEKS} weeks, nine metrics")
        with_an_empty_history(run, folder, variables)
        pairs = []
        for _ in range(options.pairs):
            one, many = (with_an_empty_history(command, folder, variables) for command in (run, fill))
            pairs.append((one, many))
            print(
                f"run {one.cpu:6.2f} s CPU {one.clock:6.2f} s   backfill {many.cpu:6.2f} s CPU {many.clock:6.2f} s",
                flush=True,
            )
    for clock in ("clock", "cpu"):
        ratios = [getattr(many, clock) / getattr(one, clock) for one, many in pairs]
        ratio = statistics.median(ratios)
        print(f"{clock}: ratio {ratio:.1f} ({min(ratios):.1f} to {max(ratios):.1f}), limit {LIMIT:g}")
    return int(options.events >= 10_000_000 and ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
