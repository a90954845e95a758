"""A history of weekly runs through the command line, on both stores: trend, band changes, late runs, rescoring."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from tests.support.project_on_disk import ProjectOnDisk

SUNDAYS = [str(date(2026, 2, 8) + timedelta(weeks=week)) for week in range(6)]  # the clocks change on 29 March
LAST = SUNDAYS[-1]


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, project: ProjectOnDisk) -> ProjectOnDisk:
    """The small project with a store of that kind, without pages."""
    url = "sqlite:///kept.db" if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    written = (project.folder / "scorewell.yaml").read_text()
    pages = written[written.index("  - {plugin: html") :]
    project.replace("scorewell.yaml", pages, "")
    project.replace("scorewell.yaml", "version: 1\n", f"version: 1\nhistory: {url}\n")
    return project


def run(project: ProjectOnDisk, *days: str) -> None:
    for day in days:
        told = project.scorewell("run", "--as-of", day, "--quiet")
        assert told.exit_code == 0, told.output


def frames(project: ProjectOnDisk) -> pl.DataFrame:
    """What was delivered of all runs, by customer and moment."""
    paths = sorted((project.folder / "out" / "parquet").glob("*.parquet"))
    return pl.concat([pl.read_parquet(path) for path in paths], how="diagonal_relaxed").sort("customer_id", "as_of")


def test_each_run_says_what_changed_since_the_one_before(kept: ProjectOnDisk) -> None:
    run(kept, *SUNDAYS)
    delivered = frames(kept)
    assert delivered.height == 3 * len(SUNDAYS)
    for _, weeks in delivered.group_by("customer_id"):
        rows = weeks.sort("as_of").to_dicts()
        assert [row["change"] for row in rows] == [None, *(b["score"] - a["score"] for a, b in pairwise(rows))]
        assert [row["days_in_band"] for row in rows] == days_in_band([row["band"] for row in rows])
        assert rows[-1]["change_30d"] == rows[-1]["score"] - rows[-5]["score"]  # four weeks
    assert delivered["slope"].drop_nulls().len() > 0


def days_in_band(bands: list[str]) -> list[int]:
    days: list[int] = []
    for week, band in enumerate(bands):
        days.append(days[-1] + 7 if week and bands[week - 1] == band else 0)
    return days


def test_text_files_have_the_columns_as_text(kept: ProjectOnDisk) -> None:
    run(kept, *SUNDAYS)
    (path,) = (kept.folder / "out" / "csv").glob(f"*{LAST}*.csv")
    with path.open() as lines:
        in_csv = {row["customer_id"]: row for row in csv.DictReader(lines)}
    (path,) = (kept.folder / "out" / "json").glob(f"*{LAST}*.json*")
    in_json = {row["customer_id"]: row for row in json_rows(path.read_text())}
    for row in frames(kept).filter(pl.col("as_of") == pl.col("as_of").max()).iter_rows(named=True):
        told, other = in_csv[row["customer_id"]], in_json[row["customer_id"]]
        assert (float(told["change"]), int(told["days_in_band"])) == (row["change"], row["days_in_band"])
        assert (other["change"], other["slope"]) == (row["change"], row["slope"])
        if row["last_transition"] is not None:
            assert told["last_transition"].startswith(f"{row['last_transition']:%Y-%m-%dT00:00:00}")


def json_rows(text: str) -> list[dict[str, Any]]:
    found = json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines()]
    return list(found)


def test_a_customer_that_changes_its_segment_neither_rises_nor_falls(kept: ProjectOnDisk) -> None:
    run(kept, *SUNDAYS[:2])
    kept.replace("accounts.csv", "b2,Globex,Large,20", "b2,Globex,Small,20")
    run(kept, SUNDAYS[2])
    rows = frames(kept).filter(pl.col("as_of") == pl.col("as_of").max())
    assert dict(rows.select("customer_id", "line_break").iter_rows()) == {"a1": None, "b2": "segment", "c3": None}
    (moved,) = rows.filter(customer_id="b2").to_dicts()
    assert (moved["change"], moved["days_in_band"]) == (None, 0)


def test_runs_in_any_order_end_with_the_same_bytes(kept: ProjectOnDisk) -> None:
    run(kept, *SUNDAYS)
    in_order = kept.delivered()
    for day in (LAST, *SUNDAYS[2:4]):  # runs again, of which two lie between others
        run(kept, day)
    run(kept, LAST)
    assert kept.delivered() == in_order


def test_hysteresis_holds_over_runs_and_rescoring_brings_it_to_the_past(kept: ProjectOnDisk) -> None:
    run(kept, *SUNDAYS)
    before = frames(kept)
    (kept.folder / "usage.csv").unlink()
    (kept.folder / "tickets.csv").unlink()
    kept.replace(
        "scorewell.yaml",
        "    minimum_coverage: 30%\n",
        "    minimum_coverage: 30%\n    hysteresis: {points: 29}\n",
    )
    told = json.loads(kept.scorewell("rescore", "--json").stdout)
    assert [each["changed"] for each in told["runs"]] == [0] * len(SUNDAYS)
    edges = {"at_risk": (-1, 69), "stable": (11, 99), "healthy": (41, 101)}
    expected = 0
    for _, weeks in before.group_by("customer_id"):
        current = None
        for row in weeks.sort("as_of").iter_rows(named=True):
            low, high = edges[current or row["band"]]
            current = current if current is not None and low <= row["score"] <= high else row["band"]
            expected += current != row["band"]
    assert sum(each["bands_changed"] for each in told["runs"]) == expected > 0
    assert kept.scorewell("rescore", "--json").stdout.count('"written": true') == 0
