"""Stores of both kinds, other processes that write to them, and how often each is killed."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from scorewell.history import History, schema

KILLS = int(os.environ.get("SCOREWELL_FAULTS", "5"))
CHECKOUT = Path(__file__).parents[2]


@pytest.fixture
def open_history(store_url: str) -> Callable[..., History]:
    """Opens the store of project Acme."""

    def open_one(**options: float) -> History:
        return History.open(store_url, project="Acme", folder=Path(), **options)  # type: ignore[arg-type]

    return open_one


@pytest.fixture
def started() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a process that writes to a store (see ``writing``), and comes back when it has opened it."""
    processes: list[subprocess.Popen[str]] = []

    def start(url: str, *what: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.writing", url, *what],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def killed_after(process: subprocess.Popen[str], longest: float, chance: random.Random) -> None:
    """SIGKILL at a moment that nobody chose."""
    time.sleep(chance.uniform(0, longest))
    process.kill()
    process.wait()


def contents(url: str) -> dict[str, list[tuple[object, ...]]]:
    """All rows of a store but what a clock said of them."""
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        return {
            table.name: sorted(
                tuple(row)
                for row in connection.execute(
                    sa.select(*(column for column in table.c if column.name != "recorded_at"))
                ).all()
            )
            for table in (schema.runs, schema.scores, schema.frames, schema.transitions, schema.documents)
        }
