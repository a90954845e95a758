"""The command line as a process: what reaches the shell, a terminal, and a reader that leaves early."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.project_on_disk import ProjectOnDisk

from scorewell.cli.exit_codes import ExitCode

SCOREWELL = [sys.executable, "-c", "from scorewell.cli import main; main()"]


def process(project: ProjectOnDisk, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A command as a shell would start it, with nothing of this process's terminal in it."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "SYSTEMROOT", "PYTHONPATH"}}
    return subprocess.run(
        [*SCOREWELL, *arguments], cwd=project.folder, env={**kept, **environment}, capture_output=True, check=False
    )


def test_exit_codes_reach_the_shell(project: ProjectOnDisk) -> None:
    assert process(project, "run", "--segment", "none").returncode == 2
    project.replace("scorewell.yaml", "weight: 60", "wieght: 60")
    assert process(project, "run").returncode == 3


def test_an_ascii_terminal_gets_ascii(project: ProjectOnDisk) -> None:
    project.replace("accounts.csv", "Globex", "Globex 🚀 Łódź")
    ran = process(project, "explain", "b2", "--as-of", "2026-03-01", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert ran.returncode == 0, ran.stderr
    assert b"Globex ? ??d?" in ran.stdout
    assert b"|- product usage" in ran.stdout


def test_no_color_is_respected_and_colors_are_for_terminals_alone(project: ProjectOnDisk) -> None:
    assert b"\x1b[" not in process(project, "run", "--as-of", "2026-03-01").stdout
    colored = process(project, "run", "--as-of", "2026-03-01", FORCE_COLOR="1", TERM="xterm-256color").stdout
    assert b"\x1b[32mdelivered" in colored
    plain = process(
        project, "run", "--as-of", "2026-03-01", FORCE_COLOR="1", TERM="xterm-256color", NO_COLOR="1"
    ).stdout
    assert b"\x1b[32m" not in plain


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here that is always full")
@pytest.mark.parametrize("arguments", [["run"], ["check", "--json"], ["plugins"]])
def test_output_that_cannot_be_written_is_told_in_one_line(project: ProjectOnDisk, arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [*SCOREWELL, *arguments], cwd=project.folder, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert ended.stderr.splitlines()[-1] == "error: standard output cannot be written: No space left on device"
    assert "Traceback" not in ended.stderr
    assert "bug" not in ended.stderr
    assert ended.returncode == ExitCode.OUTPUT


@pytest.mark.parametrize("arguments", [["plugins"], ["run", "--dry-run", "--quiet", "--json"], ["check", "--no-data"]])
def test_a_reader_that_leaves_early_is_no_error(project: ProjectOnDisk, arguments: list[str]) -> None:
    command = [*SCOREWELL, *arguments]
    running = subprocess.Popen(command, cwd=project.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.close()
    told = running.stderr.read()
    running.stderr.close()
    assert (running.wait(), told) == (0, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are a POSIX thing")
def test_on_a_terminal_the_step_under_way_is_shown_and_gone_when_it_is_over(project: ProjectOnDisk) -> None:
    import pty

    ours, theirs = pty.openpty()
    command = [*SCOREWELL, "run", "--as-of", "2026-03-01"]
    ran = subprocess.run(
        command,
        cwd=project.folder,
        env={**os.environ, "TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=theirs,
        check=True,
    )
    os.close(theirs)
    shown = os.read(ours, 1_000_000).decode()
    os.close(ours)
    assert "starting" in shown
    assert "measured" not in shown
    assert shown.rstrip().endswith("\x1b[2K")
    # What is told of the run goes to standard output, which is no terminal here.
    assert b"delivered" in ran.stdout
    assert b"\x1b" not in ran.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are a POSIX thing")
def test_a_sink_that_prints_begins_a_line_of_its_own_where_the_step_under_way_is_shown(project: ProjectOnDisk) -> None:
    import pty

    project.replace("scorewell.yaml", "plugin: csv, path: out/csv/", "plugin: console")
    ours, theirs = pty.openpty()
    command = [*SCOREWELL, "run", "--as-of", "2026-03-01"]
    environment = {**os.environ, "TERM": "xterm"}
    subprocess.run(command, cwd=project.folder, env=environment, stdout=theirs, stderr=theirs, check=True)
    os.close(theirs)
    shown = os.read(ours, 1_000_000).decode()
    os.close(ours)
    before, title, _ = shown.partition(" as of 2026-03-01 00:00: ")
    assert title
    line = before.rpartition("\x1b[2K")[2]
    assert not any(word in line for word in ("starting", "delivering", "keeping"))
