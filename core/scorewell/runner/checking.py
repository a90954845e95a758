"""What there is to say of a project before it runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from scorewell.api.v1 import Finding, Level, ScorewellError
from scorewell.configuration import Project
from scorewell.lint import unknown_times
from scorewell.metrics import checked
from scorewell.runner.fits import stored_fits
from scorewell.scoring import mistakes

__all__ = ["check"]


def check(project: Project, as_of: datetime) -> tuple[Finding, ...]:
    """What is wrong or strange about the data and, where nothing is wrong, what does not fit it in the scorecards."""
    seen = checked(project, as_of)
    findings = (*seen.findings, *unknown_times(project, seen.columns), *_mistaken_fits(project))
    if seen.schema is None or any(finding.level is Level.ERROR for finding in findings):
        return findings
    return (*findings, *mistakes(project, seen.schema))


def _mistaken_fits(project: Project) -> Iterator[Finding]:
    """What a run would refuse among the stored fits."""
    try:
        stored_fits(project)
    except ScorewellError as error:
        yield Finding(id="mistake", level=Level.ERROR, where="fits", message=error.message, hint=error.hint)
