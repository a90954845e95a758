"""What is meant all the same."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.lint.conftest import project_with
from tests.support.linted import weighted

from scorewell.api.v1 import Finding, Level
from scorewell.lint import lint, without_ignored


def left(folder: Path, ignore: str, *, has_seen_data: bool = True) -> list[str]:
    project = project_with(folder, **weighted({"a": 199, "b": 1}), lint=f"\nignore: [{ignore}]")
    told = without_ignored(project, lint(project, date(2026, 3, 1)), has_seen_data=has_seen_data)
    return [f"{finding.id} {finding.where}" for finding in told]


@pytest.mark.parametrize(
    "entry",
    [
        "{finding: light-metric, because: x}",
        "{finding: light-metric, where: scorecards.main, because: x}",
        "{finding: light-metric, where: scorecards.main.metrics.b, because: x}",
    ],
)
def test_a_finding_is_ignored_everywhere_or_at_a_path(tmp_path, entry):
    assert left(tmp_path, entry) == []


@pytest.mark.parametrize(
    "entry",
    [
        "{finding: light-metric, where: scorecards.main.metrics.a, because: x}",
        "{finding: light-metric, where: scorecards.mai, because: x}",
        "{finding: light-metrics, because: x}",
    ],
)
def test_an_entry_that_fits_nothing_is_told_and_ignores_nothing(tmp_path, entry):
    assert left(tmp_path, entry) == ["light-metric scorecards.main.metrics.b", "ignored-nothing lint.ignore.1"]


def test_without_the_data_an_entry_about_them_is_not_told(tmp_path):
    about_data = "{finding: unknown-times, because: x}, {finding: light-metric, because: x}"
    assert left(tmp_path, about_data, has_seen_data=False) == []
    assert left(tmp_path, about_data) == ["ignored-nothing lint.ignore.1"]


def test_an_error_is_never_ignored(tmp_path):
    project = project_with(tmp_path, lint="\nignore: [{finding: mistake, because: x}]")
    mistake = Finding(id="mistake", level=Level.ERROR, where="sources.crm", message="x")
    assert mistake in without_ignored(project, [mistake])


def test_what_is_ignored_is_no_other_configuration(tmp_path):
    plain = project_with(tmp_path).fingerprint
    assert project_with(tmp_path, lint="\nignore: [{finding: gap, because: x}]").fingerprint == plain
