"""Where in the files a finding is about."""

from __future__ import annotations

from scorewell.configuration.model import Project
from scorewell.configuration.problems import Mark

__all__ = ["placed"]


def placed(project: Project, where: str) -> Mark | None:
    """The place of a path, or of what holds it; a table is where its source is. None for what no file says."""
    for keys in (where.split("."), ["sources", *where.split(".")]):
        for length in range(len(keys), keys[0] == "sources", -1):
            place = project.origin.get(".".join(keys[:length]))
            if place is not None:
                file, line, column = place.rsplit(":", 2)
                return Mark(file, int(line), int(column))
    return None
