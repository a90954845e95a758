"""The history that a project says it has: to be asked for, to be found where there is one, or to do without."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from scorewell.api.v1 import Secret
from scorewell.configuration import Project
from scorewell.history.errors import HistoryError
from scorewell.history.store import History

__all__ = ["found_history", "history_if_kept", "history_of", "upgrade_history_of"]


def history_of(project: Project, *, create: bool = True) -> History:
    """The project's history, to be closed; made where it is not there yet, but with ``create=False``.

    Raises HistoryError where the project has none, and as ``History.open``.
    """
    return History.open(_url(project), project=project.name, folder=project.folder, create=create)


@contextmanager
def found_history(project: Project) -> Iterator[History | None]:
    """The project's history as long as it is asked; None where it is not there yet, and then none is made.

    Raises HistoryError where the project has none, and as ``History.find``.
    """
    history = History.find(_url(project), project=project.name, folder=project.folder)
    if history is None:
        yield None
    else:
        with history:
            yield history


@contextmanager
def history_if_kept(project: Project, *, create: bool = False) -> Iterator[History | None]:
    """As ``found_history``, and None also where the project keeps no history. ``create`` makes the one it keeps.

    Raises HistoryError where it cannot be opened.
    """
    if project.history is None:
        yield None
    elif create:
        with history_of(project) as history:
            yield history
    else:
        with found_history(project) as found:
            yield found


def upgrade_history_of(project: Project) -> tuple[str, ...]:
    """Bring the project's history to the present version; the revisions that were applied. Raises HistoryError."""
    return History.upgrade(_url(project), folder=project.folder)


def _url(project: Project) -> Secret:
    if project.history is None:
        raise HistoryError(
            f"{project.name} has no history: it says history: none",
            hint="history: sqlite:///scorewell.db, or leave the setting out",
        )
    return project.history.url
