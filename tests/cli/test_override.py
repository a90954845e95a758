"""`scorewell override` and `scorewell pulse`: what people decide and say of customers."""

from __future__ import annotations

import json
from datetime import datetime
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import Result
from rich.console import Console
from tests.support.project_on_disk import ProjectOnDisk

from scorewell.cli.decided import print_overrides
from scorewell.cli.exit_codes import ExitCode
from scorewell.configuration import load
from scorewell.runner.decisions import overrides_of

WHY = ("--because", "their sponsor left", "--by", "mara", "--from", "2026-02-01", "--until", "2026-04-01")


def kept(project: ProjectOnDisk, *arguments: str) -> dict[str, Any]:
    """The document of an override or a pulse that was kept."""
    result = project.scorewell(*arguments, "--json")
    assert result.exit_code == ExitCode.OK, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def listed(project: ProjectOnDisk, *arguments: str) -> list[dict[str, Any]]:
    documents: list[dict[str, Any]] = kept(project, "override", "list", *arguments)["overrides"]
    return documents


def refused(result: Result, *words: str) -> None:
    assert result.exit_code == ExitCode.USAGE, result.output
    assert [word for word in words if word not in result.output] == []


@pytest.mark.parametrize(
    ("said", "words", "value", "band"),
    [
        (("--score", "25"), "set to 25", 25, None),
        (("--at-most", "40"), "at most 40", 40, None),
        (("--at-least", "60.5"), "at least 60.5", 60.5, None),
        (("--band", "healthy"), "band healthy", None, "healthy"),
    ],
)
def test_what_is_decided_is_kept(
    project: ProjectOnDisk, said: tuple[str, str], words: str, value: float | None, band: str | None
) -> None:
    document = kept(project, "override", "a1", *said, *WHY)
    about = ("number", "customer_id", "name", "score_name", "words", "value", "band", "because", "author")
    assert [document[name] for name in about] == [
        1, "a1", "Acme", "health", words, value, band, "their sponsor left", "mara",
    ]  # fmt: skip
    assert (document["begins"], document["until"]) == ("2026-02-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00")


def test_a_customer_may_be_named_and_options_may_come_first(project: ProjectOnDisk) -> None:
    assert kept(project, "override", "--at-most", "40", *WHY, "Globex")["customer_id"] == "b2"


def test_in_words_it_says_who_what_and_until_when(project: ProjectOnDisk) -> None:
    result = project.scorewell("override", "a1", "--at-most", "40", *WHY)
    assert result.stdout == "override 1: Acme at most 40 until 2026-04-01\n"


@pytest.mark.parametrize("missing", ["--because", "--by", "--until"])
def test_a_reason_an_author_and_an_end_are_required(project: ProjectOnDisk, missing: str) -> None:
    position = WHY.index(missing)
    rest = WHY[:position] + WHY[position + 2 :]
    refused(project.scorewell("override", "a1", "--at-most", "40", *rest), missing)


@pytest.mark.parametrize("empty", ["--because", "--by"])
def test_neither_reason_nor_author_is_empty(project: ProjectOnDisk, empty: str) -> None:
    said = list(WHY)
    said[said.index(empty) + 1] = " "
    refused(project.scorewell("override", "a1", "--at-most", "40", *said), "is empty")


@pytest.mark.parametrize("said", [(), ("--score", "20", "--band", "healthy")])
def test_exactly_one_thing_is_decided(project: ProjectOnDisk, said: tuple[str, ...]) -> None:
    refused(project.scorewell("override", "a1", *said, *WHY), "expected exactly one of --score, --band")


@pytest.mark.parametrize(
    ("customer", "said", "told"),
    [
        ("a7", ("--score", "20"), ["no customer with the id or name 'a7'"]),
        ("a1", ("--score", "120"), ["120 is outside the scale of 0 to 100"]),
        ("a1", ("--band", "helthy"), ["no band 'helthy'; there is at_risk, stable, healthy", "try: --band healthy"]),
        ("a1", ("--score", "20", "--score-name", "haelth"), ["no score 'haelth'"]),
        ("a1", ("--score", "nan"), ["nan is outside the scale"]),
    ],
)
def test_what_cannot_be_is_refused(
    project: ProjectOnDisk, customer: str, said: tuple[str, ...], told: list[str]
) -> None:
    refused(project.scorewell("override", customer, *said, *WHY), *told)
    assert listed(project, "--all") == []


