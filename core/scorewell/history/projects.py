"""The history that a project says it has."""

from __future__ import annotations

from scorewell.api.v1 import Secret
from scorewell.configuration import Project
from scorewell.history.errors import HistoryError
from scorewell.history.store import History

__all__ = ["history_of", "upgrade_history_of"]


def history_of(project: Project, *, create: bool = True) -> History:
    """The project's history, to be closed; made where it is not there yet, but with ``create=False``.

    Raises HistoryError where the project has none, and as ``History.open``.
    """
    return History.open(_url(project), project=project.name, folder=project.folder, create=create)


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
