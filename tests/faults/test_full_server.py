"""PostgreSQL's own disk is full: it is told, nothing is lost, and with room again the same run completes."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
import sqlalchemy as sa
from tests.faults.conftest import contents
from tests.support.postgresql import PASSWORD, server_user
from tests.support.project_on_disk import ProjectOnDisk, project_on_disk

from scorewell.history import History

MEGABYTES = 24
CUSTOMERS = 300


@attrs.frozen
class SmallDisk:
    """A database that has a disk of a few megabytes to itself."""

    url: str
    folder: Path

    def fill(self) -> None:
        """Take what room there is."""
        with (self.folder / "ballast").open("wb", buffering=0) as ballast:
            try:
                while ballast.write(bytes(4096)):
                    pass
            except OSError:
                return

    def make_room(self) -> None:
        (self.folder / "ballast").unlink()


@pytest.fixture
def small_disk(postgresql_url: str) -> Iterator[SmallDisk]:
    """A database in a tablespace on a disk of its own; the log, which no server runs without, is elsewhere."""
    folder = Path(tempfile.mkdtemp(prefix="scorewell-disk-"))
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    owner, group = server_user()
    options = f"size={MEGABYTES}m,mode=700,uid={owner},gid={group}"
    mounted = subprocess.run(
        [*root, "mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, text=True
    )
    if mounted.returncode:
        folder.rmdir()
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        with sa.create_engine(postgresql_url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool).connect() as server:
            server.exec_driver_sql(f"create tablespace small location '{folder}'")
            try:
                server.exec_driver_sql("create database small tablespace small")
                yield SmallDisk(postgresql_url.rpartition("/")[0] + "/small", folder)
            finally:
                server.exec_driver_sql("drop database if exists small with (force)")
                server.exec_driver_sql("drop tablespace small")
    finally:
        subprocess.run([*root, "umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


def project_in(folder: Path, url: str) -> ProjectOnDisk:
    """A project of many customers, with its history there."""
    folder.mkdir()
    made = project_on_disk(folder)
    made.replace("scorewell.yaml", "version: 1", f"version: 1\nhistory: {url}")
    accounts = "".join(f"n{number:05},Name {number},Large,5\n" for number in range(CUSTOMERS))
    made.write("accounts.csv", (folder / "accounts.csv").read_text() + accounts)
    return made


def test_a_full_disk_of_the_server_loses_nothing_and_with_room_again_the_run_completes(
    small_disk: SmallDisk, tmp_path: Path
) -> None:
    project = project_in(tmp_path / "full", small_disk.url)
    undisturbed = project_in(tmp_path / "undisturbed", f"sqlite:///{tmp_path / 'undisturbed.db'}")
    first, second = ("run", "--as-of", "2026-02-22", "--quiet"), ("run", "--as-of", "2026-03-01", "--quiet")
    assert project.scorewell(*first).exit_code == 0
    before = contents(small_disk.url)

    small_disk.fill()
    failed = project.scorewell(*second)
    assert failed.exit_code == 8
    assert "error: history postgresql://127.0.0.1/small: could not extend file" in failed.stderr
    assert "No space left on device; nothing was changed" in failed.stderr
    assert "try: make room on the server's disk, and try again" in failed.stderr
    assert PASSWORD not in failed.output
    assert contents(small_disk.url) == before

    small_disk.make_room()
    assert project.scorewell(*second).exit_code == 0
    for command in (first, second):
        assert undisturbed.scorewell(*command).exit_code == 0
    assert project.delivered() == undisturbed.delivered()
    with History.open(small_disk.url, project="Test Cloud", folder=Path()) as history:
        assert history.check() == ()
        assert [run.customers for run in history.runs()] == [CUSTOMERS + 3] * 2