def test_of_whom_there_is_not_the_nearest_are_told(project: ProjectOnDisk) -> None:
    refused(project.scorewell("override", "Glovex", "--score", "20", *WHY), "'Glovex' among 3", "try: Globex")
    refused(project.scorewell("pulse", "Glovex", "2", "--by", "mara"), "'Glovex' among 3", "try: Globex")


INACTIVE = "this customer is not active, and only active customers have a score (customers.active: seats > 5)"


def test_what_is_said_of_a_customer_who_is_not_active_is_kept_and_changes_nothing(project: ProjectOnDisk) -> None:
    project.replace("scorewell.yaml", "  source: crm\n  roles", "  source: crm\n  active: seats > 5\n  roles")
    told = f"stored, but it changes nothing at present: {INACTIVE}\n"
    assert project.scorewell("override", "c3", "--score", "20", *WHY).stdout.endswith(told)
    assert project.scorewell("pulse", "c3", "2", "--by", "mara").stdout.endswith(told)
    assert kept(project, "override", "c3", "--score", "20", *WHY)["ineffective"] == INACTIVE
    assert kept(project, "pulse", "c3", "2", "--by", "mara")["ineffective"] == INACTIVE
    assert kept(project, "override", "a1", "--score", "20", *WHY)["ineffective"] is None


GONE = "this customer is not in the customers' table now, and was last scored as of 2026-03-01"


@pytest.mark.parametrize("customer", ["c3", "Initech"])
def test_what_is_said_of_a_customer_whom_the_history_alone_knows_is_kept_and_changes_nothing(
    project: ProjectOnDisk, customer: str
) -> None:
    project.scorewell("run", "--as-of", "2026-03-01")
    accounts = (project.folder / "accounts.csv").read_text().splitlines()
    project.write("accounts.csv", "\n".join(line for line in accounts if not line.startswith("c3,")) + "\n")
    assert kept(project, "override", customer, "--score", "20", *WHY)["ineffective"] == GONE
    assert kept(project, "pulse", customer, "2", "--by", "mara")["ineffective"] == GONE
    assert [each["customer_id"] for each in listed(project, customer, "--all")] == ["c3"]
    refused(project.scorewell("override", "d4", "--score", "20", *WHY), "'d4' among 2")


def test_a_name_that_several_have_now_is_refused_though_one_had_it_before(project: ProjectOnDisk) -> None:
    project.scorewell("run", "--as-of", "2026-03-01")
    project.replace("accounts.csv", "Initech", "Globex")
    refused(project.scorewell("override", "Globex", "--score", "20", *WHY), "2 customers are called 'Globex'")


def test_a_limit_of_a_score_that_is_not_there_says_so_and_a_score_gives_one(project: ProjectOnDisk) -> None:
    project.replace("scorewell.yaml", "minimum_coverage: 30%", "minimum_coverage: 100%")
    assert project.scorewell("run", "--as-of", "2026-03-01").exit_code == ExitCode.OK
    told = kept(project, "override", "c3", "--at-most", "20", *WHY)["ineffective"]
    assert told == "there was no score in the last run to apply 'at most' to; --score and --band give one"
    assert kept(project, "override", "c3", "--score", "20", *WHY)["ineffective"] is None


def test_who_is_in_no_segment_has_no_score_to_decide_about(project: ProjectOnDisk) -> None:
    project.replace("scorewell.yaml", "  everyone_else: {scorecard: standard}\n", "")
    assert project.scorewell("run", "--as-of", "2026-03-01").exit_code == ExitCode.OK
    told = kept(project, "override", "c3", "--score", "20", *WHY)["ineffective"]
    assert told == "the customer was in no segment in the last run, so it has no scorecard"


def test_it_does_not_end_before_it_begins(project: ProjectOnDisk) -> None:
    times = ("--from", "2026-04-01", "--until", "2026-04-01")
    result = project.scorewell("override", "a1", "--score", "20", "--because", "x", "--by", "mara", *times)
    refused(result, "it would end (2026-04-01 00:00) before it begins (2026-04-01 00:00)")
    past = project.scorewell(
        "override", "a1", "--score", "20", "--because", "x", "--by", "mara", "--until", "2020-04-01"
    )
    refused(past, "it would end (2020-04-01 00:00) before it begins", "try: --from says when it begins")


