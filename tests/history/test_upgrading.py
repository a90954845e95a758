"""A store of another version: the migrations and the schema say the same, and an older store loses nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from tests.support.remembered import record

from scorewell.history import History, HistoryError, revisions
from scorewell.history.revisions import REVISION, REVISIONS
from scorewell.history.schema import VERSION_TABLE, metadata
from scorewell.history.upgrading import upgraded

HEAVY_AND_SELDOM = ("alembic", "mako")


@pytest.fixture
def connection(store_url: str) -> Iterator[sa.Connection]:
    """A connection to the database, without our care for transactions."""
    with sa.create_engine(store_url, poolclass=sa.NullPool).connect() as connection:
        yield connection


def differences(connection: sa.Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
    return list(compare_metadata(context, metadata))


def test_the_migrations_make_what_the_schema_says(connection: sa.Connection) -> None:
    assert upgraded(connection) == REVISIONS
    assert differences(connection) == []


def test_a_fresh_store_is_what_the_migrations_make(history: History, connection: sa.Connection) -> None:
    assert differences(connection) == []
    assert connection.exec_driver_sql(f"select version_num from {VERSION_TABLE}").scalars().all() == [REVISION]


def columns_of(connection: sa.Connection) -> dict[str, list[tuple[str, str, bool]]]:
    inspector = sa.inspect(connection)
    return {
        table: [(column["name"], str(column["type"]), column["nullable"]) for column in inspector.get_columns(table)]
        for table in inspector.get_table_names()
    }


def test_both_ways_to_a_store_give_the_same_columns(
    connection: sa.Connection, open_history: Callable[..., History]
) -> None:
    upgraded(connection)
    migrated = columns_of(connection)
    for table in migrated:
        connection.exec_driver_sql(f"drop table {table}")
    connection.commit()
    open_history()
    assert columns_of(connection) == migrated


def test_the_revisions_that_we_know_are_those_that_are_shipped() -> None:
    shipped = ScriptDirectory(str(Path(sys.modules["scorewell.history"].__path__[0]) / "migrations"))
    assert tuple(reversed([script.revision for script in shipped.walk_revisions()])) == REVISIONS


def noted(connection: sa.Connection, revision: str) -> None:
    connection.exec_driver_sql(f"update {VERSION_TABLE} set version_num = '{revision}'")
    connection.commit()


def test_an_older_store_asks_for_the_upgrade(
    history: History, open_history: Callable[..., History], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revisions, "REVISIONS", (*REVISIONS, "9999"))
    monkeypatch.setattr(revisions, "REVISION", "9999")
    with pytest.raises(HistoryError, match=f"older version \\({REVISION}; now 9999\\)") as raised:
        open_history()
    assert "scorewell history upgrade" in str(raised.value)


def test_a_newer_store_is_refused(
    history: History, connection: sa.Connection, open_history: Callable[..., History], store_url: str
) -> None:
    noted(connection, "9999")
    with pytest.raises(HistoryError, match="version 9999, which this Scorewell does not know"):
        open_history()
    with pytest.raises(HistoryError, match="version 9999"):
        History.upgrade(store_url, folder=Path())


def test_a_table_of_somebody_else_is_not_taken_for_ours(
    connection: sa.Connection, open_history: Callable[..., History]
) -> None:
    connection.exec_driver_sql("create table scores (mine text)")
    connection.commit()
    with pytest.raises(HistoryError, match="a table scores that does not belong to a history") as raised:
        open_history()
    assert "search_path" in str(raised.value)


def test_an_upgrade_of_a_present_store_does_nothing(history: History, store_url: str) -> None:
    with history.writing() as writer:
        writer.replace(record())
    assert History.upgrade(store_url, folder=Path()) == ()
    assert len(history.runs()) == 1


def test_there_is_no_upgrade_of_nothing(store_url: str) -> None:
    with pytest.raises(HistoryError, match="there is no history yet"):
        History.upgrade(store_url, folder=Path())


def test_a_store_is_made_and_read_without_the_migrations_program(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from scorewell.history import History;"
        "History.open('sqlite:///h.db', project='Acme', folder=Path()).runs();"
        f"print(*set({HEAVY_AND_SELDOM!r}) & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("", "")
