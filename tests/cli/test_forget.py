"""`scorewell forget`: asked first, told what was done, and the next run knows."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

from tests.support.project_on_disk import ProjectOnDisk

from scorewell.cli.exit_codes import ExitCode


def test_it_says_what_it_removed(project: ProjectOnDisk) -> None:
    assert project.scorewell("run", "--as-of", "2026-03-01").exit_code == ExitCode.OK
    result = project.scorewell("forget", "acme", "--yes")
    assert result.exit_code == ExitCode.OK, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "sinks.1 (parquet): removed 1 row"
    assert any(line.startswith("history: removed 1 scores, 1 metrics") for line in lines)
    everything = [path for path in (project.folder / "out").rglob("*") if path.is_file()]
    assert everything
    assert not any(b"Acme" in path.read_bytes() for path in everything)


def test_a_stored_configuration_that_is_damaged_stops_nobody_from_being_forgotten(project: ProjectOnDisk) -> None:
    assert project.scorewell("run", "--as-of", "2026-03-01").exit_code == ExitCode.OK
    with closing(sqlite3.connect(project.folder / "scorewell.db")) as connection:
        connection.execute("update documents set content = x'00' where kind = 'configuration'")
        connection.commit()
    result = project.scorewell("forget", "acme", "--yes")
    assert result.exit_code == ExitCode.OK, result.output
    assert "history: removed 1 scores, 1 metrics" in result.stdout


def test_the_next_run_leaves_out_who_was_forgotten(project: ProjectOnDisk) -> None:
    project.scorewell("run", "--as-of", "2026-03-01")
    project.scorewell("forget", "a1", "--yes")
    again = project.scorewell("run", "--as-of", "2026-03-02", "--json")
    document = json.loads(again.stdout)
    assert "forgotten-customers" in [found["id"] for found in document["findings"]]
    rows = (project.folder / "out/csv/scores-2026-03-02.csv").read_text("utf-8").splitlines()
    assert [row.partition(",")[0] for row in rows] == ["customer_id", "b2", "c3"]


def test_who_is_known_only_by_what_people_said_is_forgotten_too(project: ProjectOnDisk) -> None:
    assert project.scorewell("pulse", "a1", "2", "--by", "mara", "--note", "They look around").exit_code == ExitCode.OK
    result = project.scorewell("forget", "a1", "--yes", "--json")
    assert result.exit_code == ExitCode.OK, result.output
    assert json.loads(result.stdout)["history"]["pulses"] == 1


def test_who_was_forgotten_can_be_forgotten_again(project: ProjectOnDisk) -> None:
    project.scorewell("run", "--as-of", "2026-03-01")
    for told in ("history: removed 1 scores", "history: removed nothing"):
        result = project.scorewell("forget", "a1", "--yes")
        assert result.exit_code == ExitCode.OK, result.output
        assert told in result.stdout


def test_nobody_is_forgotten_without_being_asked(project: ProjectOnDisk) -> None:
    project.scorewell("run", "--as-of", "2026-03-01")
    result = project.scorewell("forget", "a1")
    assert result.exit_code == ExitCode.USAGE
    assert "--yes" in result.output
    assert "a1" in (project.folder / "out/csv/scores-2026-03-01.csv").read_text("utf-8")


def test_a_customer_that_is_not_there_is_told(project: ProjectOnDisk) -> None:
    project.scorewell("run", "--as-of", "2026-03-01")
    result = project.scorewell("forget", "Akme", "--yes")
    assert result.exit_code == ExitCode.USAGE
    assert "Acme" in result.output


def test_a_customer_or_a_person_and_not_both(project: ProjectOnDisk) -> None:
    assert project.scorewell("forget", "--yes").exit_code == ExitCode.USAGE
    assert project.scorewell("forget", "a1", "--person", "mara", "--yes").exit_code == ExitCode.USAGE


def test_a_persons_words_are_gone_and_the_decision_stays(project: ProjectOnDisk) -> None:
    project.scorewell("run", "--as-of", "2026-03-01")
    decided = ("--because", "I know them", "--by", "mara", "--from", "2026-03-01", "--until", "2026-05-01")
    assert project.scorewell("override", "a1", "--at-most", "40", *decided).exit_code == ExitCode.OK
    result = project.scorewell("forget", "--person", "mara", "--yes", "--json")
    assert json.loads(result.stdout)["history"]["overrides"] == 1
    (override,) = json.loads(project.scorewell("override", "list", "--all", "--json").stdout)["overrides"]
    assert "mara" not in json.dumps(override)
    assert "I know them" not in json.dumps(override)


def test_a_person_whom_nothing_names_is_refused_with_who_may_be_meant(project: ProjectOnDisk) -> None:
    project.scorewell("run", "--as-of", "2026-03-01")
    project.scorewell("pulse", "a1", "2", "--by", "mara", "--on", "2026-02-20")
    result = project.scorewell("forget", "--person", "marra", "--yes")
    assert result.exit_code == ExitCode.USAGE
    assert "nothing that was stored or delivered names a person 'marra'" in result.stderr
    assert "try: mara" in result.stderr


def test_a_person_is_forgotten_twice_in_peace(project: ProjectOnDisk) -> None:
    project.scorewell("run", "--as-of", "2026-03-01")
    project.scorewell("pulse", "a1", "2", "--by", "mara", "--on", "2026-02-20")
    for _ in range(2):
        assert project.scorewell("forget", "--person", "mara", "--yes").exit_code == ExitCode.OK


def test_who_is_called_the_same_but_for_capitals_is_told(project: ProjectOnDisk) -> None:
    project.scorewell("run", "--as-of", "2026-03-01")
    for name in ("mara", "Mara"):
        project.scorewell("pulse", "a1", "2", "--by", name, "--on", "2026-02-20")
    result = project.scorewell("forget", "--person", "mara", "--yes")
    assert (
        "history: 'Mara' is still stored; if it is the same person, forget that name too" in result.stdout.splitlines()
    )


def test_without_a_history_nothing_remembers_it_and_that_is_said(project: ProjectOnDisk) -> None:
    result = project.scorewell("forget", "a1", "--yes")
    assert result.exit_code == ExitCode.OK
    assert any(
        line.startswith("history: none, so later runs do not leave them out") for line in result.stdout.splitlines()
    )
