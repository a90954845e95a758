"""A writer that is killed leaves the store as it was; two writers do not mix."""

from __future__ import annotations

import random
import socket
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from tests.faults.conftest import KILLS, contents, killed_after
from tests.faults.writing import CUSTOMERS, written
from tests.support.remembered import MONDAY

from scorewell.history import History, HistoryError
from scorewell.history.staging import FEWEST_ROWS

SECONDS = 1.5
Start = Callable[..., subprocess.Popen[str]]


def test_a_writer_that_is_killed_leaves_no_half_of_a_run(
    store_url: str, open_history: Callable[..., History], started: Start, tmp_path: Path
) -> None:
    chance = random.Random(4)  # noqa: S311 - chance, not secrecy
    for _ in range(KILLS):
        killed_after(started(store_url, "over"), SECONDS, chance)
        with open_history() as history:
            assert history.check() == ()
            for run in history.runs():
                scores = history.scores([run])
                assert (scores.height, scores["score"].n_unique()) == (CUSTOMERS, 1)
                assert history.fit(run) == f'{{"learned": {scores["score"][0]:g}}}'
    undisturbed = f"sqlite:///{tmp_path / 'undisturbed.db'}"
    for url in (store_url, undisturbed):
        with History.open(url, project="Acme", folder=Path()) as history, history.writing() as writing:
            writing.replace(written(50.0))
    assert contents(store_url) == contents(undisturbed)


def test_a_writer_that_is_killed_with_many_rows_on_their_way_leaves_nothing_of_them(
    started: Start, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'history.db'}"
    chance = random.Random(7)  # noqa: S311 - chance, not secrecy
    for _ in range(KILLS):
        killed_after(started(url, "many"), SECONDS, chance)
        with History.open(url, project="Acme", folder=Path()) as history:
            assert history.check() == ()
            for run in history.runs():
                scores = history.scores([run])
                assert (scores.height, scores["score"].n_unique()) == (FEWEST_ROWS, 1)
    with History.open(url, project="Acme", folder=Path()) as history, history.writing() as writing:
        writing.replace(written(50.0))
    assert [file.name for file in tmp_path.iterdir()] == ["history.db"]


def test_who_waits_in_vain_is_told_who_holds_the_store(
    open_history: Callable[..., History], started: Start, store_url: str
) -> None:
    holder = started(store_url, "hold")
    assert holder.stdout is not None
    holder.stdout.readline()
    with (
        open_history(wait=0.2) as history,
        pytest.raises(HistoryError, match=f"process {holder.pid}.* for longer than the 0.2 seconds") as told,
        history.writing(),
    ):
        pass
    assert socket.gethostname()[:30] in str(told.value)
    assert "nothing was changed" in str(told.value)


def test_a_writer_waits_for_the_other_to_end(
    open_history: Callable[..., History], started: Start, store_url: str
) -> None:
    holder = started(store_url, "hold")
    assert holder.stdout is not None
    holder.stdout.readline()

    def replace() -> None:
        with open_history() as history, history.writing() as writing:
            writing.replace(written(2.0))

    with ThreadPoolExecutor(1) as others:
        waiting = others.submit(replace)
        assert not waiting.done()
        holder.communicate("go on\n")
        waiting.result()
    with open_history() as history:
        [run] = history.runs()
        assert set(history.scores([run])["score"]) == {2.0}


def test_writers_at_once_all_get_their_turn(
    open_history: Callable[..., History], started: Start, store_url: str
) -> None:
    together = [started(store_url, "week", str(week)) for week in range(3)]
    assert [process.communicate() for process in together] == [("", "")] * 3
    with open_history() as history:
        assert [run.as_of for run in history.runs()] == [MONDAY + timedelta(weeks=week) for week in range(3)]
        assert [run.number for run in sorted(history.runs(), key=lambda run: run.number)] == [1, 2, 3]
        assert history.check() == ()


def test_stores_that_are_made_at_once_are_one_store(open_history: Callable[..., History], store_url: str) -> None:
    with ThreadPoolExecutor(4) as openers:
        for history in openers.map(lambda _: open_history(), range(4)):
            assert history.runs() == ()
            history.close()


def test_a_killed_holder_is_no_holder(open_history: Callable[..., History], started: Start, store_url: str) -> None:
    holder = started(store_url, "hold")
    assert holder.stdout is not None
    holder.stdout.readline()
    holder.kill()
    holder.wait()
    with open_history(wait=10) as history, history.writing() as writing:
        assert writing.runs() == ()
        writing.replace(written(3.0))


def test_a_reader_sees_the_former_run_while_another_writes(
    open_history: Callable[..., History], started: Start, store_url: str
) -> None:
    with open_history() as history:
        with history.writing() as writing:
            writing.replace(written(1.0))
        [run] = history.runs()
        with history.writing() as writing:
            writing.replace(written(2.0))
            assert set(history.scores([run])["score"]) == {1.0}
