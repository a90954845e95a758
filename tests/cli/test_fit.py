"""``scorewell fit``: what it prints, and what its exit code says."""

from __future__ import annotations

import json

import pytest
from tests.support.project_on_disk import ProjectOnDisk

from scorewell.cli.exit_codes import ExitCode


@pytest.fixture
def relative(project: ProjectOnDisk) -> ProjectOnDisk:
    """A project that compares customers with each other."""
    project.replace(
        "scorewell.yaml", "minutes: {normalizer: {type: linear, from: 0, to: 100}}", "minutes: {normalizer: percentile}"
    )
    return project


def test_a_fit_says_what_was_learned_and_where_it_is(relative: ProjectOnDisk) -> None:
    result = relative.scorewell("fit")
    assert result.exit_code == ExitCode.OK
    lines = result.stdout.splitlines()
    assert "standard: 1 metric compared with 3 customers" in lines
    assert f"  stored in {relative.folder / 'fits' / 'standard.json'}" in lines


def test_a_fit_as_json_is_one_document(relative: ProjectOnDisk) -> None:
    document = json.loads(relative.scorewell("fit", "--json").stdout)
    (fit,) = document["fits"]
    stored = json.loads((relative.folder / "fits/standard.json").read_text())
    assert (fit["scorecard"], fit["customers"], fit["statistics"], fit["model_card"]) == (
        "standard",
        3,
        ["product_usage.minutes"],
        None,
    )
    assert fit["sha256"] == stored["sha256"]


def test_a_project_that_learns_nothing_is_told_so(project: ProjectOnDisk) -> None:
    result = project.scorewell("fit")
    assert result.exit_code == ExitCode.OK
    assert "Nothing to learn: no normalizer compares customers with each other, and there is no model" in result.stdout
    assert not (project.folder / "fits").exists()


def test_an_unknown_scorecard_is_a_usage_error(relative: ProjectOnDisk) -> None:
    result = relative.scorewell("fit", "--scorecard", "standrad")
    assert result.exit_code == ExitCode.USAGE
    assert "no scorecard 'standrad'; there are standard" in result.stderr


@pytest.mark.parametrize(
    "content",
    ["a1\nb2\n\nzz\n", "customer_id\na1\nb2\nzz\n", "\ufeffname,customer_id\nAcme,a1\n\nGlobex,b2\nNobody,zz\n"],
    ids=["an id a line", "one column", "a column among others"],
)
def test_customers_are_read_from_a_list_or_a_csv(relative: ProjectOnDisk, content: str) -> None:
    relative.write("chosen.csv", content)
    document = json.loads(
        relative.scorewell("fit", "--customers", str(relative.folder / "chosen.csv"), "--json").stdout
    )
    (unknown,) = (found for found in document["findings"] if found["id"] == "unknown-customers")
    assert (unknown["count"], unknown["examples"]) == (1, ["zz"])


def test_a_csv_without_customer_id_is_told_with_its_columns(relative: ProjectOnDisk) -> None:
    relative.write("chosen.csv", "id,name\na1,Acme\n")
    result = relative.scorewell("fit", "--customers", str(relative.folder / "chosen.csv"))
    assert result.exit_code == ExitCode.USAGE
    assert "has no column customer_id; it has id, name" in " ".join(result.stderr.split())
