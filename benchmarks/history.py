"""How fast a run's scores get into a history, and one customer's scores out of it.

``python benchmarks/history.py`` writes a million scores with five dimensions, from the scores frame to the commit, into
SQLite and into a PostgreSQL server of its own; beside it

- a bare ADBC ingest of the same rows, ready made, into the same table with as many rows in it (to hold: 1.25 ×), and
- SQLAlchemy's executemany of the same rows (to hold: ours is at least 3 × as fast).

Sides run in turn, ``--pairs`` times; what is printed is the median. CPU is that of this process and of the server's.
``--stored 50000000`` instead reads the latest 12 scores of customers of whom there are so many scores (to hold: under
10 ms). Those rows are made inside the database, 100,000 customers a run, with the index built after them: it is more
compact than one that grew, and the rows of a customer are as far apart as they would be.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import attrs
import polars as pl
import sqlalchemy as sa

from scorewell.history import History, Reads, RunRecord, schema
from scorewell.history.rows import MOMENT

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.support import postgresql

DIMENSIONS = ("product_usage", "support", "relationship", "outcomes", "engagement")
AS_OF = datetime(2026, 1, 5, tzinfo=UTC)
FIRST_DAY = datetime(2024, 1, 1, tzinfo=UTC)
CUSTOMERS_A_RUN = 100_000
LATEST, LOOK_UPS = 12, 200


def frame(customers: int) -> pl.DataFrame:
    """A scores frame: its texts and numbers are as long as real ones."""
    number = pl.int_range(customers, dtype=pl.Int64)

    def among(seed: int, names: list[str]) -> pl.Expr:
        return pl.lit(pl.Series(names)).gather(number.hash(seed) % len(names))

    points = [((number.hash(seed) % 10**10) / 1e8).alias(f"dimension.{name}") for seed, name in enumerate(DIMENSIONS)]
    return pl.select(
        pl.format("customer-{}", number.cast(pl.String).str.zfill(8)).alias("customer_id"),
        pl.lit("health").alias("score_name"),
        among(1, ["enterprise", "mid_market", "small_business", "self_service"]).alias("segment"),
        among(2, ["onboarding", "mature"]).alias("stage"),
        (number.hash(7) % 101).cast(pl.Float64).alias("score"),
        among(3, ["at_risk", "stable", "healthy"]).alias("band"),
        among(4, ["scored", "partial"]).alias("status"),
        ((number.hash(8) % 1000) / 1000).alias("coverage"),
        pl.lit(100.0).alias("baseline"),
        *points,
        among(1, [digit * 16 for digit in "abcd"]).alias("scorecard"),
        among(1, [digit * 16 for digit in "1234"]).alias("line"),
    )


@attrs.define
class Side:
    """What one way of writing took, a round each: seconds by the clock, and of the CPU."""

    seconds: list[float] = attrs.field(factory=list)
    cpu: list[float] = attrs.field(factory=list)


def ticks_of(process: str) -> tuple[int, int]:
    """The parent of a process, and its CPU time with that of children that have ended."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[1]), sum(map(int, fields[11:15]))


def cpu_seconds(server: int | None) -> float:
    """CPU time of this process, and of the server with all its processes."""
    if server is None:
        return time.process_time()
    ticks = 0
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                parent, own = ticks_of(process.name)
            except OSError:
                continue
            ticks += own if server in (parent, int(process.name)) else 0
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def measured(side: Side, server: int | None) -> Iterator[None]:
    cpu, begun = cpu_seconds(server), time.perf_counter()
    yield
    side.seconds.append(time.perf_counter() - begun)
    side.cpu.append(cpu_seconds(server) - cpu)


def record(scores: pl.DataFrame, week: int) -> RunRecord:
    return RunRecord(
        run_id=f"{week:016x}",
        as_of=AS_OF + timedelta(weeks=week),
        configuration="c" * 16,
        document="version: 1\n",
        fit="{}",
        scores=scores,
        metrics=pl.DataFrame(),
    )


