"""`scorewell explain CUSTOMER --since DATE`: a short story whose numbers add up as they are shown."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from tests.support.project_on_disk import USAGE, ProjectOnDisk

from scorewell.cli.exit_codes import ExitCode

NUMBER = re.compile(r"[-+]?[0-9.]+")
SINCE = ("explain", "Acme", "--since", "2026-02-22", "--as-of", "2026-03-01")


def document(project: ProjectOnDisk, *arguments: str) -> dict[str, Any]:
    result = project.scorewell(*arguments, "--json")
    assert result.exit_code == ExitCode.OK, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def remembered(project: ProjectOnDisk, day: str = "2026-02-22") -> None:
    assert project.scorewell("run", "--as-of", day).exit_code == ExitCode.OK


def less_use(project: ProjectOnDisk) -> None:
    """Rows that nobody had seen by the first run: 90 minutes become 50."""
    project.write("usage.csv", f"{USAGE}a1,2026-02-26,-40\n")


def test_the_points_on_the_screen_add_up(project: ProjectOnDisk) -> None:
    remembered(project)
    less_use(project)
    lines = project.scorewell(*SINCE).stdout.splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith("before  "))
    rows = [line.split() for line in lines[begin:]]
    points = [next(float(word) for word in row if NUMBER.fullmatch(word)) for row in rows]
    assert sum(points[:-1]) == pytest.approx(points[-1], abs=1e-9)
    assert (rows[0][0], rows[-1][0]) == ("before", "now")


def test_other_weights_are_told_beside_the_data(project: ProjectOnDisk) -> None:
    remembered(project)
    less_use(project)
    project.replace("scorewell.yaml", "weight: 60", "weight: 20")
    found = document(project, *SINCE)
    causes = {cause["kind"]: cause for cause in found["causes"]}
    assert found["before"]["source"] == "history"
    assert causes["weights"]["detail"] == "product_usage 60 → 20"
    assert causes["data"]["values"] == "90 → 50"
    total = sum(cause["points"] for cause in found["causes"])
    assert total == pytest.approx(found["after"]["score"] - found["before"]["score"], abs=1e-9)


def test_without_a_run_of_then_it_says_that_it_computed(project: ProjectOnDisk) -> None:
    result = project.scorewell(*SINCE)
    assert result.exit_code == ExitCode.OK
    assert "the history has no run of that moment" in result.stdout


def test_where_nothing_moved_it_says_as_before(project: ProjectOnDisk) -> None:
    remembered(project)
    assert ", as before" in project.scorewell(*SINCE).stdout


def test_a_day_that_is_not_before_is_refused(project: ProjectOnDisk) -> None:
    result = project.scorewell("explain", "Acme", "--since", "2026-03-01", "--as-of", "2026-03-01")
    assert result.exit_code != ExitCode.OK
    assert "expected the first to be before the second" in result.output
