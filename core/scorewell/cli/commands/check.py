"""``scorewell check``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import click

from scorewell.api.v1 import Finding, Level
from scorewell.cli.arguments import as_json, as_of, configuration
from scorewell.cli.documents import finding_document, problem_document
from scorewell.cli.exit_codes import ExitCode
from scorewell.cli.preferences import Preferences
from scorewell.cli.screen import count_findings, print_findings, print_json, stdout
from scorewell.cli.words import plural, printable
from scorewell.configuration import ConfigurationError, Problem, Project, each_score, load
from scorewell.configuration.problems import Mark
from scorewell.lint import lint, placed, refuse_unknown, without_ignored

_LEVELS = (Level.NOTE, Level.WARNING, Level.ERROR)


@click.command("check")
@configuration
@as_of
@click.option("--data/--no-data", default=True, show_default=True, help="Also read and check the data.")
@click.option(
    "--fail-on",
    type=click.Choice([level.value for level in reversed(_LEVELS)]),
    default=Level.ERROR.value,
    show_default=True,
    help="The lowest level of findings that makes the command fail.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="How to print; github prints annotations for GitHub Actions.",
)
@as_json
def command(path: Path, *, as_of: datetime | None, data: bool, fail_on: str, form: str, as_json: bool) -> None:
    """Check the configuration, the data as a run would see it, and the history.

    All mistakes are shown at once.

    \b
    Exit codes
      0  no findings at or above the level of --fail-on
      3  the configuration has mistakes
      4  the data or the history has errors
      7  there are findings at or above that level
    """
    form = "json" if as_json else form
    try:
        project = load(path)
        refuse_unknown(project)
    except ConfigurationError as error:
        if form == "text":
            raise
        _print_problems(error.problems, path.parent, form)
        click.get_current_context().exit(ExitCode.CONFIGURATION)
    findings = [*lint(project, _day(as_of, project.timezone))]
    if data:
        findings += _look_at_the_data(project, as_of)
    told = without_ignored(project, findings, has_seen_data=data)
    _print_findings(told, project, path, form)
    click.get_current_context().exit(_exit_code(told, Level(fail_on)))


def _day(as_of: datetime | None, timezone: str) -> date:
    return (as_of or datetime.now(ZoneInfo(timezone))).date()


def _look_at_the_data(project: Project, as_of: datetime | None) -> tuple[Finding, ...]:
    from scorewell.runner import moment  # noqa: PLC0415 - half a second that --no-data does without
    from scorewell.runner.checking import check  # noqa: PLC0415 - as above

    return check(project, moment(as_of, project.timezone))


def _exit_code(findings: Sequence[Finding], fail_on: Level) -> ExitCode:
    if any(finding.level is Level.ERROR for finding in findings):
        return ExitCode.DATA
    fails = any(_LEVELS.index(finding.level) >= _LEVELS.index(fail_on) for finding in findings)
    return ExitCode.FINDINGS if fails else ExitCode.OK


def _print_problems(problems: Sequence[Problem], folder: Path, form: str) -> None:
    if form == "json":
        print_json({"problems": [problem_document(problem) for problem in problems], "findings": []})
        return
    from scorewell.cli.annotations import problem_annotation  # noqa: PLC0415 - for this form alone

    for problem in problems:
        click.echo(problem_annotation(problem, folder))


def _print_findings(findings: Sequence[Finding], project: Project, path: Path, form: str) -> None:
    if form == "json":
        documents = [finding_document(finding, _place(project, finding)) for finding in findings]
        print_json({"problems": [], "findings": documents})
    elif form == "github":
        from scorewell.cli.annotations import finding_annotation  # noqa: PLC0415 - for this form alone

        for finding in findings:
            click.echo(finding_annotation(finding, _place(project, finding), path.parent))
    elif not Preferences.current().quiet or findings:
        _print(path, project, [_with_place(finding, project) for finding in findings])


def _place(project: Project, finding: Finding) -> Mark | None:
    """Where in the files it is: a message may begin with a place inside ``where``, as customers.active."""
    inside = finding.message.partition(": ")[0]
    return placed(project, inside if inside.startswith(f"{finding.where}.") else finding.where)


def _with_place(finding: Finding, project: Project) -> Finding:
    """The finding as the screen shows it: its place in a file first, last the id by which it can be ignored."""
    place = _place(project, finding)
    if place is not None:
        is_said = finding.message.startswith(finding.where)
        where = str(place) if is_said else f"{place} {finding.where}"
        finding = attrs.evolve(finding, where=where)
    if finding.level is Level.ERROR:
        return finding
    return attrs.evolve(finding, message=f"{finding.message} [{finding.id}]")


def _print(path: Path, project: Project, findings: Sequence[Finding]) -> None:
    console = stdout()
    parts = [
        plural(len(project.tables), "table"),
        plural(len(project.metrics), "metric"),
        plural(len(project.scorecards), "scorecard"),
        plural(sum(len(one.segments) for _, one in each_score(project)), "segment"),
        plural(len(project.sinks), "sink"),
    ]
    console.print(f"{printable(str(path))}: {', '.join(parts)}")
    if findings:
        console.print()
        print_findings(console, findings, limit=None)
        console.print()
    console.print(count_findings(findings))
