"""What there is to say of a project before it runs."""

from __future__ import annotations

from datetime import datetime

from scorewell.api.v1 import Finding, Level
from scorewell.configuration import Project
from scorewell.metrics import checked
from scorewell.scoring import mistakes

__all__ = ["check"]


def check(project: Project, as_of: datetime) -> tuple[Finding, ...]:
    """What is wrong or strange about the data and, where nothing is wrong, what does not fit it in the scorecards."""
    findings, schema = checked(project, as_of)
    if schema is None or any(finding.level is Level.ERROR for finding in findings):
        return findings
    return (*findings, *mistakes(project, schema))
