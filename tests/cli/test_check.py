"""``scorewell check``: what the linter finds, its levels, and how it is printed."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from tests.support.project_on_disk import ProjectOnDisk

from scorewell.cli.exit_codes import ExitCode


@pytest.fixture
def turned(project: ProjectOnDisk) -> ProjectOnDisk:
    """A project with a warning: ratings of which lower ones are better, and score less."""
    project.replace(
        "scorewell.yaml", "measure: avg(rating), window: 90d", "measure: avg(rating), window: 90d, better: lower"
    )
    return project


WARNING = (
    "scorecards.standard.dimensions.support.metrics.rating.normalizer: "
    "higher values get more points from linear, and rating says better: lower"
)


def test_a_finding_is_told_with_its_place_its_id_and_what_to_try(turned: ProjectOnDisk) -> None:
    result = turned.scorewell("check", "--no-data")
    told = " ".join(result.stdout.split())
    assert f"warning scorewell.yaml:28:20 {WARNING} [against-better] try: write better: lower" in told
    assert result.exit_code == ExitCode.OK


@pytest.mark.parametrize(
    ("fail_on", "code"), [("error", ExitCode.OK), ("warning", ExitCode.FINDINGS), ("note", ExitCode.FINDINGS)]
)
def test_the_level_that_fails_is_chosen(turned: ProjectOnDisk, fail_on: str, code: ExitCode) -> None:
    assert turned.scorewell("check", "--no-data", "--fail-on", fail_on).exit_code == code


def test_a_note_fails_only_where_notes_do(project: ProjectOnDisk) -> None:
    project.replace("scorewell.yaml", "rating: {normalizer:", "rating: {weight: 0, normalizer:")
    assert project.scorewell("check", "--no-data", "--fail-on", "warning").exit_code == ExitCode.OK
    assert project.scorewell("check", "--no-data", "--fail-on", "note").exit_code == ExitCode.FINDINGS


def test_a_clean_project_passes_whatever_fails(project: ProjectOnDisk) -> None:
    assert project.scorewell("check", "--no-data", "--fail-on", "note").exit_code == ExitCode.OK


def test_an_ignored_finding_is_not_told(turned: ProjectOnDisk) -> None:
    turned.replace("scorewell.yaml", "segments:", "lint: {ignore: [{finding: against-better, because: x}]}\nsegments:")
    result = turned.scorewell("check", "--no-data", "--fail-on", "note")
    assert (result.exit_code, "no findings" in result.stdout) == (ExitCode.OK, True)


def test_an_ignored_finding_that_there_is_not_is_a_mistake(turned: ProjectOnDisk) -> None:
    turned.replace("scorewell.yaml", "segments:", "lint: {ignore: [{finding: against-beter, because: x}]}\nsegments:")
    result = turned.scorewell("check", "--no-data")
    assert result.exit_code == ExitCode.CONFIGURATION
    assert "lint.ignore.1.finding: unknown finding 'against-beter', did you mean 'against-better'?" in result.stderr


def test_a_finding_about_the_data_is_told_with_its_id(project: ProjectOnDisk) -> None:
    project.replace("scorewell.yaml", ", known: {rating: closed}", ", known: {rating: closed}, fresh_within: 1d")
    told = " ".join(project.scorewell("check").stdout.split())
    assert "scores that use the table are stale [stale-table] try: " in told


def test_the_document_has_file_line_and_column(turned: ProjectOnDisk) -> None:
    (finding,) = json.loads(turned.scorewell("check", "--no-data", "--json").stdout)["findings"]
    assert (finding["file"], finding["line"], finding["column"]) == ("scorewell.yaml", 28, 20)
    assert (finding["id"], finding["level"]) == ("against-better", "warning")


def test_github_reads_findings_as_annotations(turned: ProjectOnDisk) -> None:
    (line,) = turned.scorewell("check", "--no-data", "--format", "github").stdout.splitlines()
    assert line.startswith("::warning file=")
    assert ",line=28,col=20,title=against-better::scorecards.standard" in line
    assert "%0Atry: write better: lower" in line


def test_github_reads_mistakes_as_annotations(project: ProjectOnDisk) -> None:
    project.replace("scorewell.yaml", "weight: 60", "wieght: 60")
    result = project.scorewell("check", "--format", "github")
    assert result.exit_code == ExitCode.CONFIGURATION
    assert (
        "scorewell.yaml,line=21,col=9,title=mistake::scorecards.standard.dimensions.product_usage: unknown"
        in result.stdout
    )


def test_what_an_annotation_must_not_contain_is_escaped(project: ProjectOnDisk) -> None:
    project.replace("scorewell.yaml", "name: Test Cloud", "name: 7")
    project.replace("scorewell.yaml", "measure: sum(minutes)", 'measure: "sum(minutes, 10%\\n::error::x)"')
    lines = project.scorewell("check", "--format", "github").stdout.splitlines()
    assert all(line.startswith("::error file=") for line in lines)
    assert "10%25" in "".join(lines)


def test_a_review_is_due_as_of_the_day_that_is_looked_from(project: ProjectOnDisk) -> None:
    project.replace("scorewell.yaml", "weight: 60", "weight: 60\n        review_by: 2026-06-30")
    assert "review-due" not in project.scorewell("check", "--no-data", "--as-of", "2026-06-30").stdout
    assert "review-due" in project.scorewell("check", "--no-data", "--as-of", "2026-07-01").stdout


def test_two_times_and_nothing_known_are_told_with_the_data(project: ProjectOnDisk) -> None:
    project.replace("scorewell.yaml", ", known: {rating: closed}", "")
    findings = json.loads(project.scorewell("check", "--json").stdout)["findings"]
    (told,) = [finding for finding in findings if finding["id"] == "unknown-times"]
    assert (told["where"], told["level"], told["line"]) == ("sources.tickets", "note", 7)


def test_without_the_data_no_part_is_imported_that_only_they_need() -> None:
    code = (
        "import sys, scorewell.cli.commands.check; "
        "print(*sorted({'jinja2', 'sqlalchemy', 'babel', 'scorewell.runner', 'scorewell.metrics'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.split() == []


@pytest.mark.parametrize(
    ("history", "told"),
    [
        ("scorewell.db", "history: this is not a URL: expected one such as sqlite:///scorewell.db"),
        ("sqlite:///usage.csv", "history usage.csv: file is not a database"),
        ("mysql://reader@db/health", "history: mysql is not supported: expected sqlite or postgresql"),
    ],
)
def test_a_history_in_which_no_run_could_be_kept_is_told(project: ProjectOnDisk, history: str, told: str) -> None:
    written = (project.folder / "scorewell.yaml").read_text()
    project.write("scorewell.yaml", f"{written}history: {history}\n")
    result = project.scorewell("check")
    assert result.exit_code == ExitCode.DATA
    assert told in " ".join(result.stdout.split())


def test_to_check_makes_no_history(project: ProjectOnDisk) -> None:
    assert project.scorewell("check").exit_code == ExitCode.OK
    assert not (project.folder / "scorewell.db").exists()