def ready_rows(history: History, week: int) -> pl.DataFrame:
    """The rows that a run of ours became, for another to write as those of another week."""
    with history.reading() as snapshot:
        stored = pl.concat([snapshot.scores([run]) for run in history.runs()[:1]])
    ids = pl.int_range(stored.height, dtype=pl.Int64) + week * schema.IDS_A_RUN
    moment = pl.lit(AS_OF + timedelta(weeks=week)).cast(MOMENT)
    changed = stored.with_columns(ids.alias("id"), pl.lit(week, pl.Int64).alias("run"), moment.alias("as_of"))
    return changed.select(schema.scores.c.keys())


def adbc(url: str) -> Callable[[pl.DataFrame], None]:
    """A bare ingest into table ``scores``: what is at hand for who needs no transaction of his own."""
    kind = "sqlite" if url.startswith("sqlite") else "postgresql"
    driver = import_module(f"adbc_driver_{kind}.dbapi")
    where = url.removeprefix("sqlite:///").replace("+psycopg", "")

    def ingest(rows: pl.DataFrame) -> None:
        with driver.connect(where) as connection, connection.cursor() as cursor:
            cursor.adbc_ingest("scores", rows.to_arrow(), mode="append")
            connection.commit()

    return ingest


def executemany(url: str) -> Callable[[pl.DataFrame], None]:
    def insert(rows: pl.DataFrame) -> None:
        with sa.create_engine(url).begin() as connection:
            for some in rows.iter_slices(20_000):
                connection.execute(sa.insert(schema.scores), some.to_dicts())

    return insert


def write(name: str, urls: list[str], server: int | None, customers: int, pairs: int) -> None:
    """Three stores with as many rows at any time, written to in turn, each in its own way."""
    scores = frame(customers)
    stores = [History.open(url, project="Benchmark", folder=Path()) for url in urls]
    for history in stores:
        with history.writing() as writer:
            writer.replace(record(scores, 0))
    ways = {"ADBC": adbc(urls[1]), "executemany": executemany(urls[2])}
    sides = {way: Side() for way in ("ours", *ways)}
    for week in range(1, pairs + 1):
        with measured(sides["ours"], server), stores[0].writing() as writer:
            writer.replace(record(scores, week))
        rows = ready_rows(stores[0], week + 1)
        for way, ingest in ways.items():
            given = rows
            if way == "ADBC" and server is None:
                given = rows.with_columns(pl.col("as_of").dt.epoch("us"))
            with measured(sides[way], server):
                ingest(given)
    for history in stores:
        history.close()
    print(f"{name}, {customers:,} scores, median of {pairs}:")
    for way, side in sides.items():
        line = f"  {way:12} {statistics.median(side.seconds):6.2f} s, CPU {statistics.median(side.cpu):6.2f} s"
        if way != "ours":
            clock, cpu = times(sides["ours"].seconds, side.seconds), times(sides["ours"].cpu, side.cpu)
            line += f"; ours ÷ this: {clock:.2f}, CPU {cpu:.2f}"
        print(line)


def times(ours: list[float], others: list[float]) -> float:
    """The median of the pairs' ratios."""
    return statistics.median(one / other for one, other in zip(ours, others, strict=True))


FILLED = """
insert into scores (id, run, customer_id, score_name, as_of, score, band, status, dimensions)
{numbers}
select (1 + n / {a_run}) * {ids} + mod(n, {a_run}), 1 + n / {a_run},
       'customer-' || substr({nine_digits}, 2), 'health', {as_of}, mod(n, 101), 'stable', 'scored', '{{}}'
from {source}
"""
IN_SQLITE = {
    "numbers": "with recursive numbers(n) as (select 0 union all select n + 1 from numbers where n + 1 < {count})",
    "nine_digits": "cast(100000000 + mod(n, {a_run}) as integer)",
    "as_of": "{first_day} + (n / {a_run}) * 86400000000",
    "source": "numbers",
}
IN_POSTGRESQL = {
    "numbers": "",
    "nine_digits": "(100000000 + mod(n, {a_run}))::text",
    "as_of": "timestamptz '2024-01-01 00:00+00' + (n / {a_run}) * interval '1 day'",
    "source": "generate_series(0, {count}::bigint - 1) as numbers(n)",
}


