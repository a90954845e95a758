"""``scorewell rescore`` on a small project."""

from __future__ import annotations

import json

import pytest
from tests.support.project_on_disk import ProjectOnDisk

WEEKS = ("2026-02-15", "2026-02-22", "2026-03-01")


@pytest.fixture
def kept(project: ProjectOnDisk) -> ProjectOnDisk:
    for day in WEEKS:
        assert project.scorewell("run", "--as-of", day, "--quiet").exit_code == 0
    return project


def test_the_same_configuration_changes_nothing(kept: ProjectOnDisk) -> None:
    told = kept.scorewell("rescore")
    assert told.exit_code == 0
    assert told.stdout.count("unchanged") == 3
    assert "0 runs written" in told.stdout


def test_another_one_says_of_each_run_what_changed(kept: ProjectOnDisk) -> None:
    kept.replace("scorewell.yaml", "weight: 60", "weight: 10")
    foretold = json.loads(kept.scorewell("rescore", "--dry-run", "--json").stdout)
    assert [each["written"] for each in foretold["runs"]] == [False] * 3
    assert sum(each["changed"] for each in foretold["runs"]) > 0
    told = json.loads(kept.scorewell("rescore", "--json").stdout)
    assert [{**each, "written": False} for each in told["runs"]] == foretold["runs"]
    assert told["runs"][0]["as_of"] == "2026-02-15T00:00:00+01:00"


def test_moments_limit_it(kept: ProjectOnDisk) -> None:
    document = json.loads(kept.scorewell("rescore", "--from", "2026-02-20", "--to", "2026-02-22", "--json").stdout)
    assert [each["as_of"][:10] for each in document["runs"]] == ["2026-02-22"]
    assert "no runs of that time" in kept.scorewell("rescore", "--to", "2020-01-01").stdout


def test_without_a_history_there_is_nothing_to_score(project: ProjectOnDisk) -> None:
    told = project.scorewell("rescore")
    assert told.exit_code == 8
    assert "Traceback" not in told.stderr
