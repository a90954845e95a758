"""What its past costs a run: `scorewell run` with weeks of everybody's scores behind it, against one with none.

    python benchmarks/looking_back.py                          100,000 customers: a look in a minute
    python benchmarks/looking_back.py --customers 1000000      the size that the docs quote; 4 GB of disk

Both are whole processes of one project, from Python's start to the commit: they measure three metrics, score everybody
and write the scores. One writes into an empty history and is the yardstick: all that a run does but look back. The
other has ``--weeks`` weekly runs behind it, written by `scorewell backfill`, and each pair is a week later. Nothing is
delivered.

Printed are wall and CPU seconds (of PostgreSQL, without the server's), the greatest memory, and the ratios, the median
of the pairs; the limit is 2.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import attrs
import numpy as np
import polars as pl
from installed import SCOREWELL, Cost, cost, environment

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.support import postgresql

FIRST = date(2026, 1, 5)
LIMIT = 2.0
ROWS_A_CUSTOMER = 3
PROJECT = """\
version: 1
name: Past
history: {history}
sources:
  crm: {{plugin: files, path: accounts.parquet, customer: account_id}}
  usage: {{plugin: files, path: usage.parquet, customer: account_id, time: at}}
customers: {{source: crm}}
metrics:
  sessions: {{source: usage, measure: count(*), window: 90d}}
  minutes: {{source: usage, measure: sum(minutes), window: 90d}}
  silent: {{source: usage, measure: days_since, better: lower}}
scorecards:
  standard:
    dimensions:
      usage:
        weight: 60
        metrics:
          sessions: {{normalizer: {{type: linear, from: 0, to: 3}}}}
          minutes: {{normalizer: {{type: linear, from: 0, to: 300}}}}
      presence:
        weight: 40
        metrics:
          silent: {{normalizer: {{type: linear, from: 120, to: 0}}}}
segments:
  everyone: {{scorecard: standard}}
"""


def made_up(folder: Path, customers: int, weeks: int) -> None:
    """Write the two files: what customers did in half a year before the first run, and in the weeks of the runs."""
    random = np.random.default_rng(20260105)
    ids = pl.format("customer-{}", pl.int_range(customers, dtype=pl.Int64).cast(pl.String).str.zfill(8))
    accounts = pl.select(ids.alias("account_id"))
    accounts.write_parquet(folder / "accounts.parquet")
    count = customers * ROWS_A_CUSTOMER
    since = datetime.combine(FIRST, datetime.min.time()) - timedelta(days=180)
    seconds = random.integers(0, (180 + 7 * weeks) * 86_400, count)
    pl.DataFrame(
        {
            "account_id": accounts["account_id"].gather(random.integers(0, customers, count)),
            "at": pl.Series(seconds * 1_000_000).cast(pl.Duration("us")) + since,
            "minutes": random.gamma(2.0, 60.0, count).round(2),
        }
    ).write_parquet(folder / "usage.parquet")


def with_history(folder: Path, history: str, variables: dict[str, str], *command: str) -> Cost:
    """What a command of the project takes, whose history is there."""
    (folder / "scorewell.yaml").write_text(PROJECT.format(history=history), encoding="utf-8")
    return cost([SCOREWELL, "--quiet", *command], variables, folder)


def pairs(folder: Path, histories: tuple[str, str], weeks: int, count: int) -> Iterator[tuple[Cost, Cost]]:
    """Runs with nothing and with the weeks behind them, the first of a pair changing with each."""
    variables = environment(folder / "compiled")
    kept, empty = histories
    until = FIRST + timedelta(weeks=weeks - 1)
    with_history(folder, kept, variables, "backfill", "--from", str(FIRST), "--to", str(until))
    for number in range(count):
        as_of = ("run", "--as-of", str(until + timedelta(weeks=1 + number)))
        sides = [empty.format(number=number), kept]
        costs = [with_history(folder, url, variables, *as_of) for url in (sides[::-1] if number % 2 else sides)]
        alone, followed = costs[::-1] if number % 2 else costs
        yield alone, followed


@contextmanager
def stores(kind: str, count: int) -> Iterator[tuple[str, str]]:
    """The URL of a history, and those of empty ones, by number."""
    if kind == "sqlite":
        yield "sqlite:///kept.db", "sqlite:///empty-{number}.db"
        return
    import sqlalchemy as sa

    with postgresql.running() as server:
        url = server.emptied()
        with sa.create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
            for name in ("kept", *(f"empty_{number}" for number in range(count))):
                connection.exec_driver_sql(f"create database {name}")
        yield url.replace("/postgres", "/kept"), url.replace("/postgres", "/empty_{number}")


def told(what: str, costs: list[Cost]) -> None:
    clock, cpu, memory = (
        statistics.median(getattr(each, field.name) for each in costs) for field in attrs.fields(Cost)
    )
    print(f"  {what:24} {clock:6.1f} s by the clock, {cpu:6.1f} s of CPU, {memory:4.1f} GB")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--customers", type=int, default=100_000)
    arguments.add_argument("--weeks", type=int, default=13)
    arguments.add_argument("--pairs", type=int, default=3)
    arguments.add_argument("--store", choices=["sqlite", "postgresql"], default="sqlite")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name, stores(given.store, given.pairs) as histories:
        made_up(Path(name), given.customers, given.weeks + given.pairs)
        alone, followed = zip(*pairs(Path(name), histories, given.weeks, given.pairs), strict=True)
    print(f"{given.store}, {given.customers:,} customers, {given.pairs} pairs, load {os.getloadavg()[0]:.1f}")
    told("with nothing behind it", list(alone))
    told(f"with {given.weeks} weeks behind it", list(followed))
    for what in ("clock", "cpu", "memory"):
        ratios = sorted(getattr(one, what) / getattr(other, what) for one, other in zip(followed, alone, strict=True))
        print(f"  {what:6} {statistics.median(ratios):.2f} ({ratios[0]:.2f}-{ratios[-1]:.2f}) times as much")
    print(f"  the limit of the clock is {LIMIT}")


if __name__ == "__main__":
    main()
