"""A store of each kind: every test that asks for one runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scorewell.history import History


@pytest.fixture
def open_history(store_url: str) -> Iterator[Callable[..., History]]:
    """Opens the store, for project Acme unless told otherwise; closes it at the end."""
    opened: list[History] = []

    def open_one(project: str = "Acme", **options: object) -> History:
        history = History.open(store_url, project=project, folder=Path(), **options)  # type: ignore[arg-type]
        opened.append(history)
        return history

    yield open_one
    for history in opened:
        history.close()


@pytest.fixture
def history(open_history: Callable[..., History]) -> History:
    """An empty store."""
    return open_history()
