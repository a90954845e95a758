"""What there is to say of a project before it runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from scorewell.api.v1 import Finding, Level, ScorewellError
from scorewell.configuration import Project, live_project, shadow_projects
from scorewell.history.pulses import with_recorded_pulses
from scorewell.lint import unknown_times
from scorewell.metrics import checked, outcomes_as_of
from scorewell.replay import stored_fits
from scorewell.scoring import mistakes

__all__ = ["check"]


def check(project: Project, as_of: datetime) -> tuple[Finding, ...]:
    """What is wrong or strange about the data and, where nothing is wrong, what does not fit it in the scorecards."""
    project = with_recorded_pulses(project)
    seen = checked(project, as_of)
    counting = (live_project(project, as_of), *shadow_projects(project, as_of).values())
    of_fits = tuple(each for one in counting for each in _mistaken_fits(one))
    findings = (*seen.findings, *unknown_times(project, seen.columns), *of_fits)
    if seen.schema is None:
        return findings
    of_outcomes = _of_outcomes(project, as_of) if project.outcomes is not None else ()
    of_scorecards = () if any(each.level is Level.ERROR for each in findings) else mistakes(project, seen.schema)
    # What a table itself tells is the same, whoever reads it.
    return tuple(dict.fromkeys((*findings, *of_outcomes, *of_scorecards)))


def _of_outcomes(project: Project, as_of: datetime) -> tuple[Finding, ...]:
    """What ``fit`` would stumble over in the outcomes, or tell of them."""
    try:
        return outcomes_as_of(project, as_of).findings
    except ScorewellError as error:
        says = error.message.removeprefix("outcomes: ")
        return (Finding(id="mistake", level=Level.ERROR, where="outcomes.outcome", message=says, hint=error.hint),)


def _mistaken_fits(project: Project) -> Iterator[Finding]:
    """What a run would refuse among the stored fits."""
    try:
        stored_fits(project)
    except ScorewellError as error:
        yield Finding(id="mistake", level=Level.ERROR, where="fits", message=error.message, hint=error.hint)
