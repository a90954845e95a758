"""What must fit together across the configuration."""

from __future__ import annotations

from scorewell.configuration.model import Project
from scorewell.configuration.nodes import Mapping
from scorewell.configuration.notes import Notes

__all__ = ["check"]


def check(project: Project, root: Mapping, notes: Notes) -> None:
    """Note every mistake that one section alone does not show."""
