"""``scorewell run``."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from datetime import UTC, datetime
from pathlib import Path

import click

from scorewell import runner
from scorewell.api.v1 import Level
from scorewell.cli.arguments import as_json, as_of, configuration
from scorewell.cli.exit_codes import ExitCode
from scorewell.cli.preferences import Preferences
from scorewell.cli.progress import observed
from scorewell.cli.screen import print_findings, print_json, stderr, stdout
from scorewell.cli.summary import print_run, run_document
from scorewell.configuration import load
from scorewell.discovery import Plugins
from scorewell.history.projects import history_if_kept
from scorewell.runner.looking_back import unknown_to


@click.command("run")
@configuration
@as_of
@click.option("--segment", "segments", multiple=True, metavar="NAME", help="Deliver only this segment. Repeatable.")
@click.option(
    "--customer",
    "customers",
    multiple=True,
    metavar="ID",
    help="Deliver only this customer, by id or by its name. Repeatable.",
)
@click.option("--dry-run", is_flag=True, help="Do everything except deliver.")
@as_json
def command(
    *,
    path: Path,
    as_of: datetime | None,
    segments: tuple[str, ...],
    customers: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
) -> None:
    """Score all customers and deliver the results to the configured sinks.

    --segment and --customer limit what is delivered, never the population that the scores are relative to. A limited
    delivery is written beside the whole one, to files and folders named after the segment or customer.

    \b
    Exit codes
      0  everything went well
      2  no such segment or customer
      3  the configuration has mistakes
      4  data could not be read: nothing was scored, or something failed and
         the rest was delivered
      5  a sink failed; the others delivered, and running again repairs it
      8  the history could not be read or written; nothing was delivered
    """
    preferences = Preferences.current()
    plugins = Plugins.installed()
    project = load(path, plugins=plugins)
    with history_if_kept(project) as history:
        noted = tuple(unknown_to(history, project))
    # What a sink prints must not end up inside the JSON document.
    with observed(plugins, preferences), redirect_stdout(sys.stderr if as_json else sys.stdout):
        result = runner.run(
            project,
            as_of=runner.moment(as_of, project.timezone),
            segments=segments or None,
            customers=customers or None,
            dry_run=dry_run,
            plugins=plugins,
            now=datetime.now(UTC),
        )
    if as_json:
        print_json(run_document(result))
    elif preferences.quiet:
        print_findings(stderr(), [finding for finding in result.findings if finding.level is Level.ERROR], limit=None)
    else:
        print_run(stdout(), result)
        print_findings(stderr(), noted)
    click.get_current_context().exit(exit_code(result))


def exit_code(result: runner.RunResult) -> ExitCode:
    """What a finished run means for a script."""
    if result.failures:
        return ExitCode.SINK
    is_wrong = result.metrics.failed or result.broken or any(found.level is Level.ERROR for found in result.findings)
    return ExitCode.DATA if is_wrong else ExitCode.OK
