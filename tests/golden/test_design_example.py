"""The configuration that the design shows: all of it is read, and its parts that have data here run."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from scorewell.configuration import load
from scorewell.discovery import Plugins
from scorewell.runner import RunResult, run

HERE = Path(__file__).parent / "design_example"
AS_OF = datetime(2026, 3, 1, tzinfo=ZoneInfo("Europe/Berlin"))


def test_all_that_the_design_shows_is_understood() -> None:
    project = load(HERE / "complete.yaml", environment={"WAREHOUSE": "sqlite://"})
    assert project.outcomes is not None
    assert project.history is not None
    assert list(project.stages) == ["onboarding", "mature"]


def usage() -> pl.DataFrame:
    """As of 1 March 2026 the window of 30 days begins on 30 January, and so does the one a year before.

    Of the enterprise customers a1 fell by a quarter and a7 by a fifth: 2.5 points below and above their median.
    """
    plan = {
        # subscription: days in the window, in the window a year before, minutes a day
        "s1": (15, 20, 40),
        "s2": (7, 0, 1),
        "s3": (4, 0, 25),
        "s7": (20, 25, 3),
    }
    rows = [
        (subscription, first + timedelta(days=day), minutes)
        for subscription, (now, before, minutes) in plan.items()
        for first, days in ((date(2026, 1, 30), now), (date(2025, 1, 30), before))
        for day in range(days)
    ]
    # What must not count: the day itself.
    rows.append(("s1", date(2026, 3, 1), 1000))
    schema = {"subscription_id": pl.String, "usage_date": pl.Date, "minutes": pl.Int32}
    return pl.DataFrame(rows, schema=schema, orient="row")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    folder = tmp_path_factory.mktemp("design") / "project"
    shutil.copytree(HERE, folder)
    (folder / "data" / "usage").mkdir()
    usage().write_parquet(folder / "data" / "usage" / "all.parquet")
    tickets = pl.read_csv(folder / "data" / "tickets.csv")
    with sqlite3.connect(folder / "support.sqlite") as database:
        database.execute(
            "create table tickets (account_id text, submitted_at timestamp, closed_at timestamp, priority text,"
            " satisfaction_score integer)"
        )
        database.executemany("insert into tickets values (?, ?, ?, ?, ?)", tickets.rows())
    database.close()
    text = (folder / "scorewell.yaml").read_text(encoding="utf-8")
    # SQLite has no schemas.
    (folder / "scorewell.yaml").write_text(text.replace("support.tickets", "tickets"), encoding="utf-8")
    plugins = Plugins.installed()
    environment = {"WAREHOUSE": f"sqlite:///{folder / 'support.sqlite'}"}
    return run(load(folder / "scorewell.yaml", plugins=plugins, environment=environment), as_of=AS_OF, plugins=plugins)


EXPECTED = pl.read_csv(HERE / "expected.csv", infer_schema_length=None)


@pytest.mark.parametrize("column", EXPECTED.columns[1:])
def test_the_example_gives_the_rows_worked_out_by_hand(finished: RunResult, column: str) -> None:
    found = dict(finished.scores.select("customer_id", column).iter_rows())
    wanted = dict(EXPECTED.select("customer_id", column).iter_rows())
    assert found == {
        name: pytest.approx(value, abs=1e-9) if isinstance(value, float) else value for name, value in wanted.items()
    }


def test_its_sinks_deliver(finished: RunResult) -> None:
    assert finished.failures == ()
    folder = finished.configuration.folder / "out"
    assert len(list((folder / "scores").rglob("*.parquet"))) == 1
    assert len(list((folder / "reports").rglob("*.html"))) >= 5
