"""The history that a project says it has."""

from __future__ import annotations

from scorewell.configuration import Project
from scorewell.history.errors import HistoryError
from scorewell.history.store import History

__all__ = ["history_of"]


def history_of(project: Project, *, create: bool = True) -> History:
    """The project's history, to be closed; made where it is not there yet, but with ``create=False``.

    Raises HistoryError where the project has none, and as ``History.open``.
    """
    if project.history is None:
        raise HistoryError(
            f"{project.name} has no history: it says history: none",
            hint="history: sqlite:///scorewell.db, or leave the setting out",
        )
    return History.open(project.history.url, project=project.name, folder=project.folder, create=create)
