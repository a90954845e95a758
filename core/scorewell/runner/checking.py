"""What there is to say of a project before it runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from scorewell.api.v1 import Finding, Level, ScorewellError
from scorewell.configuration import Project, live_project, shadow_projects
from scorewell.discovery import Plugins
from scorewell.history.projects import found_history
from scorewell.history.pulses import with_recorded_pulses
from scorewell.lint import compared_texts, misspelt_values, texts_for_dates, unknown_times
from scorewell.messages import why
from scorewell.metrics import actions_as_of, are_dated, checked, dated_outcomes, outcomes_as_of
from scorewell.metrics.check import Checked
from scorewell.replay import plugins_for, stored_fits
from scorewell.reporting import mistaken
from scorewell.runner.looking_back import unknown_to
from scorewell.scoring import mistakes

__all__ = ["check"]


def check(project: Project, as_of: datetime, plugins: Plugins | None = None) -> tuple[Finding, ...]:
    """What is wrong or strange about the data and, where nothing is wrong, what does not fit it in the scorecards."""
    plugins = plugins_for(project, plugins)
    project = with_recorded_pulses(project)
    seen = checked(project, as_of)
    counting = (live_project(project, as_of), *shadow_projects(project, as_of).values())
    of_fits = tuple(each for one in counting for each in _mistaken_fits(one))
    findings = (*seen.findings, *unknown_times(project, seen.columns), *of_fits, *_mistaken_history(project))
    findings += (*_misspelt(project, seen), *_mistaken_sinks(project, plugins))
    if seen.schema is None:
        return findings
    of_outcomes = _of_outcomes(project, as_of) if project.outcomes is not None else ()
    of_actions = _of_actions(project, as_of)
    of_scorecards = () if any(each.level is Level.ERROR for each in findings) else mistakes(project, seen.schema)
    # What a table itself tells is the same, whoever reads it.
    return tuple(dict.fromkeys((*findings, *of_outcomes, *of_actions, *of_scorecards)))


def _misspelt(project: Project, seen: Checked) -> Iterator[Finding]:
    """Texts in conditions that are nearly those of the cells, and dates that are compared with text."""
    compared = tuple(compared_texts(project))
    cells = {
        (table, column): texts
        for table in {each.table for each in compared}
        for column, texts in seen.texts(table, (each.column for each in compared if each.table == table)).items()
    }
    yield from misspelt_values(compared, cells)
    yield from texts_for_dates(compared, seen.undated)


def _of_outcomes(project: Project, as_of: datetime) -> tuple[Finding, ...]:
    """What ``fit`` and ``override judge`` would stumble over in the outcomes, or tell of them."""
    ways = {"outcomes": dated_outcomes if are_dated(project) else outcomes_as_of}
    if project.outcomes is not None and project.outcomes.dated is not None:
        ways = {"outcomes": outcomes_as_of, "outcomes.dated": dated_outcomes}
    findings: list[Finding] = []
    for section, outcomes in ways.items():
        try:
            findings += outcomes(project, as_of).findings
        except ScorewellError as error:
            findings.append(_mistake(f"{section}.outcome", error, f"{section}: "))
    return tuple(findings)


def _of_actions(project: Project, as_of: datetime) -> tuple[Finding, ...]:
    """What is wrong about the actions' table, or to be told of it."""
    try:
        return actions_as_of(project, as_of).findings
    except ScorewellError as error:
        return (_mistake("actions", error, "actions: "),)


def _mistake(where: str, error: ScorewellError, known: str = "") -> Finding:
    says = error.message.removeprefix(known)
    return Finding(id="mistake", level=Level.ERROR, where=where, message=says, hint=error.hint)


def _mistaken_history(project: Project) -> Iterator[Finding]:
    """Why a run could not keep anything in the history, as far as looking at it tells, or not beside what it has."""
    if project.history is None:
        return
    try:
        with found_history(project) as history:
            yield from unknown_to(history, project)
    except ScorewellError as error:
        yield _mistake("history", error, "history: ")


def _mistaken_fits(project: Project) -> Iterator[Finding]:
    """What a run would refuse among the stored fits."""
    try:
        stored_fits(project)
    except ScorewellError as error:
        yield _mistake("fits", error)


def _mistaken_sinks(project: Project, plugins: Plugins) -> Iterator[Finding]:
    """What would keep sinks from rendering their pages, or from delivering."""
    for position, sink in enumerate(project.sinks, 1):
        path = f"sinks.{position}"
        try:
            look = sink.appearance()
            for name, error in () if look is None else mistaken(look, project=project, plugins=plugins):
                yield _mistake(_setting(project, path, name), error, f"report setting {name!r}: ")
            for name, obstacle in sink.obstacles():
                yield _mistake(_setting(project, path, name), ScorewellError(obstacle))
        except Exception as error:  # noqa: BLE001 - a sink may be anybody's
            message = f"{sink.name} failed: {why(error)}"
            yield Finding(id="mistake", level=Level.ERROR, where=path, message=message)


def _setting(project: Project, sink: str, name: str) -> str:
    """The path of a sink's setting of that name, which may stand inside another; the sink's where there is none."""
    written = (path for path in project.origin if path.startswith(f"{sink}.") and path.endswith(f".{name}"))
    return next(written, sink)
