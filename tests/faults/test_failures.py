"""A full disk and a lost connection are told in a line, and nothing is lost."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tests.faults.conftest import contents
from tests.faults.writing import written
from tests.support.postgresql import PASSWORD
from tests.support.remembered import MONDAY

from scorewell.history import History, HistoryError

NOTHING_CHANGED = "nothing was changed"


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[tuple[History, str]]:
    """A store in a file, with one run, and its URL."""
    url = f"sqlite:///{tmp_path / 'history.db'}"
    with History.open(url, project="Acme", folder=tmp_path) as history:
        with history.writing() as writer:
            writer.replace(written(1.0))
        yield history, url


@pytest.fixture
def postgresql(postgresql_url: str) -> Iterator[tuple[History, str]]:
    """A store on a server, with one run, and its URL."""
    with History.open(postgresql_url, project="Acme", folder=Path()) as history:
        with history.writing() as writer:
            writer.replace(written(1.0))
        yield history, postgresql_url


def end_of_connection(url: str, connection: sa.Connection) -> None:
    """The server ends another's connection."""
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as other:
        pid = connection.connection.dbapi_connection.info.backend_pid  # type: ignore[union-attr]
        other.exec_driver_sql(f"select pg_terminate_backend({pid}, 10000)")


def test_a_full_disk_loses_nothing(
    sqlite: tuple[History, str], started: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    _, url = sqlite
    before = contents(url)
    limited = started(url, "large", str((tmp_path / "history.db").stat().st_size + 100_000))
    _, said = limited.communicate()
    assert limited.returncode == 1
    assert said.startswith(("history history.db: disk I/O error;", "history history.db: database or disk is full;"))
    assert NOTHING_CHANGED in said
    assert said.count("\n    try: ") == 1
    assert contents(url) == before


def test_a_file_that_may_not_grow_loses_nothing(sqlite: tuple[History, str]) -> None:
    history, url = sqlite
    before = contents(url)

    @sa.event.listens_for(history._engine, "connect")
    def limit(connection: Any, _record: object) -> None:
        [pages] = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 5}")

    with (
        pytest.raises(HistoryError, match=f"database or disk is full; {NOTHING_CHANGED}") as told,
        history.writing() as writer,
    ):
        writer.replace(written(2.0, week=1))
    assert "make room" in str(told.value)
    assert contents(url) == before


@pytest.mark.parametrize("before_the_rows", [True, False])
def test_a_lost_connection_loses_nothing(postgresql: tuple[History, str], before_the_rows: bool) -> None:
    history, url = postgresql
    before = contents(url)

    def write() -> None:
        with history.writing() as writer:
            if not before_the_rows:
                writer.replace(written(2.0))
            end_of_connection(url, writer.connection)
            writer.replace(written(3.0))

    with pytest.raises(HistoryError, match=NOTHING_CHANGED) as told:
        write()
    assert "check that the server runs" in str(told.value)
    assert "\n" not in told.value.message
    assert PASSWORD not in str(told.value)
    assert contents(url) == before
    with history.writing() as writer:
        writer.replace(written(4.0))


def test_a_connection_that_is_lost_at_the_end_is_told_as_what_it_is(postgresql: tuple[History, str]) -> None:
    history, url = postgresql
    before = contents(url)

    def write() -> None:
        with history.writing() as writer:
            writer.replace(written(2.0))
            end_of_connection(url, writer.connection)

    with pytest.raises(HistoryError, match="lost at the end; everything was stored, or nothing"):
        write()
    assert contents(url) == before


def test_a_connection_that_is_lost_between_two_reads_is_made_again(postgresql: tuple[History, str]) -> None:
    history, url = postgresql
    serving = "select pg_backend_pid()"
    with history.reading() as snapshot:
        kept = snapshot.connection.exec_driver_sql(serving).scalar_one()
    with history.reading() as snapshot:
        assert snapshot.connection.exec_driver_sql(serving).scalar_one() == kept
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as other:
        other.exec_driver_sql(f"select pg_terminate_backend({kept}, 10000)")
    assert len(history.runs()) == 1


def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    url = "postgresql://ada:geheim@127.0.0.1:1/scores"
    with pytest.raises(HistoryError, match=r"history postgresql://127\.0\.0\.1/scores: connection ") as told:
        History.open(url, project="Acme", folder=Path())
    assert "geheim" not in str(told.value)
    assert "check that the server runs" in str(told.value)


def test_a_wrong_password_is_told_and_not_shown(postgresql_url: str) -> None:
    url = sa.make_url(postgresql_url).set(password="geheim").render_as_string(hide_password=False)  # noqa: S106
    with pytest.raises(HistoryError, match="password authentication failed") as told:
        History.open(url, project="Acme", folder=Path())
    assert "geheim" not in str(told.value)


def test_a_file_that_is_something_else_is_told(tmp_path: Path) -> None:
    (tmp_path / "scores.db").write_text("customer_id,score\n" * 100)
    with pytest.raises(HistoryError, match=r"history scores\.db: file is not a database"):
        History.open("sqlite:///scores.db", project="Acme", folder=tmp_path)


def test_a_store_in_a_schema_of_its_own(postgresql_url: str) -> None:
    other = f"{postgresql_url}?options=-csearch_path%3Dhealth"
    with pytest.raises(HistoryError, match="no schema has been selected") as told:
        History.open(other, project="Acme", folder=Path())
    assert "CREATE SCHEMA" in str(told.value)
    with sa.create_engine(postgresql_url, poolclass=sa.NullPool).begin() as connection:
        connection.exec_driver_sql("create schema health")
        connection.exec_driver_sql("create table public.scores (theirs text)")
    with History.open(other, project="Acme", folder=Path()) as history:
        with history.writing() as writer:
            writer.replace(written(1.0))
        assert [run.as_of for run in history.runs()] == [MONDAY]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("scorewell.db", "this is not a URL: expected one such as sqlite:///scorewell.db"),
        ("mysql://ada:geheim@host/scores", "mysql is not supported: expected sqlite or postgresql"),
        ("sqlite://", "a store in memory is lost when the program ends: expected a file"),
        ("sqlite:///:memory:", "a store in memory is lost when the program ends: expected a file"),
        ("postgresql+nodriver://host/db", "SQLAlchemy knows no driver called 'postgresql.nodriver'"),
    ],
)
def test_a_url_that_cannot_be_is_told(url: str, message: str) -> None:
    with pytest.raises(HistoryError, match=message) as told:
        History.open(url, project="Acme", folder=Path())
    assert "geheim" not in str(told.value)


def test_a_missing_driver_is_told_with_what_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_arguments: object, **_options: object) -> None:
        raise ModuleNotFoundError("No module named 'psycopg'", name="psycopg")

    monkeypatch.setattr(sa, "create_engine", absent)
    with pytest.raises(HistoryError, match="the driver psycopg is not installed") as told:
        History.open("postgresql://host/db", project="Acme", folder=Path())
    assert "pip install 'scorewell[postgresql]'" in str(told.value)
