"""What people decided and said, in the runs of a project on disk."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.support.project_on_disk import ProjectOnDisk, project_on_disk

from scorewell.cli.exit_codes import ExitCode
from scorewell.configuration import load
from scorewell.history.pulses import with_recorded_pulses
from scorewell.metrics import metrics_as_of, metrics_over

CARD = """
        metrics:
          pulse: {normalizer: {type: linear, from: 1, to: 5}}
"""


@pytest.fixture
def project(tmp_path) -> ProjectOnDisk:
    """Its scorecard has a dimension of the pulse that people record."""
    made = project_on_disk(tmp_path)
    made.replace("scorewell.yaml", "scorecards:\n", "pulse: {}\nscorecards:\n")
    made.replace("scorewell.yaml", "      support:\n", f"      people:\n        weight: 20{CARD}      support:\n")
    return made


def ran(project: ProjectOnDisk, as_of: str = "2026-03-01") -> dict[str, Any]:
    """The scores by customer."""
    result = project.scorewell("run", "--json", "--as-of", as_of)
    assert result.exit_code == ExitCode.OK, result.output
    return {row["customer_id"]: row["score"] for row in json.loads(result.stdout)["scores"]}


def explained(project: ProjectOnDisk, as_of: str = "2026-03-01") -> dict[str, Any]:
    result = project.scorewell("explain", "a1", "--json", "--as-of", as_of)
    assert result.exit_code == ExitCode.OK, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def pulse(project: ProjectOnDisk, value: int, on: str) -> None:
    said = ("--by", "mara", "--reason", "sponsor_left", "--on", on)
    assert project.scorewell("pulse", "a1", str(value), *said).exit_code == ExitCode.OK


def override(project: ProjectOnDisk, *what: str) -> None:
    why = ("--because", "their sponsor left", "--by", "mara", "--from", "2026-02-01", "--until", "2026-04-01")
    assert project.scorewell("override", "a1", *what, *why).exit_code == ExitCode.OK


def test_a_run_without_any_pulse_misses_it(project: ProjectOnDisk) -> None:
    assert ran(project)["a1"] == 94
    assert explained(project)["pulse"] is None


def test_a_recorded_pulse_is_a_metric_from_its_time_on(project: ProjectOnDisk) -> None:
    pulse(project, 1, "2026-02-20")
    assert ran(project, "2026-03-01")["a1"] < 90
    document = explained(project)
    assert document["root"]["parts"][1]["parts"][0]["value"] == 1
    assert ran(project, "2026-02-20")["a1"] == ran(project, "2026-02-19")["a1"]


def test_a_pulse_expires(project: ProjectOnDisk) -> None:
    pulse(project, 1, "2026-02-20")
    assert explained(project, "2026-05-21")["pulse"]["value"] == 1
    assert explained(project, "2026-05-22")["pulse"] is None


def test_the_pulse_stands_beside_the_score_with_the_gap(project: ProjectOnDisk) -> None:
    pulse(project, 5, "2026-02-10")
    pulse(project, 2, "2026-02-20")
    document = explained(project)
    assert document["pulse"] == {
        "value": 2,
        "points": 25,
        "gap": 25 - document["score"],
        "given_at": "2026-02-20T00:00:00+01:00",
        "reason": "sponsor_left",
        "note": None,
        "author": "mara",
    }
    told = project.scorewell("explain", "a1").stdout
    assert "pulse 2 of 5 (mara, 2026-02-20): sponsor_left; " in told
    assert "below the score" in told


def test_an_override_is_in_the_run_and_in_its_explanation(project: ProjectOnDisk) -> None:
    computed = ran(project)["a1"]
    override(project, "--at-most", "40")
    assert ran(project)["a1"] == 40
    document = explained(project)
    assert document["score"] == 40
    assert document["override"] == {
        "number": 1,
        "rule": "at most 40",
        "because": "their sponsor left",
        "author": "mara",
        "until": "2026-04-01T00:00:00+02:00",
        "contribution": pytest.approx(40 - computed, abs=0.5),
    }
    told = project.scorewell("explain", "a1").stdout
    assert "override: at most 40" in told
    assert "their sponsor left (mara, until 2026-04-01)" in told


def test_an_override_counts_in_the_moments_of_its_time_whenever_they_are_scored(project: ProjectOnDisk) -> None:
    before, at_end = ran(project, "2026-01-31")["a1"], ran(project, "2026-04-01")["a1"]
    override(project, "--score", "7")
    assert ran(project, "2026-02-01")["a1"] == ran(project, "2026-03-31")["a1"] == 7
    assert (ran(project, "2026-01-31")["a1"], ran(project, "2026-04-01")["a1"]) == (before, at_end)


def test_one_that_is_withdrawn_counts_no_more(project: ProjectOnDisk) -> None:
    computed = ran(project)["a1"]
    override(project, "--score", "7")
    assert project.scorewell("override", "withdraw", "1", "--by", "jo", "--from", "2026-02-15").exit_code == ExitCode.OK
    assert (ran(project, "2026-02-14")["a1"], ran(project)["a1"]) == (7, computed)


def test_the_score_before_is_told_with_what_is_decided(project: ProjectOnDisk) -> None:
    ran(project)
    why = ("--because", "x", "--by", "mara", "--until", "2999-01-01")
    result = project.scorewell("override", "Acme", "--band", "stable", *why)
    assert "the score was 94, healthy, in the last run" in result.stdout


def test_a_customer_of_the_last_run_is_known_where_the_table_cannot_be_read(project: ProjectOnDisk) -> None:
    ran(project)
    (project.folder / "accounts.csv").unlink()
    override(project, "--score", "7")


def test_many_moments_know_the_pulses_that_each_alone_knows(project: ProjectOnDisk) -> None:
    for value, day in ((1, "2026-01-05"), (5, "2026-02-20"), (3, "2026-02-21")):
        pulse(project, value, day)
    of = with_recorded_pulses(load(project.folder / "scorewell.yaml"))
    moments = [
        datetime(2026, month, day, tzinfo=UTC) for month, day in ((1, 5), (1, 7), (2, 21), (2, 22), (4, 8), (5, 30))
    ]
    together = [table.frame["pulse"].to_list() for table in metrics_over(of, moments)]
    assert together == [metrics_as_of(of, moment).frame["pulse"].to_list() for moment in moments]
    assert [values[0] for values in together] == [None, 1, 5, 3, 3, None]


def test_check_looks_at_recorded_pulses_as_at_any_table(project: ProjectOnDisk) -> None:
    pulse(project, 1, "2026-02-20")
    result = project.scorewell("check", "--as-of", "2026-03-01")
    assert result.exit_code == ExitCode.OK, result.output


def test_the_inside_reads_what_people_said_and_the_customer_does_not(project: ProjectOnDisk) -> None:
    pulse(project, 2, "2026-02-20")
    override(project, "--at-most", "40")
    ran(project)
    pages = {name: content.decode() for name, content in project.delivered().items() if name.endswith(".html")}
    (inside,) = [page for name, page in pages.items() if name.startswith("internal/") and "a1" in name]
    assert [word for word in ("sponsor_left", "2 of 5", "their sponsor left", "mara") if word not in inside] == []
    theirs = "".join(page for name, page in pages.items() if name.startswith("customers/"))
    assert [word for word in ("sponsor_left", "2 of 5", "their sponsor left", "mara") if word in theirs] == []