def test_the_list_has_what_counts_or_will_and_all_has_the_rest(project: ProjectOnDisk) -> None:
    for name, begins, until in (("a1", "2020-01-01", "2020-02-01"), ("a1", "2020-01-01", "2999-01-01"),
                                ("b2", "2998-01-01", "2999-01-01"), ("c3", "2020-01-01", "2999-01-01")):  # fmt: skip
        times = ("--from", begins, "--until", until)
        kept(project, "override", name, "--score", "20", "--because", "x", "--by", "mara", *times)
    assert project.scorewell("override", "withdraw", "4", "--by", "jo").exit_code == ExitCode.OK
    assert [(one["number"], one["state"]) for one in listed(project)] == [(2, "in force"), (3, "to come")]
    assert [(one["number"], one["state"]) for one in listed(project, "--all")] == [
        (1, "ended"), (2, "in force"), (3, "to come"), (4, "withdrawn"),
    ]  # fmt: skip
    assert [one["number"] for one in listed(project, "Acme", "--all")] == [1, 2]


def test_the_list_is_a_table_for_people(project: ProjectOnDisk) -> None:
    assert project.scorewell("override", "list").stdout == "no overrides\n"
    kept(project, "override", "a1", "--at-most", "40", *WHY)
    (line,) = project.scorewell("override", "list", "--all").stdout.splitlines()[1:]
    assert line.split() == ["1", "a1", "at", "most", "40", "2026-02-01", "2026-04-01", "ended", "mara",
                            "their", "sponsor", "left"]  # fmt: skip
    assert project.scorewell("run", "--as-of", "2026-03-01").exit_code == ExitCode.OK
    (line,) = project.scorewell("override", "list", "--all").stdout.splitlines()[1:]
    assert line.split()[:2] == ["1", "Acme"]


def test_a_narrow_terminal_breaks_no_date(project: ProjectOnDisk) -> None:
    kept(project, "override", "a1", "--at-most", "40", *WHY)
    (override,) = overrides_of(load(project.folder / "scorewell.yaml"))
    file = StringIO()
    console = Console(file=file, width=80)
    print_overrides(console, [override], datetime(2026, 3, 1, tzinfo=ZoneInfo("Europe/Berlin")), {}, with_score=False)
    told = file.getvalue()
    assert [word for word in ("2026-02-01", "2026-04-01", "in force", "sponsor") if word not in told] == []


def test_to_list_what_nobody_decided_makes_no_history(project: ProjectOnDisk) -> None:
    assert project.scorewell("override", "list").stdout == "no overrides\n"
    assert project.scorewell("pulse", "list").stdout == "no pulses\n"
    assert not (project.folder / "scorewell.db").exists()


def test_who_withdraws_it_is_kept(project: ProjectOnDisk) -> None:
    kept(project, "override", "a1", "--at-most", "40", *WHY)
    said = ("--by", "jo", "--because", "they stay", "--from", "2026-03-01")
    result = project.scorewell("override", "withdraw", "1", *said)
    assert result.stdout == "override 1 (at most 40) is withdrawn from 2026-03-01 on\n"
    (one,) = listed(project, "--all")
    assert (one["withdrawn_by"], one["withdrawn_because"]) == ("jo", "they stay")


def test_what_was_withdrawn_is_a_document_for_programs(project: ProjectOnDisk) -> None:
    kept(project, "override", "a1", "--at-most", "40", *WHY)
    one = kept(project, "override", "withdraw", "1", "--by", "jo", "--from", "2026-03-01")
    assert (one["number"], one["withdrawn_by"], one["withdrawn_at"]) == (1, "jo", "2026-02-28T23:00:00+00:00")


def test_what_has_ended_cannot_be_withdrawn(project: ProjectOnDisk) -> None:
    kept(project, "override", "a1", "--at-most", "40", *WHY)
    result = project.scorewell("override", "withdraw", "1", "--by", "jo", "--from", "2026-04-01")
    refused(result, "override 1 ended (2026-04-01 00:00) before it would be withdrawn (2026-04-01 00:00)")
    assert listed(project, "--all")[0]["withdrawn_at"] is None


def test_what_there_is_not_cannot_be_withdrawn(project: ProjectOnDisk) -> None:
    result = project.scorewell("override", "withdraw", "7", "--by", "jo")
    assert (result.exit_code, "there is no override 7" in result.output) == (ExitCode.USAGE, True)


def test_a_project_without_a_history_keeps_nothing(project: ProjectOnDisk) -> None:
    project.write("scorewell.yaml", (project.folder / "scorewell.yaml").read_text() + "history: none\n")
    result = project.scorewell("override", "a1", "--score", "20", *WHY)
    assert (result.exit_code, "has no history" in result.output) == (ExitCode.HISTORY, True)


def test_where_the_customers_cannot_be_read_nobody_knows_whom_it_is_about(project: ProjectOnDisk) -> None:
    (project.folder / "accounts.csv").unlink()
    assert project.scorewell("override", "a1", "--score", "20", *WHY).exit_code == ExitCode.DATA


