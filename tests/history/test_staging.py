"""Many rows go into SQLite through a file of their own, and nobody can tell afterwards."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa
from tests.support.remembered import MONDAY, record

from scorewell.history import History, RunRecord
from scorewell.history.locking import locked
from scorewell.history.staging import FEWEST_ROWS, STAGED, discard_staged, stage


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where rows are staged."""
    return tmp_path / f"history.db-{STAGED}"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[str], History]]:
    """Opens the store of a name in the folder."""
    histories: list[History] = []

    def open_one(name: str = "history.db") -> History:
        histories.append(History.open(f"sqlite:///{name}", project="Acme", folder=tmp_path))
        return histories[-1]

    yield open_one
    for history in histories:
        history.close()


def large(**others: Any) -> RunRecord:
    """A run of as many customers as are staged, some with odd names, some without a score."""
    odd = ["", "null", 'ä,"b\nc', "O'Neil; drop table runs", "a\x00b", "\U0001f600"]
    names = [*odd, *(f"c{number:05}" for number in range(FEWEST_ROWS))]
    values = {name: None if place % 7 == 0 else place / 3 for place, name in enumerate(names)}
    return record(values, **others)


def written(history: History, *records: RunRecord) -> list[pl.DataFrame]:
    with history.writing() as writer:
        runs = [writer.replace(given) for given in records]
    return [history.scores([run]) for run in runs]


def test_staged_rows_are_the_rows_that_the_driver_writes(
    opened: Callable[[str], History], monkeypatch: pytest.MonkeyPatch
) -> None:
    [staged] = written(opened("staged.db"), large())
    monkeypatch.setitem(sys.modules, "adbc_driver_sqlite", None)
    [by_the_driver] = written(opened("driver.db"), large())
    assert staged.height == FEWEST_ROWS + 6
    assert staged.equals(by_the_driver)


def test_many_rows_are_staged_and_few_are_not(opened: Callable[..., History], file: Path) -> None:
    engine = opened()._engine
    rows = pl.DataFrame({"id": range(FEWEST_ROWS), "name": "ä"})
    with locked(engine, 1) as connection:
        assert stage(connection, rows.head(-1)) is None
        places = [stage(connection, rows) for _ in range(11)]
        assert len(set(places)) == 11
        assert places[10] is None  # SQLite attaches ten
        for place in places[:10]:
            assert connection.execute(sa.text(f"select * from {place} where id = 7")).all() == [(7, "ä")]
        assert not file.exists()


def test_large_runs_of_one_transaction_are_all_written(opened: Callable[..., History], file: Path) -> None:
    moments = [MONDAY + timedelta(days=day) for day in range(12)]
    first, *others = written(opened(), *(large(as_of=moment) for moment in moments))
    for moment, other in zip(moments[1:], others, strict=True):
        assert first.drop("run", "as_of").equals(other.drop("run", "as_of"))
        assert other["as_of"].unique().to_list() == [moment]
    assert not file.exists()


def test_where_rows_cannot_be_staged_the_driver_writes_them(opened: Callable[..., History], file: Path) -> None:
    file.mkdir()  # which no program can write a file over
    [scores] = written(opened(), large())
    assert scores.height == FEWEST_ROWS + 6


def test_what_a_killed_writer_had_staged_is_discarded_by_the_next(opened: Callable[..., History], file: Path) -> None:
    history = opened()
    file.write_bytes(b"half of the customers")
    written(history, record(as_of=MONDAY))
    assert not file.exists()
    discard_staged(history._engine)  # where there is nothing, nothing is done
