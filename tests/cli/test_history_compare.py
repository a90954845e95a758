"""`scorewell history compare`: another product's scores held against ours."""

from __future__ import annotations

import json

import pytest
from tests.support.project_on_disk import ProjectOnDisk

from scorewell.cli.exit_codes import ExitCode


@pytest.fixture
def moved_from(project: ProjectOnDisk) -> ProjectOnDisk:
    """A project with a run, and with what another product said two days before and a year before."""
    assert project.scorewell("run", "--as-of", "2026-03-01", "--quiet").exit_code == ExitCode.OK
    rows = ["customer_id,date,score,band", "a1,2026-02-27,3,red", "b2,2026-02-27,9,green", "a1,2025-02-27,5,red"]
    (project.folder / "old.csv").write_text("\n".join(rows), "utf-8")
    assert (
        project.scorewell("history", "import", str(project.folder / "old.csv"), "--as", "pulsar").exit_code
        == ExitCode.OK
    )
    return project


def test_both_scores_of_a_customer_stand_in_a_line(moved_from: ProjectOnDisk) -> None:
    result = moved_from.scorewell("history", "compare", "pulsar")
    assert result.exit_code == ExitCode.OK, result.output
    assert "left out: 1 without a run within 15 days" in result.stdout
    [acme] = [line for line in result.stdout.splitlines() if line.startswith("Acme")]
    assert acme.split()[1:4] == ["3", "red", "1"]


def test_the_document_has_everybody(moved_from: ProjectOnDisk) -> None:
    said = json.loads(moved_from.scorewell("history", "compare", "pulsar", "--json").stdout)
    assert {row["customer_id"] for row in said["customers"]} == {"a1", "b2"}
    assert (said["score"], said["old_scores"], said["without_run"]) == ("health", 3, 1)
    assert [row["old_as_of"] for row in said["moments"]] == ["2026-02-27T00:00:00.000000+01:00"]


def test_a_name_that_nothing_was_imported_as_is_refused(moved_from: ProjectOnDisk) -> None:
    result = moved_from.scorewell("history", "compare", "pulsr")
    assert result.exit_code == ExitCode.USAGE
    assert "there is pulsar" in result.stderr
    assert moved_from.scorewell("history", "compare", "pulsar", "--score", "helth").exit_code == ExitCode.USAGE


def test_without_any_run_there_is_nothing_to_compare(project: ProjectOnDisk) -> None:
    (project.folder / "old.csv").write_text("customer_id,date,score\na1,2026-02-27,3\n", "utf-8")
    project.scorewell("history", "import", str(project.folder / "old.csv"), "--as", "pulsar")
    result = project.scorewell("history", "compare", "pulsar")
    assert result.exit_code == ExitCode.OK
    assert "0 customers compared, from 1 score of pulsar; left out: 1 without a run within 15 days" in result.stdout
