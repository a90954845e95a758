"""A whole ``scorewell`` process that is killed at any point shows no half of a run, and the next one completes."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.faults.conftest import KILLS, contents, killed_after
from tests.support.project_on_disk import ProjectOnDisk, project_on_disk

from scorewell.history import History

PROGRAM = [sys.executable, "-c", "from scorewell.cli import main; main()"]


def started(project: ProjectOnDisk, *command: str) -> subprocess.Popen[bytes]:
    """The command on the project, in a process of its own."""
    return subprocess.Popen([*PROGRAM, *command, "--quiet"], cwd=project.folder, stderr=subprocess.PIPE)


def completed(project: ProjectOnDisk, *command: str) -> float:
    """How long it took, undisturbed."""
    begun = time.perf_counter()
    process = started(project, *command)
    _, said = process.communicate()
    assert process.returncode == 0, said.decode()
    return time.perf_counter() - begun


@pytest.fixture
def project(tmp_path: Path, store_url: str) -> ProjectOnDisk:
    """A project with a history in the store."""
    folder = tmp_path / "project"
    folder.mkdir()
    made = project_on_disk(folder)
    made.replace("scorewell.yaml", "version: 1", f"version: 1\nhistory: {store_url}")
    return made


def without_other_runs(store_url: str, kept: set[object]) -> None:
    """Remove the runs whose numbers are not among these."""
    with History.open(store_url, project="Test Cloud", folder=Path()) as history, history.writing() as writer:
        for run in history.runs():
            if run.number not in kept:
                writer.remove(run)
        writer.drop_unreferenced()


def numbers_in(rows: dict[str, list[tuple[object, ...]]]) -> set[object]:
    return {row[0] for row in rows["runs"]}


def of_runs(rows: dict[str, list[tuple[object, ...]]], numbers: set[object]) -> dict[str, list[tuple[object, ...]]]:
    """The rows of these runs. In two tables the run comes after the row's own id."""
    places = {"runs": 0, "frames": 0, "scores": 1, "transitions": 1}
    return {name: [row for row in rows[name] if row[place] in numbers] for name, place in places.items()}


@pytest.mark.parametrize(
    ("former", "command"),
    [
        (("run", "--as-of", "2026-02-22"), ("run", "--as-of", "2026-03-01")),
        ((), ("backfill", "--from", "2026-02-01", "--to", "2026-03-01", "--every", "day")),
    ],
    ids=["run", "backfill"],
)
def test_a_process_that_is_killed_leaves_no_half_and_the_next_completes(
    project: ProjectOnDisk, store_url: str, former: tuple[str, ...], command: tuple[str, ...]
) -> None:
    if former:
        completed(project, *former)
    History.open(store_url, project="Test Cloud", folder=Path()).close()
    before = contents(store_url)
    longest = completed(project, *command)
    whole, files = contents(store_url), project.delivered()

    chance = random.Random(len(command))  # noqa: S311 - chance, not secrecy
    for _ in range(KILLS):
        without_other_runs(store_url, numbers_in(before))
        assert contents(store_url) == before
        process = started(project, *command)
        killed_after(process, longest, chance)
        process.communicate()
        with History.open(store_url, project="Test Cloud", folder=Path()) as history:
            assert history.check() == ()
        there = contents(store_url)
        assert of_runs(there, numbers_in(there)) == of_runs(whole, numbers_in(there))

    completed(project, *command)
    assert contents(store_url) == whole
    assert project.delivered() == files
