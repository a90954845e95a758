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
FIRST, SECOND = "2026-02-22", "2026-03-01"


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


def without_runs_after_the_first(store_url: str) -> None:
    with History.open(store_url, project="Test Cloud", folder=Path()) as history, history.writing() as writer:
        for run in history.runs()[1:]:
            writer.remove(run)
        writer.drop_unreferenced()


@pytest.mark.parametrize("command", [("run", "--as-of", SECOND)], ids=["run"])
def test_a_process_that_is_killed_leaves_no_half(
    project: ProjectOnDisk, store_url: str, command: tuple[str, ...]
) -> None:
    completed(project, "run", "--as-of", FIRST)
    longest = completed(project, *command)
    whole, files = contents(store_url), project.delivered()
    without_runs_after_the_first(store_url)
    before = contents(store_url)

    chance = random.Random(len(command))  # noqa: S311 - chance, not secrecy
    for _ in range(KILLS):
        process = started(project, *command)
        killed_after(process, longest, chance)
        process.communicate()
        with History.open(store_url, project="Test Cloud", folder=Path()) as history:
            assert history.check() == ()
        assert contents(store_url) in (before, whole)
        without_runs_after_the_first(store_url)
        assert contents(store_url) == before

    completed(project, *command)
    assert contents(store_url) == whole
    assert project.delivered() == files
