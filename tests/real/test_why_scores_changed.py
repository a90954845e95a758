"""A year of weekly scores of two companies: for every account and week the causes of its change add up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from tests.real.running import HERE

from scorewell.configuration import load
from scorewell.discovery import Plugins
from scorewell.replay import scored_over
from scorewell.scoring import Side, changes, gained_and_lost

WEEKS = 52
KEYS = ["customer_id", "score_name"]


def weekly(name: str, day: str, data: Path) -> Iterator[Side]:
    project = load(HERE / name / "scorewell.yaml", environment={"SCOREWELL_TEST_DATA": str(data)})
    last = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(project.timezone))
    plugins = Plugins.installed()
    moments = [last - timedelta(weeks=week) for week in range(WEEKS)]
    for scored in scored_over(project, moments, plugins=plugins, hooks=plugins.hooks()):
        metrics = scored.metrics
        yield Side(
            fitted=scored.fitted,
            metrics=metrics.frame,
            scores=scored.scores,
            failed=metrics.failed,
            stale=metrics.stale,
        )


@pytest.mark.parametrize(
    ("name", "day", "kinds"),
    [
        ("churnsim_b2b_a", "2023-06-01", {"data", "population", "placement", "adjustment", "rounding"}),
        ("ravenstack", "2024-07-01", {"data", "missing", "returned", "population", "placement", "adjustment"}),
    ],
)
def test_for_every_account_and_week_the_causes_add_up(name: str, day: str, kinds: set[str], test_data: Path) -> None:
    compared, told, before = 0, set[str](), None
    for after in weekly(name, day, test_data):
        if before is not None:
            causes = changes(before, after)
            both = before.scores.join(after.scores, on=KEYS, suffix="_after")
            both = both.drop_nulls(["score", "score_after"])
            sums = causes.group_by(KEYS).agg(pl.col("points").sum())
            gap = pl.col("score_after") - pl.col("score") - pl.col("points").fill_null(0.0)
            assert both.join(sums, on=KEYS, how="left").select(gap.abs().max()).item() < 1e-9
            assert "versions" not in causes["name"]
            # Whoever is not compared is told apart.
            apart = gained_and_lost(before, after)
            assert both.join(apart, on=KEYS, how="semi").is_empty()
            scored = before.scores.drop_nulls("score").height + after.scores.drop_nulls("score").height
            assert scored == 2 * both.height + apart.height
            compared, told = compared + both.height, told | set(causes["kind"])
        before = after
    assert compared > 5000
    assert kinds <= told
