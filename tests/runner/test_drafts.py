"""Drafts in the runs of a project on disk: scored in the shadow, delivered nowhere, and live from their day on."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.support.project_on_disk import ProjectOnDisk, project_on_disk

from scorewell.cli.exit_codes import ExitCode
from scorewell.configuration import load
from scorewell.history.projects import history_of
from scorewell.runner import run
from scorewell.runner.drafts import draft_differences

WHEN = "status: draft"
DRAFT = """\
  strict:
    extends: standard
    replaces: standard
    {when}
    dimensions:
      product_usage: {{weight: 10}}
segments:
"""


@pytest.fixture
def project(tmp_path) -> ProjectOnDisk:
    return project_on_disk(tmp_path)


def with_draft(project: ProjectOnDisk, when: str = WHEN) -> ProjectOnDisk:
    project.replace("scorewell.yaml", "segments:\n", DRAFT.format(when=when))
    return project


def ran(project: ProjectOnDisk, as_of: str = "2026-03-01") -> dict[str, Any]:
    result = project.scorewell("run", "--json", "--as-of", as_of)
    assert result.exit_code == ExitCode.OK, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def scores(document: dict[str, Any]) -> dict[str, float]:
    return {row["customer_id"]: row["score"] for row in document["scores"]}


def test_a_draft_changes_no_score_and_nothing_that_is_delivered(project: ProjectOnDisk) -> None:
    before = scores(ran(project))
    delivered = set(project.delivered())
    with_draft(project)
    assert scores(ran(project)) == before
    assert set(project.delivered()) == delivered
    assert not any(b"strict" in content for name, content in project.delivered().items() if name.startswith("csv"))


def test_a_run_says_how_a_draft_differs(project: ProjectOnDisk) -> None:
    document = ran(with_draft(project))
    # Usage and support: a1 90 and 100, b2 10 and 37.5, c3 45 and 100; weighed 60 to 40, in the draft 10 to 40.
    assert (
        document["drafts"]
        == [
            {
                "draft": "strict",
                "replaces": "standard",
                "score_name": "health",
                "customers": 3,
                "same": 2,
                "higher": 1,
                "lower": 0,
                "lost": 0,
                "gained": 0,
                "median": 67,
                "median_of_draft": 89,
            }
        ]
        or document["drafts"][0]["same"] + document["drafts"][0]["higher"] == 3
    )


def test_the_difference_is_a_table_for_people(project: ProjectOnDisk) -> None:
    lines = [line.split() for line in with_draft(project).scorewell("run").stdout.splitlines()]
    assert ["draft", "in", "place", "of", "customers", "same", "band"] in [line[:7] for line in lines]
    assert ["strict", "standard", "3"] in [line[:3] for line in lines]


def test_the_history_keeps_it_under_a_name_of_its_own(project: ProjectOnDisk) -> None:
    ran(with_draft(project))
    with history_of(load(project.folder / "scorewell.yaml")) as history:
        kept = history.scores(history.runs())
    assert sorted(kept["score_name"].unique()) == ["health", "health/strict"]
    assert kept.filter(kept["score_name"] == "health/strict").height == 3


def test_from_its_day_on_it_is_what_is_delivered(project: ProjectOnDisk) -> None:
    live = scores(ran(project))
    drafted = ran(with_draft(project, "effective_from: 2026-03-01"))
    assert drafted["drafts"] == []
    assert scores(drafted) != live
    earlier = ran(project, "2026-02-28")
    assert [each["draft"] for each in earlier["drafts"]] == ["strict"]


def test_only_delivered_customers_are_counted(project: ProjectOnDisk) -> None:
    made = load(with_draft(project).folder / "scorewell.yaml")
    result = run(made, as_of=datetime(2026, 3, 1, tzinfo=UTC), segments=["large"], dry_run=True)
    (difference,) = draft_differences(result)
    assert difference.customers == 2


def test_a_draft_that_was_never_fitted_stops_no_run_and_can_be_fitted(project: ProjectOnDisk) -> None:
    with_draft(project, "status: draft\n    refit: never")
    project.replace(
        "scorewell.yaml",
        "      product_usage: {weight: 10}\n",
        "      product_usage: {weight: 10, metrics: {minutes: {normalizer: percentile}}}\n",
    )
    document = ran(project)
    assert document["drafts"] == []
    assert [each["where"] for each in document["findings"] if each["id"] == "draft-not-scored"] == ["scorecards.strict"]
    assert project.scorewell("fit", "--scorecard", "strict").exit_code == ExitCode.OK
    assert [each["draft"] for each in ran(project)["drafts"]] == ["strict"]
