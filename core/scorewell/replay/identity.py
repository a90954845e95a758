"""A run's identity: the same run again has the same id."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

from scorewell.configuration import Project

__all__ = ["run_id"]


def run_id(project: Project, as_of: datetime) -> str:
    """The hash of project, instant and configuration, 16 hexadecimal digits: the same run again has the same id."""
    # A project built in Python has no fingerprint: what its scores rest on stands in for it, wherever its data lie.
    rules = [project.customers, project.metrics, project.scorecards, project.segments, project.stages]
    rules += [project.scores] if project.scores else []
    configuration = project.fingerprint or repr(tuple(rules))
    parts = [project.name, as_of.astimezone(UTC).isoformat(), configuration]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
