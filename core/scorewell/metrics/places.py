"""Places as the project's files name them: what is told must not depend on where the project lies."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs

from scorewell.api.v1 import Finding, ReadError, ScorewellError
from scorewell.configuration.model import Project
from scorewell.configuration.places import placed

__all__ = ["in_project", "told_at_customers", "told_in_project"]


def in_project(folder: Path, text: str) -> str:
    """The text with paths below the project's folder written relative to it."""
    return text.replace(f"{os.path.abspath(folder)}{os.sep}", "")  # noqa: PTH100 - no link is to be followed


def told_in_project(folder: Path, finding: Finding) -> Finding:
    """The finding with paths below the project's folder written relative to it."""
    return attrs.evolve(
        finding,
        where=in_project(folder, finding.where),
        message=in_project(folder, finding.message),
        examples=tuple(in_project(folder, example) for example in finding.examples),
    )


@contextmanager
def told_at_customers(project: Project) -> Iterator[None]:
    """Say of what keeps the customers from being listed, and so a run from going on, where in the files it is."""
    try:
        yield
    except ScorewellError as error:
        inside = error.message.partition(": ")[0]
        source = f"sources.{project.customers.source}"
        mark = placed(project, inside if inside.startswith("customers.") else source)
        if mark is None:
            raise
        raise ReadError(f"{mark}: {in_project(project.folder, error.message)}", hint=error.hint) from error
