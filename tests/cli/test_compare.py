"""``scorewell compare``: what it prints, and when it fails."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.support.project_on_disk import ProjectOnDisk

from scorewell.cli.exit_codes import ExitCode
from scorewell.history import History

# By usage alone Acme falls from 94 to 90, Globex from 21 to 10 and Initech from 67 to 45.
LIGHTER = """\
scorecards:
  standard:
    extends: standard
    dimensions:
      product_usage: {weight: 100}
      support: none
"""


@pytest.fixture
def proposal(project: ProjectOnDisk) -> str:
    """A file that takes the support out of the score."""
    project.write("lighter.yaml", LIGHTER)
    return str(project.folder / "lighter.yaml")


def lines(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


def test_it_prints_who_moves_where(project: ProjectOnDisk, proposal: str) -> None:
    result = project.scorewell("compare", proposal)
    assert result.exit_code == ExitCode.OK
    told = lines(result.stdout)
    assert ["at", "risk", "1", "-", "-", "1"] in told
    assert ["stable", "-", "1", "-", "1"] in told
    assert ["healthy", "-", "-", "1", "1"] in told
    why = ["Open", "tickets:", "removed", "from", "the", "scorecard", "-15.7,", "1", "more"]
    assert ["Initech", "67", "stable", "45", "stable", "-22", *why] in told


def test_nothing_is_delivered(project: ProjectOnDisk, proposal: str) -> None:
    project.scorewell("compare", proposal)
    assert project.delivered() == {}


def test_json_is_one_document(project: ProjectOnDisk, proposal: str) -> None:
    document = json.loads(project.scorewell("compare", proposal, "--json").stdout)
    assert document["as_of"] == "2026-03-01T00:00:00+01:00"
    assert document["current"]["bands"] == ["at_risk", "stable", "healthy"]
    assert [(row["customer_id"], row["change"]) for row in document["customers"]] == [
        ("c3", -22),
        ("b2", -11),
        ("a1", -4),
    ]
    assert document["figures"]["mean_absolute_difference"] == pytest.approx(37 / 3)


def test_a_look_back_has_a_moment_a_week(project: ProjectOnDisk, proposal: str) -> None:
    document = json.loads(project.scorewell("compare", proposal, "--over", "2", "weeks", "--json").stdout)
    assert [row["as_of"][:10] for row in document["moments"]] == ["2026-02-15", "2026-02-22", "2026-03-01"]
    text = project.scorewell("compare", proposal, "--over", "14", "days", "--every", "day").stdout
    assert "Over time: 15 moments since 2026-02-15" in text


@pytest.mark.parametrize(
    "spelled", ["2 weeks", "2 Weeks", "2weeks", "2w", "14d", "--over=2 weeks", ("2", "weeks"), ("--over=2", "weeks")]
)
def test_how_far_back_may_be_written_as_one_word_or_two(
    project: ProjectOnDisk, proposal: str, spelled: str | tuple[str, ...]
) -> None:
    words = (spelled,) if isinstance(spelled, str) else spelled
    over = words if words[0].startswith("--over") else ("--over", *words)
    assert "Over time: 3 moments since 2026-02-15" in project.scorewell("compare", *over, proposal).stdout


def test_a_month_back_is_one_of_the_calendar(project: ProjectOnDisk, proposal: str) -> None:
    document = json.loads(
        project.scorewell("compare", proposal, "--over", "1 month", "--every", "month", "--json").stdout
    )
    assert [row["as_of"][:10] for row in document["moments"]] == ["2026-02-01", "2026-03-01"]


def test_a_condition_that_holds_has_an_exit_code_of_its_own(project: ProjectOnDisk, proposal: str) -> None:
    result = project.scorewell("compare", proposal, "--fail-if", "largest_fall > 20", "--fail-if", "moved > 0")
    assert result.exit_code == ExitCode.CONDITION
    assert result.stderr.splitlines()[-1] == "condition holds: largest_fall > 20 (largest_fall is 22)"
    assert ["does", "not", "hold", "moved", ">", "0", "moved", "is", "0"] in lines(result.stdout)


def test_no_condition_that_holds_is_success(project: ProjectOnDisk, proposal: str) -> None:
    result = project.scorewell("compare", proposal, "--fail-if", "moved_down > 5%", "--json")
    assert result.exit_code == ExitCode.OK
    assert json.loads(result.stdout)["conditions"] == [
        {"condition": "moved_down > 5%", "holds": False, "figures": {"moved_down_share": 0.0}}
    ]


def test_a_condition_that_cannot_be_told_fails(project: ProjectOnDisk) -> None:
    active = "customers: {source: crm, active: seats > 1000, roles: {name: name}, attributes: [plan, seats]}"
    project.write("customers.yaml", active)
    result = project.scorewell("compare", str(project.folder / "customers.yaml"), "--fail-if", "mean_proposed < 60")
    assert result.exit_code == ExitCode.CONDITION
    assert "condition cannot be evaluated: mean_proposed < 60 (mean_proposed is not known)" in result.stderr


def test_quiet_says_no_more_than_what_fails(project: ProjectOnDisk, proposal: str) -> None:
    result = project.scorewell("compare", proposal, "--quiet", "--fail-if", "changed > 50%")
    assert (result.stdout, result.stderr) == ("", "condition holds: changed > 50% (changed_share is 100%)\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--fail-if", "moved_donw > 1"), "moved_donw > 1: there is no figure 'moved_donw'"),
        (("--fail-if", "moved_down >"), "one SQL expression was expected"),
        (("--fail-if", "flapping_proposed > 1"), "without a look back; try: add --over 12 weeks"),
        (("--fail-if", "value_moved_down > 1"), "no value is compared; try: name a role, attribute or metric"),
        (("--over", "12", "--json"), "'12' is not a duration: write a whole number and h, d or w, as in 30d"),
        (("--over", "-3", "weeks"), "'-3 weeks' is not more than nothing"),
        (("--over", "0w"), "'0w' is not more than nothing"),
        (("--over", "3m"), "'3m' could be minutes or months"),
        (("--over", "12h"), "'12h': expected a number of days, weeks or months"),
        (("--over", "2000", "years"), "'2000 years' is too long a duration: expected a hundred years at most"),
        (("--over", "two", "weeks"), "'two' is not a duration"),
        (("--score", "mood"), "no score 'mood' in"),
        (("--value", "seat"), "no role, attribute or metric 'seat'; numbers are seats, minutes, open_tickets, rating"),
    ],
)
def test_a_mistake_on_the_command_line_is_told(
    project: ProjectOnDisk, proposal: str, arguments: tuple[str, ...], message: str
) -> None:
    result = project.scorewell("compare", proposal, *arguments)
    assert result.exit_code == ExitCode.USAGE
    assert message in result.stderr


def test_mistakes_in_the_other_file_are_told_with_their_places(project: ProjectOnDisk, tmp_path: Path) -> None:
    project.write("proposals/wrong.yaml", "scorecards:\n  standard: {extends: standrad}\n")
    result = project.scorewell("compare", str(project.folder / "proposals/wrong.yaml"))
    assert result.exit_code == ExitCode.CONFIGURATION
    assert "proposals/wrong.yaml:2:23 scorecards.standard.extends: unknown scorecard 'standrad'" in result.stderr


def test_a_name_is_never_read_as_markup(project: ProjectOnDisk, proposal: str) -> None:
    project.replace("accounts.csv", "Initech", "[red]Initech[/]")
    assert "[red]Initech[/]" in project.scorewell("compare", proposal).stdout


def test_what_people_decided_does_not_hide_what_a_configuration_does(project: ProjectOnDisk, proposal: str) -> None:
    why = ("--because", "At war", "--by", "ada", "--from", "2026-02-01", "--until", "2026-12-31")
    project.scorewell("override", "Acme", "--score", "10", *why)
    run = json.loads(project.scorewell("run", "--json").stdout)
    assert run["scores"][0]["score"] == 10
    document = json.loads(project.scorewell("compare", proposal, "--json").stdout)
    assert [row["current"]["score"] for row in document["customers"] if row["customer_id"] == "a1"] == [94]


def test_who_was_forgotten_is_in_no_comparison(project: ProjectOnDisk, proposal: str) -> None:
    project.scorewell("run")
    with History.open("sqlite:///scorewell.db", project="Test Cloud", folder=project.folder) as history:
        history.forget_customer("a1")
    result = project.scorewell("compare", proposal, "--json")
    assert json.loads(result.stdout)["figures"]["customers"] == 2
    assert "Acme" not in result.stdout


def test_a_draft_of_the_project_is_compared_by_giving_it_a_day(project: ProjectOnDisk) -> None:
    draft = "\n  next: {extends: standard, status: draft, replaces: standard, dimensions: {support: none}}\nsegments:"
    project.replace("scorewell.yaml", "\nsegments:", draft)
    project.write("publish.yaml", "scorecards: {next: {extends: next, status: live, effective_from: 2000-01-01}}")
    document = json.loads(project.scorewell("compare", str(project.folder / "publish.yaml"), "--json").stdout)
    assert [(row["customer_id"], row["change"]) for row in document["customers"]] == [
        ("c3", -22),
        ("b2", -11),
        ("a1", -4),
    ]
    assert {row["proposed"]["scorecard"] for row in document["customers"]} == {"next"}


def test_nothing_is_written_into_the_history(project: ProjectOnDisk, proposal: str) -> None:
    project.scorewell("compare", proposal, "--over", "2", "weeks")
    assert not (project.folder / "scorewell.db").exists()


def test_what_the_proposal_brings_along_is_told(project: ProjectOnDisk) -> None:
    nobody = "segments: {giants: {when: seats > 1000, scorecard: standard}, everyone_else: {scorecard: standard}}"
    project.write("giants.yaml", nobody)
    result = project.scorewell("compare", str(project.folder / "giants.yaml"))
    assert "segments.giants: no customer is in it" in " ".join(result.stdout.split())
    assert ["large", "standard", "everyone_else", "standard", "2"] not in lines(result.stdout)


def test_a_metric_that_cannot_be_measured_is_told_and_fails(project: ProjectOnDisk, proposal: str) -> None:
    project.write("tickets.csv", b"\xff\xfe\x00")
    result = project.scorewell("compare", proposal)
    assert result.exit_code == ExitCode.DATA
    assert "error" in result.stdout
    assert json.loads(project.scorewell("compare", proposal, "--json").stdout)["findings"]


def test_a_metric_that_is_measured_otherwise_is_told_as_that(project: ProjectOnDisk) -> None:
    longer = "metrics: {minutes: {source: usage, measure: sum(minutes), window: 7d, audience: customer}}"
    project.write("shorter.yaml", longer)
    document = json.loads(project.scorewell("compare", str(project.folder / "shorter.yaml"), "--json").stdout)
    # Acme's 90 minutes were more than 7 days ago.
    assert [(row["customer_id"], row["proposed"]["score"]) for row in document["customers"]] == [("a1", 40)]
    assert document["customers"][0]["parts"][0]["label"].startswith("Minutes")


def test_revenue_in_several_currencies_is_summed_nowhere(project: ProjectOnDisk, proposal: str) -> None:
    roles = "roles: {name: name, revenue: seats, currency: plan}"
    project.replace("scorewell.yaml", "roles: {name: name}", roles)
    page = project.folder / "page.html"
    document = json.loads(project.scorewell("compare", proposal, "--json", "--html", str(page)).stdout)
    assert (document["value"], {row["value"] for row in document["migration"]}) == (None, {None})
    assert "revenue-in-several-currencies" in [found["id"] for found in document["findings"]]
    assert "so it is not summed." in page.read_text("utf-8")
    told = project.scorewell("compare", proposal).stdout
    assert "so it is not summed" in told
    assert "Who moves where: revenue" not in told
    refused = project.scorewell("compare", proposal, "--value", "revenue")
    assert refused.exit_code == ExitCode.USAGE
    assert "so it cannot be summed" in refused.stderr
    assert project.scorewell("compare", proposal, "--value", "seats").exit_code == ExitCode.OK


def test_a_page_that_has_no_place_is_told_in_a_line(project: ProjectOnDisk, proposal: str) -> None:
    project.write("taken", "")
    written = project.scorewell("compare", proposal, "--html", str(project.folder / "taken" / "page.html"))
    assert (written.exit_code, "cannot be written: " in written.stderr) == (ExitCode.DATA, True)
    assert project.scorewell("compare", proposal, "--html", str(project.folder)).exit_code == ExitCode.USAGE
