"""What a run gives its reports of the time before."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
from tests.support.project_on_disk import ProjectOnDisk, project_on_disk

from scorewell.api.v1 import Audience
from scorewell.configuration import load
from scorewell.history import History
from scorewell.history.pruning import prune
from scorewell.runner import RunResult, moment, run
from scorewell.runner.decisions import override_score, withdraw

NOW = datetime(2026, 3, 1)
EARLIER = NOW - timedelta(days=5)


def _ran(project: ProjectOnDisk, as_of: datetime, *, is_kept: bool = True) -> RunResult:
    of = load(project.folder / "scorewell.yaml")
    of = attrs.evolve(of, sinks=(), history=of.history if is_kept else None)
    return run(of, as_of=moment(as_of, of.timezone))


def _pages(result: RunResult, audience: Audience = "internal") -> dict[str, Any]:
    """The models of pages by path."""
    return {page.path: json.loads(page.model()) for page in result.reports(audience)}


def _twice(tmp_path: Path) -> tuple[ProjectOnDisk, RunResult]:
    """Between the runs Globex used eighty minutes less."""
    project = project_on_disk(tmp_path)
    project.write(
        "usage.csv", "account,day,minutes\na1,2026-02-20,60\nb2,2026-01-27,80\nb2,2026-02-02,10\nc3,2026-02-20,45\n"
    )
    _ran(project, EARLIER)
    return project, _ran(project, NOW)


def test_the_page_tells_what_changed_since_the_run_before(tmp_path: Path) -> None:
    _, result = _twice(tmp_path)
    page = _pages(result)["customers/b2.html"]
    first, *causes, last = page["causes"]
    assert (causes[0]["label"], causes[0]["detail"]) == ("Minutes", "90 → 10")
    moved = sum(float(cause["points"].replace("−", "-")) for cause in causes)
    assert round(float(first["points"]) + moved, 6) == float(last["points"])
    assert page["changed_since"] == "February 24, 2026"
    assert page["timeline"]["line"].startswith("M")


def test_the_portfolio_names_the_cause_of_each_band_change(tmp_path: Path) -> None:
    _, result = _twice(tmp_path)
    (change,) = _pages(result)["index.html"]["movement"]["changes"]
    assert (change["name"], change["direction"], change["cause"]) == ("Globex", "down", "Minutes")


def test_the_customer_reads_it_from_what_it_may_see(tmp_path: Path) -> None:
    _, result = _twice(tmp_path)
    page = _pages(result, "customer")["customers/b2.html"]
    # Its page rests on the minutes alone.
    assert [cause["points"] for cause in page["causes"]] == ["90", "−80.0", "10"]
    assert [month["score"] for month in page["timeline"]["months"]] == ["10", "90"]


def test_a_scorecard_that_was_changed_is_a_cause_and_ends_the_customers_line(tmp_path: Path) -> None:
    project = project_on_disk(tmp_path)
    _ran(project, EARLIER)
    project.replace("scorewell.yaml", "to: 100}", "to: 200}")
    result = _ran(project, NOW)
    page = _pages(result)["customers/a1.html"]
    assert "Minutes: thresholds changed" in [cause["label"] for cause in page["causes"]]
    assert page["trend"][0]["value"] == "new line"
    assert _pages(result, "customer")["customers/a1.html"]["timeline"] is None


def test_the_first_run_has_no_movement_to_show(tmp_path: Path) -> None:
    result = _ran(project_on_disk(tmp_path), NOW)
    assert result.changes is None
    page = _pages(result)["customers/a1.html"]
    assert (page["causes"], page["timeline"], page["trend"]) == ([], None, [])


def test_a_project_without_a_history_has_no_past(tmp_path: Path) -> None:
    result = _ran(project_on_disk(tmp_path), NOW, is_kept=False)
    assert (result.past, result.changes) == (None, None)
    assert _pages(result)["customers/a1.html"]["trend"] == []


def test_a_pulse_stands_beside_the_score_without_a_history_too(tmp_path: Path) -> None:
    project = project_on_disk(tmp_path)
    project.write("pulses.csv", "account,day,pulse,why\na1,2026-02-20,2,Sponsor quiet\n")
    crm = "  crm: {plugin: files, path: accounts.csv, customer: id}\n"
    said = "  said: {plugin: files, path: pulses.csv, customer: account, time: day}\n"
    project.replace("scorewell.yaml", crm, crm + said)
    project.replace(
        "scorewell.yaml",
        "metrics:\n  minutes",
        "pulse: {source: said, column: pulse, reason: why}\nmetrics:\n  minutes",
    )
    page = _pages(_ran(project, NOW, is_kept=False))["customers/a1.html"]
    assert (page["pulse"]["rating"], page["pulse"]["reason"]) == ("2 of 5", "Sponsor quiet")
    assert page["timeline"] is None


def test_where_metric_values_were_pruned_the_scores_still_have_a_line(tmp_path: Path) -> None:
    project, result = _twice(tmp_path)
    of = load(project.folder / "scorewell.yaml")
    assert of.history is not None
    with History.open(of.history.url, project=of.name, folder=of.folder) as history, history.writing() as writer:
        prune(writer, {"metrics": result.as_of})
    again = _ran(project, NOW)
    page = _pages(again)["customers/b2.html"]
    assert page["causes"] == []
    assert page["timeline"]["line"].startswith("M")
    assert _pages(again, "customer")["customers/b2.html"]["timeline"] is None


def test_what_was_done_is_on_the_timeline_and_a_broken_table_of_it_stops_nothing(tmp_path: Path) -> None:
    project, _ = _twice(tmp_path)
    project.write("actions.csv", "account,day,what,who\nb2,2026-02-26,Executive review,Dana\n")
    crm = "  crm: {plugin: files, path: accounts.csv, customer: id}\n"
    plays = "  plays: {plugin: files, path: actions.csv, customer: account, time: day}\n"
    project.replace("scorewell.yaml", crm, crm + plays)
    project.replace(
        "scorewell.yaml", "metrics:\n  minutes", "actions: {source: plays, play: what, owner: who}\nmetrics:\n  minutes"
    )
    pages = _pages(_ran(project, NOW))
    events = pages["customers/b2.html"]["timeline"]["events"]
    assert ("Executive review", "Dana") in [(event["text"], event["detail"]) for event in events]
    project.write("actions.csv", "account,day,something\nb2,2026-02-26,else\n")
    pages = _pages(_ran(project, NOW))
    assert pages["customers/b2.html"]["timeline"]["line"].startswith("M")
    assert "actions" in [note["where"] for note in pages["index.html"]["notes"]]


def test_a_scorecard_that_came_into_force_between_the_runs_is_a_cause(tmp_path: Path) -> None:
    project = project_on_disk(tmp_path)
    strict = (
        "  strict:\n    replaces: standard\n    effective_from: 2026-02-27\n    metrics:\n"
        "      minutes: {normalizer: {type: linear, from: 0, to: 200}}\n"
    )
    project.replace("scorewell.yaml", "segments:\n", f"{strict}segments:\n")
    _ran(project, EARLIER)
    page = _pages(_ran(project, NOW))["customers/a1.html"]
    first, *_, last = page["causes"]
    # Ninety minutes of 200, where the old scorecard looked at tickets too.
    assert (page["trend"][0]["note"], last["points"]) == (f"the scorecard changed; it was {first['points']}", "45")


def _decided(project: ProjectOnDisk, begins: datetime, until: datetime) -> None:
    override_score(
        load(project.folder / "scorewell.yaml"),
        "b2",
        kind="at_most",
        value=5.0,
        because="Their sponsor left",
        author="Mara",
        begins=begins,
        until=until,
    )


def _decisions(result: RunResult) -> list[str]:
    """Those on the timeline of Globex, in words."""
    events = _pages(result)["customers/b2.html"]["timeline"]["events"]
    return [event["detail"] for event in events if event["kind"] == "override"]


def test_a_decision_that_was_recorded_later_is_on_a_page_only_where_a_score_rests_on_it(tmp_path: Path) -> None:
    project, _ = _twice(tmp_path)
    _decided(project, EARLIER - timedelta(days=1), EARLIER + timedelta(days=1))
    assert _decisions(_ran(project, NOW)) == [], "the earlier run was scored without it"
    _ran(project, EARLIER)
    assert _decisions(_ran(project, NOW)) == ["Their sponsor left · Mara · until Feb 25, 2026"]


def test_a_page_of_a_moment_does_not_know_of_a_later_withdrawal(tmp_path: Path) -> None:
    project, _ = _twice(tmp_path)
    _decided(project, EARLIER, NOW + timedelta(days=60))
    of = load(project.folder / "scorewell.yaml")
    withdraw(of, 1, by="Jo", at=NOW + timedelta(days=9))
    assert _decisions(_ran(project, NOW)) == ["Their sponsor left · Mara · until Apr 30, 2026"]
    assert _pages(_ran(project, NOW))["customers/b2.html"]["override"]["until"] == "until Apr 30, 2026"
    assert _decisions(_ran(project, NOW + timedelta(days=10))) == ["Their sponsor left · Mara · until Mar 10, 2026"]
