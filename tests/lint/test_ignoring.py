"""What is meant all the same."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from tests.lint.conftest import project_with
from tests.support.linted import weighted

from scorewell.api.v1 import Finding, Level
from scorewell.configuration import ConfigurationError
from scorewell.lint import KINDS, OF_THE_DATA, lint, refuse_unknown, without_ignored

CORE = Path(__file__).parents[2] / "core/scorewell"


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
        "{finding: heavy-pulse, because: x}",
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


@pytest.mark.parametrize("where", ["usage", "sources.usage", "sources"])
def test_a_finding_about_a_table_is_ignored_by_its_name_or_at_its_source(tmp_path, where):
    project = project_with(tmp_path, lint=f"\nignore: [{{finding: stale-table, where: {where}, because: x}}]")
    stale = Finding(id="stale-table", level=Level.WARNING, where="usage", message="x")
    assert without_ignored(project, [stale]) == ()


def test_a_finding_about_another_table_is_kept(tmp_path):
    project = project_with(tmp_path, lint="\nignore: [{finding: stale-table, where: sources.crm, because: x}]")
    stale = Finding(id="stale-table", level=Level.WARNING, where="usage", message="x")
    assert stale in without_ignored(project, [stale])


@pytest.mark.parametrize(
    ("id_", "advice"),
    [
        ("light-metrik", ", did you mean 'light-metric'?"),
        ("stale-tables", ", did you mean 'stale-table'?"),
        ("zzz", "; each that check prints has its id in brackets"),
    ],
)
def test_an_id_that_there_is_not_is_a_mistake_at_its_place(tmp_path, id_, advice):
    project = project_with(tmp_path, lint=f"\nignore: [{{finding: {id_}, because: x}}]")
    with pytest.raises(ConfigurationError) as caught:
        refuse_unknown(project)
    (problem,) = caught.value.problems
    assert (problem.file, problem.path) == ("scorewell.yaml", "lint.ignore.1.finding")
    assert problem.line is not None
    assert problem.message == f"unknown finding {id_!r}{advice}"


def test_every_id_that_there_is_can_be_named(tmp_path):
    entries = ", ".join(f"{{finding: {id_}, because: x}}" for id_ in sorted(KINDS.keys() | OF_THE_DATA))
    refuse_unknown(project_with(tmp_path, lint=f"\nignore: [{entries}]"))


def test_the_ids_of_the_data_are_those_that_measuring_tells():
    beside = [CORE / path for path in ("runner/checking.py", "runner/looking_back.py", "scoring/mistakes.py")]
    paths = [*(CORE / "metrics").glob("*.py"), *beside]
    text = "".join(path.read_text() for path in paths)
    told = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', text)) | {"mistake"}
    assert told == OF_THE_DATA


def test_what_is_ignored_is_no_other_configuration(tmp_path):
    plain = project_with(tmp_path).fingerprint
    assert project_with(tmp_path, lint="\nignore: [{finding: gap, because: x}]").fingerprint == plain
