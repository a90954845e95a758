"""Overrides held against what happened."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.support.project_on_disk import ProjectOnDisk, project_on_disk

from scorewell.cli.exit_codes import ExitCode
from scorewell.configuration import load
from scorewell.metrics import outcomes_as_of

OUTCOMES = """\
  churn: {plugin: files, path: churn.csv, customer: account, time: on}
outcomes: {source: churn, outcome: what}
customers:
"""


@pytest.fixture
def project(tmp_path) -> ProjectOnDisk:
    """One customer left in May, after having expanded in January."""
    made = project_on_disk(tmp_path)
    made.replace("scorewell.yaml", "customers:\n", OUTCOMES)
    made.write("churn.csv", "account,on,what\na1,2026-05-11,churned\na1,2026-01-10,expanded\nb2,2026-02-01,\n")
    return made


def override(project: ProjectOnDisk, customer: str, *what: str, begins: str = "2026-02-01") -> None:
    why = ("--because", "x", "--by", "mara", "--from", begins, "--until", "2026-04-01")
    assert project.scorewell("override", customer, *what, *why).exit_code == ExitCode.OK


def judged(project: ProjectOnDisk) -> list[dict[str, Any]]:
    result = project.scorewell("override", "judge", "--json")
    assert result.exit_code == ExitCode.OK, result.output
    documents: list[dict[str, Any]] = json.loads(result.stdout)["judged"]
    return documents


def test_what_was_computed_what_was_decided_and_what_happened(project: ProjectOnDisk) -> None:
    override(project, "a1", "--at-most", "40")
    for moment in ("2026-01-20", "2026-03-01", "2026-03-08"):
        assert project.scorewell("run", "--as-of", moment).exit_code == ExitCode.OK
    (one,) = judged(project)
    about = ("customer_id", "words", "band", "author", "computed_score", "computed_band", "outcome")
    assert [one[name] for name in about] == ["a1", "at most 40", None, "mara", 94, "healthy", "churned"]
    assert (one["shown_score"], one["shown_band"]) == (40, "at_risk")
    assert (one["as_of"], one["happened_at"][:10]) == ("2026-02-28T23:00:00+00:00", "2026-05-11")


def test_people_read_it_as_a_table(project: ProjectOnDisk) -> None:
    assert project.scorewell("run").exit_code == ExitCode.OK
    assert "no override yet of a customer" in project.scorewell("override", "judge").stdout
    override(project, "a1", "--at-most", "40")
    assert project.scorewell("run").exit_code == ExitCode.OK
    line = project.scorewell("override", "judge").stdout.splitlines()[1].split()
    assert line == [
        "1", "Acme", "mara", "94,", "healthy", "at", "most", "40", "40,", "at", "risk", "churned", "2026-05-11",
    ]  # fmt: skip


def test_where_nothing_was_scored_under_it_only_what_happened_is_known(project: ProjectOnDisk) -> None:
    override(project, "a1", "--at-most", "40")
    (one,) = judged(project)
    assert (one["as_of"], one["computed_score"], one["outcome"]) == (None, None, "churned")


def test_a_customer_of_whom_nothing_happened_is_not_judged(project: ProjectOnDisk) -> None:
    override(project, "b2", "--at-most", "40")
    override(project, "c3", "--at-most", "40")
    assert judged(project) == []


def test_one_that_was_withdrawn_before_it_began_is_not_judged(project: ProjectOnDisk) -> None:
    override(project, "a1", "--at-most", "40")
    assert project.scorewell("override", "withdraw", "1", "--by", "jo", "--from", "2026-02-01").exit_code == ExitCode.OK
    assert judged(project) == []


def test_the_same_project_may_learn_from_labels(project: ProjectOnDisk) -> None:
    override(project, "a1", "--at-most", "40")
    both = """outcomes: {source: crm, outcome: "seats > 100", dated: {source: churn, outcome: "what = 'churned'"}}\n"""
    project.replace("scorewell.yaml", "outcomes: {source: churn, outcome: what}\n", both)
    assert project.scorewell("check").exit_code == ExitCode.OK
    assert project.scorewell("run", "--as-of", "2026-03-01").exit_code == ExitCode.OK
    (one,) = judged(project)
    assert (one["outcome"], one["happened_at"][:10]) == ("what = 'churned'", "2026-05-11")
    labels = outcomes_as_of(load(project.folder / "scorewell.yaml"), datetime(2026, 3, 1, tzinfo=UTC))
    assert labels.frame["customer_id"].to_list() == ["a1", "b2", "c3"]


def test_a_project_without_outcomes_is_told_what_to_write(project: ProjectOnDisk) -> None:
    override(project, "a1", "--at-most", "40")
    project.replace("scorewell.yaml", "outcomes: {source: churn, outcome: what}\n", "")
    result = project.scorewell("override", "judge")
    assert result.exit_code == ExitCode.CONFIGURATION
    assert result.output == (
        "error: outcomes: the project names no outcomes with their dates\n"
        """    try: outcomes: {source: churn, outcome: "'churned'"}, of a source with a row for each customer """
        "that left and its day as time\n"
    )


def test_outcomes_without_a_time_are_told_where_it_is_missing(project: ProjectOnDisk) -> None:
    override(project, "a1", "--at-most", "40")
    project.replace("scorewell.yaml", ", time: on}\noutcomes", "}\noutcomes")
    result = project.scorewell("override", "judge")
    assert result.exit_code == ExitCode.CONFIGURATION
    assert "outcomes: churn has no time, so it is not known when it happened" in result.output
    assert "try: sources.churn: time: NAME, the column with the day" in result.output
