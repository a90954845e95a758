"""Passwords that stand in the files."""

from __future__ import annotations

from collections.abc import Iterator

from scorewell.api.v1 import Finding
from scorewell.configuration.model import Project
from scorewell.lint.kinds import found

__all__ = ["written_passwords"]


def written_passwords(project: Project) -> Iterator[Finding]:
    """Each at the setting that holds it; what it is, is not told."""
    for path in project.written_passwords:
        yield found("written-password", path, "a password is written here for everybody who can read the file")
