"""A real PostgreSQL server for tests: on loopback alone, in a folder of its own, gone when they end."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import attrs
import sqlalchemy as sa

USER, PASSWORD = "scorewell", "s3cret-pg"
_WHERE_DEBIAN_PUTS_IT = Path("/usr/lib/postgresql")
_NOTHING_NEEDS_TO_SURVIVE = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
_ATTEMPTS = 5


@attrs.frozen
class Server:
    """A running server."""

    port: int

    def emptied(self) -> str:
        """The URL of its one database, with the password, after everything in it was dropped.

        A new database for every test would take twenty times as long.
        """
        url = f"postgresql+psycopg://{USER}:{PASSWORD}@127.0.0.1:{self.port}/postgres"
        with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
            connection.exec_driver_sql("set lock_timeout = '20s'")
            for schema in sa.inspect(connection).get_schema_names():
                if schema != "information_schema":
                    connection.exec_driver_sql(f'drop schema "{schema}" cascade')
            connection.exec_driver_sql("create schema public")
            connection.exec_driver_sql("grant usage on schema public to public")  # as in a new database
        return url


def why_absent() -> str | None:
    """What this machine lacks for a server; None for nothing."""
    if sys.platform == "win32":
        return "the tests start a PostgreSQL server on Unix only"
    if find_spec("psycopg") is None:
        return "the driver psycopg is not installed"
    if _programs() is None:
        return "no PostgreSQL server is installed (Debian: apt-get install postgresql)"
    if os.geteuid() == 0 and _other_user() is None:
        return "PostgreSQL does not run as root, and there is no other user to run it as"
    return None


@contextmanager
def running() -> Iterator[Server]:
    """A new server, while the context lasts."""
    programs = _programs()
    assert programs is not None
    # Not below pytest's own temporary folder: nobody but the user who runs the tests may enter that.
    folder = Path(tempfile.mkdtemp(prefix="scorewell-postgresql-"))
    password = folder / "password"
    password.write_text(PASSWORD)
    if os.geteuid() == 0:
        user = _other_user()
        assert user is not None
        for path in (folder, password):
            os.chown(path, user.pw_uid, user.pw_gid)
    data, log = folder / "data", folder / "log"
    try:
        _as_server(
            [
                *(str(programs / "initdb"), "--pgdata", str(data), "--username", USER, "--pwfile", str(password)),
                *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"),
            ]
        )
        port = _started(programs / "pg_ctl", data, log)
        try:
            yield Server(port)
        finally:
            _as_server([str(programs / "pg_ctl"), "stop", "--pgdata", str(data), "--mode", "immediate"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _started(pg_ctl: Path, data: Path, log: Path) -> int:
    """The port. One that was free a moment ago can be taken by the time the server wants it: then another is tried."""
    for attempt in range(_ATTEMPTS):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=''", *_NOTHING_NEEDS_TO_SURVIVE]
        options = " ".join([f"-p {port}", *(f"-c {setting}" for setting in settings)])
        try:
            _as_server([str(pg_ctl), "start", "--wait", "--pgdata", str(data), "--log", str(log), "--options", options])
        except subprocess.CalledProcessError as error:
            if attempt == _ATTEMPTS - 1:
                error.add_note(log.read_text())
                raise
        else:
            return port
    raise AssertionError("unreachable")


def _as_server(command: Sequence[str]) -> None:
    """Run one of the server's programs: never as root, which they refuse."""
    user = _other_user() if os.geteuid() == 0 else None
    # Their output goes nowhere: a server that inherits a pipe keeps its reader waiting for ever.
    subprocess.run(
        command,
        check=True,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=None if user is None else user.pw_uid,
        group=None if user is None else user.pw_gid,
        extra_groups=None if user is None else [],
        env={"PATH": os.environ["PATH"], "LANG": "C", "TZ": "UTC"},
    )


def server_user() -> tuple[int, int]:
    """The numbers of the user, and of its group, as whom the server runs."""
    user = _other_user() if os.geteuid() == 0 else None
    return (os.geteuid(), os.getegid()) if user is None else (user.pw_uid, user.pw_gid)


def _other_user() -> Any:
    """The entry of a user that is not root; None where there is none."""
    import pwd  # Unix has it, and only there a server is started

    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def _programs() -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl``: Debian keeps each version's apart, outside the PATH."""
    versions = sorted(
        _WHERE_DEBIAN_PUTS_IT.glob("*/bin"), key=lambda path: [int(part) for part in path.parent.name.split(".")]
    )
    found = shutil.which("pg_ctl")
    folders = [*reversed(versions), *([Path(found).resolve().parent] if found else [])]
    return next((folder for folder in folders if (folder / "initdb").is_file()), None)