def test_the_help_tells_of_the_first_command_and_names_the_others(project: ProjectOnDisk) -> None:
    told = project.scorewell("override", "--help").stdout
    assert [word for word in ("CUSTOMER", "--at-most", "list", "withdraw") if word not in told] == []


@pytest.mark.parametrize("name", ["override", "pulse"])
def test_a_mistake_calls_the_command_as_it_was_written(project: ProjectOnDisk, name: str) -> None:
    told = project.scorewell(name, "a1").stderr.splitlines()
    assert told[0].startswith(f"Usage: scorewell {name} [OPTIONS] CUSTOMER")
    assert told[1] == f"Try 'scorewell {name} --help' for help."


# -- pulse -------------------------------------------------------------------------------------------------------------


def test_a_pulse_is_kept_with_who_and_why(project: ProjectOnDisk) -> None:
    said = ("--reason", "sponsor", "--note", "left for a rival", "--by", "mara", "--on", "2026-02-01")
    document = kept(project, "pulse", "Acme", "2", *said)
    about = ("customer_id", "name", "value", "reason", "note", "author", "given_at")
    assert [document[name] for name in about] == [
        "a1", "Acme", 2, "sponsor", "left for a rival", "mara", "2026-02-01T00:00:00+01:00",
    ]  # fmt: skip


def test_a_pulse_that_nothing_looks_at_says_so(project: ProjectOnDisk) -> None:
    assert kept(project, "pulse", "a1", "2", "--by", "mara")["ineffective"] == "the project has no section 'pulse' yet"
    project.replace("scorewell.yaml", "scorecards:\n", "pulse: {source: tickets, column: rating}\nscorecards:\n")
    told = kept(project, "pulse", "a1", "2", "--by", "mara")["ineffective"]
    assert told == "the project's pulses are those of the source 'tickets' (pulse.source): record it there"
    project.replace(
        "scorewell.yaml",
        "\n  tickets: {",
        "\n  pulses: {plugin: files, path: tickets.csv, customer: account, time: opened}\n  tickets: {",
    )
    project.replace(
        "scorewell.yaml", "pulse: {source: tickets, column: rating}", "pulse: {source: pulses, column: rating}"
    )
    told = kept(project, "pulse", "a1", "2", "--by", "mara")["ineffective"]
    assert told == "the project's pulses are those of the source 'pulses' (pulse.source): record it there"
    project.replace(
        "scorewell.yaml", "  pulses: {plugin: files, path: tickets.csv, customer: account, time: opened}\n", ""
    )
    project.replace("scorewell.yaml", "pulse: {source: pulses, column: rating}", "pulse: {}")
    assert kept(project, "pulse", "a1", "2", "--by", "mara")["ineffective"] is None


@pytest.mark.parametrize("value", ["0", "6", "3.5", "two"])
def test_what_is_not_one_to_five_is_no_pulse(project: ProjectOnDisk, value: str) -> None:
    refused(
        project.scorewell("pulse", "a1", value, "--by", "mara"), f"'{value}' is not a pulse: expected 1, 2, 3, 4 or 5"
    )


def test_pulses_are_listed_the_latest_first(project: ProjectOnDisk) -> None:
    assert project.scorewell("pulse", "list").stdout == "no pulses\n"
    for customer, value, day in (("a1", "2", "2026-02-01"), ("a1", "4", "2026-02-20"), ("b2", "3", "2026-02-10")):
        kept(project, "pulse", customer, value, "--by", "mara", "--on", day)
    rows = [line.split() for line in project.scorewell("pulse", "list").stdout.splitlines()[1:]]
    assert rows == [
        ["a1", "4", "2026-02-20", "mara"],
        ["b2", "3", "2026-02-10", "mara"],
        ["a1", "2", "2026-02-01", "mara"],
    ]
    assert [one["value"] for one in kept(project, "pulse", "list", "a1")["pulses"]] == [4, 2]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("a1", "6", "--by", "mara"), "'6' is not a pulse"),
        (("a1", "3"), "--by"),
        (("a1", "3", "--by", " "), "is empty"),
        (("a9", "3", "--by", "mara"), "no customer with the id or name 'a9'"),
        (("a1", "3", "--by", "mara", "--on", "2999-01-01"), "is in the future"),
    ],
)
def test_a_pulse_that_cannot_be_is_refused(project: ProjectOnDisk, arguments: tuple[str, ...], told: str) -> None:
    refused(project.scorewell("pulse", *arguments), told)
