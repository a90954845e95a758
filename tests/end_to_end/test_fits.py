"""Fits over whole runs: periods, pinned fits, and files that are not what they should be."""

from __future__ import annotations

import csv
import io

import pytest
from tests.support.project_on_disk import ProjectOnDisk

from scorewell.cli.exit_codes import ExitCode


@pytest.fixture
def compared(project: ProjectOnDisk) -> ProjectOnDisk:
    """Minutes are compared with those of the others; nobody has to answer anything."""
    project.replace("scorewell.yaml", "{normalizer: {type: linear, from: 0, to: 100}}", "{normalizer: percentile}")
    project.replace("scorewell.yaml", "    minimum_coverage: 30%\n", "    minimum_coverage: 30%\n    refit: monthly\n")
    return project


def scores(project: ProjectOnDisk, day: str) -> dict[str, tuple[str, str]]:
    """Each customer's rank among the others and the scorecard's fingerprint."""
    assert project.scorewell("run", "--as-of", day, "--quiet").exit_code == ExitCode.OK
    rows = csv.DictReader(io.StringIO(project.delivered()[f"csv/scores-{day}.csv"].decode()))
    return {row["customer_id"]: (row["normalized.product_usage.minutes"], row["scorecard"]) for row in rows}


def test_backfilled_runs_of_one_month_share_a_fit(compared: ProjectOnDisk) -> None:
    days = [scores(compared, day) for day in ("2026-03-01", "2026-03-02", "2026-03-31")]
    assert len({fingerprint for day in days for _, fingerprint in day.values()}) == 1
    assert scores(compared, "2026-02-28")["a1"][1] != days[0]["a1"][1]


def test_a_score_stays_where_others_improve_within_the_period(compared: ProjectOnDisk) -> None:
    before = scores(compared, "2026-03-01")
    with (compared.folder / "usage.csv").open("a") as usage:
        usage.write("b2,2026-03-02,5000\nc3,2026-03-03,5000\n")
    after = scores(compared, "2026-03-05")
    assert after["a1"] == before["a1"]
    assert float(after["b2"][0]) > float(before["b2"][0])
    compared.replace("scorewell.yaml", "    refit: monthly\n", "")
    assert float(scores(compared, "2026-03-05")["a1"][0]) < float(before["a1"][0])


def test_a_pinned_fit_is_asked_for_stored_and_used(compared: ProjectOnDisk) -> None:
    compared.replace("scorewell.yaml", "refit: monthly", "refit: never")
    refused = compared.scorewell("run")
    assert refused.exit_code == ExitCode.DATA
    assert "scorecard 'standard' says refit: never, and there is no fits/standard.json" in refused.stderr
    assert "try: scorewell fit --scorecard standard" in refused.stderr
    assert compared.scorewell("fit").exit_code == ExitCode.OK
    first = scores(compared, "2026-03-01")
    with (compared.folder / "usage.csv").open("a") as usage:
        usage.write("b2,2026-03-02,5000\nc3,2026-03-03,5000\n")
    assert scores(compared, "2026-03-05")["a1"] == first["a1"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"customers": 3', '"customers": 4', "fits/standard.json is damaged"),
        ('"format": 1', '"format": 7', "fits/standard.json has format 7"),
        ('"scorecard": "standard"', '"scorecard": "other"', "fits/standard.json is damaged"),
        ('"sha256"', '"sha"', "fits/standard.json is damaged"),
    ],
)
def test_a_changed_fit_stops_a_run_in_one_line(compared: ProjectOnDisk, old: str, new: str, said: str) -> None:
    compared.replace("scorewell.yaml", "refit: monthly", "refit: never")
    compared.scorewell("fit")
    compared.replace("fits/standard.json", old, new)
    result = compared.scorewell("run")
    assert result.exit_code == ExitCode.DATA
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert compared.delivered() == {}


def test_a_fit_of_another_project_stops_a_run(compared: ProjectOnDisk) -> None:
    compared.replace("scorewell.yaml", "refit: monthly", "refit: never")
    compared.scorewell("fit")
    compared.replace("scorewell.yaml", "name: Test Cloud", "name: Other Cloud")
    result = compared.scorewell("run")
    assert result.exit_code == ExitCode.DATA
    assert "is the fit of scorecard 'standard' of project 'Test Cloud', not of 'standard' of 'Other Cloud'" in (
        result.stderr
    )
