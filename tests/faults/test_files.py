"""A SQLite file that is damaged, or that may not be written: what can be done is told, and what can be read is read."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.support.project_on_disk import ProjectOnDisk, project_on_disk

from scorewell.history import History, HistoryError

PROGRAM = [sys.executable, "-c", "from scorewell.cli import main; main()"]
RESTORE = "restore it from a backup, or move it away: `scorewell backfill` scores the past again"


@pytest.fixture
def project(tmp_path: Path) -> ProjectOnDisk:
    """A project with two runs in a SQLite file, scorewell.db."""
    made = project_on_disk(tmp_path)
    for moment in ("2026-02-22", "2026-03-01"):
        assert made.scorewell("run", "--as-of", moment, "--quiet").exit_code == 0
    return made


def cut_in_half(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def overwritten_at_its_beginning(file: Path) -> None:
    file.write_bytes(b"\xa5" * 4096 + file.read_bytes()[4096:])


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (cut_in_half, "error: history scorewell.db: database disk image is malformed"),
        (overwritten_at_its_beginning, "error: history scorewell.db: file is not a database"),
    ],
)
def test_a_damaged_file_is_told_with_what_to_do(
    project: ProjectOnDisk, damage: Callable[[Path], None], said: str
) -> None:
    damage(project.folder / "scorewell.db")
    left = (project.folder / "scorewell.db").read_bytes()
    for command in (["history", "list"], ["history", "check"], ["run", "--as-of", "2026-03-08"]):
        result = project.scorewell(*command)
        assert result.exit_code == 8
        assert said in result.stderr
        assert RESTORE in result.stderr
    assert (project.folder / "scorewell.db").read_bytes() == left


def test_a_check_tells_what_of_a_file_is_damaged(project: ProjectOnDisk) -> None:
    file = project.folder / "scorewell.db"
    with closing(sqlite3.connect(file)) as connection:
        [page] = connection.execute("select rootpage from sqlite_schema where name = 'scores'").fetchone()
        [size] = connection.execute("pragma page_size").fetchone()
    content = bytearray(file.read_bytes())
    content[size * (page - 1) : size * page] = b"\xa5" * size
    file.write_bytes(content)
    result = project.scorewell("history", "check", "--json")
    assert result.exit_code == 8
    found = json.loads(result.stdout)["findings"]
    assert {(each["id"], each["where"], each["hint"]) for each in found} == {("damaged-file", "the file", RESTORE)}


def test_a_file_that_was_damaged_while_it_was_open_is_told(project: ProjectOnDisk) -> None:
    with History.open("sqlite:///scorewell.db", project="Test Cloud", folder=project.folder) as history:
        cut_in_half(project.folder / "scorewell.db")
        with pytest.raises(HistoryError, match="database disk image is malformed") as told:
            history.runs()
    assert RESTORE in str(told.value)


@pytest.fixture(params=["file", "folder"])
def protected(project: ProjectOnDisk, request: pytest.FixtureRequest) -> Iterator[Callable[..., tuple[int, str]]]:
    """Runs a command where the store's file, or its whole folder, may only be read: its exit code, and what it said."""
    path, mode = (project.folder / "scorewell.db", 0o444) if request.param == "file" else (project.folder, 0o555)
    # To root no permission means anything, unless it gives up what lets it pass.
    without_power = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []
    if without_power and shutil.which("setpriv") is None:
        pytest.skip("root may write everything, and there is no setpriv to give that up")
    path.chmod(mode)

    def run(*command: str) -> tuple[int, str]:
        done = subprocess.run(
            [*without_power, *PROGRAM, *command], cwd=project.folder, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    yield run
    project.folder.chmod(0o755)


def test_a_store_that_may_only_be_read_is_read(
    protected: Callable[..., tuple[int, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    export = tmp_path_factory.mktemp("export")
    for command in (
        ("history", "list"),
        ("history", "show", "2026-03-01"),
        ("history", "export", str(export)),
        ("explain", "a1", "--since", "2026-02-22", "--as-of", "2026-03-01"),
    ):
        code, said = protected(*command)
        assert (code, "error" in said) == (0, False), said
    assert (export / "runs.parquet").is_file()


def test_who_would_write_to_a_store_that_may_only_be_read_is_told(protected: Callable[..., tuple[int, str]]) -> None:
    for command in (("run", "--as-of", "2026-03-08", "--quiet"), ("history", "prune", "--before", "2026-03-01")):
        code, said = protected(*command)
        assert code == 8, said
        assert "error: history scorewell.db: attempt to write a readonly database; nothing was changed" in said
        assert "try: the file and its folder must be writable" in said
