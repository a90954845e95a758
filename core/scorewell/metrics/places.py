"""Places as the project's files name them: what is told must not depend on where the project lies."""

from __future__ import annotations

import os
from pathlib import Path

import attrs

from scorewell.api.v1 import Finding

__all__ = ["in_project", "told_in_project"]


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
