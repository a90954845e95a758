"""``scorewell backfill`` on a small project."""

from __future__ import annotations

import json

import pytest
from tests.support.project_on_disk import ProjectOnDisk

FILL = ("backfill", "--from", "2026-02-01", "--to", "2026-03-01")


def test_every_moment_is_a_line_and_the_end_counts_them(project: ProjectOnDisk) -> None:
    told = project.scorewell(*FILL)
    assert told.exit_code == 0
    lines = told.stdout.splitlines()
    assert [line.split()[0] for line in lines if line.endswith("stored") and not line.endswith("already stored")][
        :5
    ] == [
        "2026-02-01",
        "2026-02-08",
        "2026-02-15",
        "2026-02-22",
        "2026-03-01",
    ]
    assert lines[-1] == "5 moments stored"
    assert project.delivered() == {}


def test_the_same_command_goes_on(project: ProjectOnDisk) -> None:
    project.scorewell("backfill", "--from", "2026-02-01", "--to", "2026-02-10", "--quiet")
    assert project.scorewell(*FILL).stdout.splitlines()[-1] == "3 moments stored, 2 already stored"
    assert project.scorewell(*FILL, "--again").stdout.splitlines()[-1] == "5 moments stored"


def test_months_and_days_are_those_of_the_calendar(project: ProjectOnDisk) -> None:
    told = project.scorewell("backfill", "--from", "2025-12-31", "--to", "2026-04-01", "--every", "month", "--json")
    assert [each["as_of"] for each in json.loads(told.stdout)["moments"]] == [
        "2025-12-31T00:00:00+01:00",
        "2026-01-31T00:00:00+01:00",
        "2026-02-28T00:00:00+01:00",
        "2026-03-31T00:00:00+02:00",
    ]


def test_a_dry_run_says_so(project: ProjectOnDisk) -> None:
    told = project.scorewell(*FILL, "--dry-run")
    assert told.stdout.splitlines()[-1] == "Dry run: 5 moments scored, nothing was written"
    assert not (project.folder / "scorewell.db").exists()


def test_failed_metrics_end_with_the_code_for_data(project: ProjectOnDisk) -> None:
    (project.folder / "usage.csv").unlink()
    told = project.scorewell(*FILL)
    assert told.exit_code == 4
    assert "metric minutes failed at 5 moments" in told.stdout


@pytest.mark.parametrize("order", [("2026-03-01", "2026-02-01")])
def test_an_end_before_the_beginning_is_refused(project: ProjectOnDisk, order: tuple[str, str]) -> None:
    told = project.scorewell("backfill", "--from", order[0], "--to", order[1])
    assert told.exit_code == 2
    assert "is before" in told.stderr


def test_a_project_without_a_history_is_refused(project: ProjectOnDisk) -> None:
    project.replace("scorewell.yaml", "version: 1\n", "version: 1\nhistory: none\n")
    told = project.scorewell(*FILL)
    assert told.exit_code == 8
    assert "history: none" in told.stderr
