"""``scorewell check``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from scorewell.api.v1 import Finding, Level
from scorewell.cli.arguments import as_json, as_of, configuration
from scorewell.cli.documents import finding_document, problem_document
from scorewell.cli.exit_codes import ExitCode
from scorewell.cli.preferences import Preferences
from scorewell.cli.screen import count_findings, print_findings, print_json, stdout
from scorewell.cli.words import plural, printable
from scorewell.configuration import ConfigurationError, Problem, Project, each_score, load
from scorewell.runner import check, moment


@click.command("check")
@configuration
@as_of
@click.option("--data/--no-data", default=True, show_default=True, help="Also read the data behind the configuration.")
@as_json
def command(path: Path, as_of: datetime | None, data: bool, as_json: bool) -> None:
    """Check the configuration, then the data behind it as a run would see them. All mistakes are shown at once.

    \b
    Exit codes
      0  nothing but notes and warnings
      3  the configuration has mistakes
      4  the data has errors
    """
    try:
        project = load(path)
    except ConfigurationError as error:
        if as_json:
            _print_document(error.problems, ())
            click.get_current_context().exit(ExitCode.CONFIGURATION)
        raise
    findings = check(project, moment(as_of, project.timezone)) if data else ()
    if as_json:
        _print_document((), findings)
    elif not Preferences.current().quiet or findings:
        _print(path, project, findings)
    has_errors = any(finding.level is Level.ERROR for finding in findings)
    click.get_current_context().exit(ExitCode.DATA if has_errors else ExitCode.OK)


def _print_document(problems: tuple[Problem, ...], findings: tuple[Finding, ...]) -> None:
    print_json(
        {
            "problems": [problem_document(problem) for problem in problems],
            "findings": [finding_document(finding) for finding in findings],
        }
    )


def _print(path: Path, project: Project, findings: tuple[Finding, ...]) -> None:
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