def filled(url: str, count: int) -> None:
    """So many scores, made inside the database, a run a day; the index is built after them."""
    first_day = int(FIRST_DAY.timestamp()) * 1_000_000
    facts = {"count": count, "a_run": CUSTOMERS_A_RUN, "first_day": first_day, "ids": schema.IDS_A_RUN}
    parts = IN_SQLITE if url.startswith("sqlite") else IN_POSTGRESQL
    statement = FILLED.format(**{name: part.format(**facts) for name, part in parts.items()}, **facts)
    [index] = schema.scores.indexes
    with sa.create_engine(url).begin() as connection:
        index.drop(connection)
        connection.exec_driver_sql(statement)
        index.create(connection)
    if not url.startswith("sqlite"):
        with sa.create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("vacuum analyze scores")


def look_up(name: str, url: str, count: int) -> None:
    history = History.open(url, project="Benchmark", folder=Path())
    few = frame(1)
    with history.writing() as writer:
        for day in range(count // CUSTOMERS_A_RUN):
            as_of = FIRST_DAY + timedelta(days=day)
            run = writer.replace(attrs.evolve(record(few, 0), as_of=as_of, run_id=f"{day:016x}"))
            writer.connection.execute(sa.delete(schema.scores).where(schema.of_run(schema.scores, run.number)))
    begun = time.perf_counter()
    filled(url, count)
    print(f"{name}, {count:,} scores stored (made in {time.perf_counter() - begun:.0f} s):")
    ways: dict[str, Callable[[], AbstractContextManager[Reads]]] = {
        "the history opened for each": lambda: History.open(url, project="Benchmark", folder=Path(), create=False),
        "an open history": lambda: nullcontext(history),
        "one transaction": lambda: nullcontext(snapshot),
    }
    for way, reads in ways.items():
        taken = []
        history.last_run()  # whatever is kept open is open
        with history.reading() as snapshot:
            for step in range(LOOK_UPS):
                customer = f"customer-{step * 7919 % CUSTOMERS_A_RUN:08}"
                begun = time.perf_counter()
                with reads() as reader:
                    found = reader.scores_of(customer, score_name="health", limit=LATEST)
                taken.append(time.perf_counter() - begun)
                assert found.height == min(LATEST, count // CUSTOMERS_A_RUN)
        median, slow = statistics.median(taken) * 1000, statistics.quantiles(taken, n=20)[-1] * 1000
        print(f"  the latest {LATEST} of a customer, {way}: {median:.1f} ms, 95 % under {slow:.1f} ms")
    history.close()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--customers", type=int, default=1_000_000)
    arguments.add_argument("--pairs", type=int, default=3)
    arguments.add_argument("--stored", type=int, help="read instead, of so many stored scores")
    arguments.add_argument("--only", choices=["sqlite", "postgresql"])
    given = arguments.parse_args()
    print(f"load {os.getloadavg()[0]:.1f}")
    if given.only != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            urls = [f"sqlite:///{folder}/{name}.db" for name in ("ours", "adbc", "executemany")]
            if given.stored:
                look_up("SQLite", urls[0], given.stored)
            else:
                write("SQLite", urls, None, given.customers, given.pairs)
    if given.only != "sqlite":
        with postgresql.running() as server:
            url = server.emptied()
            with sa.create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
                for name in ("ours", "adbc", "executemany"):
                    connection.exec_driver_sql(f"create database {name}")
                backend = connection.exec_driver_sql("select pg_backend_pid()").scalar_one()
                postmaster, _ = ticks_of(str(backend))
            urls = [url.replace("/postgres", f"/{name}") for name in ("ours", "adbc", "executemany")]
            if given.stored:
                look_up("PostgreSQL", urls[0], given.stored)
            else:
                write("PostgreSQL", urls, postmaster, given.customers, given.pairs)
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
