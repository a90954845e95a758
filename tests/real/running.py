"""Running a project over real data, once for all tests of a session, and comparing what came out with what must."""

from __future__ import annotations

import math
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import polars as pl

from scorewell.configuration import Project, load
from scorewell.runner import RunResult, run

HERE = Path(__file__).parent


@attrs.frozen(eq=False)
class RealRun:
    """A project's folder, outside the checkout, and what its run came to.

    ``scores`` has everybody; ``delivered`` differs only where reports for everybody would take too long.
    """

    folder: Path
    project: Project
    scores: pl.DataFrame
    result: RunResult
    delivered: RunResult

    def metric(self, name: str) -> pl.DataFrame:
        """``customer_id`` and ``value``."""
        return self.scores.select("customer_id", value=f"metric.{name}")

    def findings(self, where: str) -> dict[str, int | None]:
        """What was said of a table: each finding's id with its count."""
        return {found.id: found.count for found in self.result.findings if found.where == where}


def run_real(name: str, day: str, into: Path, data: Path, customers: Sequence[str] | None = None) -> RealRun:
    """Run ``tests/real/<name>`` as of 00:00 local of ``day``; ``customers`` for whom to deliver, default all."""
    folder = into / name
    shutil.copytree(HERE / name, folder)
    project = load(folder / "scorewell.yaml", environment={"SCOREWELL_TEST_DATA": str(data)})
    as_of = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(project.timezone))
    if customers is None:
        result = delivered = run(project, as_of=as_of)
    else:
        result = run(project, as_of=as_of, dry_run=True)
        delivered = run(project, as_of=as_of, customers=customers)
    return RealRun(folder, project, result.scores, result, delivered)


def assert_same(ours: pl.DataFrame, theirs: pl.DataFrame, tolerance: float = 1e-9) -> None:
    """Both have ``customer_id`` and ``value``: the same customers, the same nulls, the same values.

    ``tolerance`` is relative above 1 and absolute below; texts must be equal.
    """
    both = ours.join(theirs.select("customer_id", expected="value"), on="customer_id", how="full", coalesce=True)
    assert both.height == ours.height == theirs.height
    if both.schema["value"] == pl.String:
        wrong = both.filter(pl.col("value").ne_missing(pl.col("expected")))
    else:
        expected = pl.col("expected").cast(pl.Float64)
        apart = (pl.col("value") - expected).abs() > tolerance * pl.max_horizontal(1.0, expected.abs())
        wrong = both.filter((pl.col("value").is_null() != expected.is_null()) | apart.fill_null(value=False))
    assert wrong.is_empty(), wrong


def for_everybody(customers: pl.DataFrame, measured: pl.DataFrame, without_rows: float | None) -> pl.DataFrame:
    """``measured`` (``customer_id``, ``value``), and the value without rows for those it does not have."""
    joined = customers.select("customer_id").join(measured, on="customer_id", how="left")
    if without_rows is None:
        return joined
    absent = ~pl.col("customer_id").is_in(measured["customer_id"].implode())
    return joined.with_columns(value=pl.when(absent).then(without_rows).otherwise(pl.col("value")))


def half_up(value: float, digits: int = 0) -> float:
    """A score as it is printed."""
    return math.floor(round(value, 9) * 10**digits + 0.5) / 10**digits


def within(value: float) -> float:
    """Points, limited to 0 to 100."""
    return min(100.0, max(0.0, value))


def curve(value: float, good: float, ok: float) -> float:
    """Points on the log-normal curve through (good, 90) and (ok, 50)."""
    if value <= 0:
        return 100.0 if good < ok else 0.0
    z = 1.2815515655446004 * (math.log(ok) - math.log(value)) / (math.log(ok) - math.log(good))
    return 50 * (1 + math.erf(z / math.sqrt(2)))
