"""``scorewell rescore``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.text import Text

from scorewell import runner
from scorewell.cli.arguments import Moment, as_json, configuration
from scorewell.cli.documents import finding_document
from scorewell.cli.exit_codes import ExitCode
from scorewell.cli.preferences import Preferences
from scorewell.cli.progress import observed
from scorewell.cli.screen import columns, print_json, print_what_was_found, show, stdout
from scorewell.cli.words import dated, plural, printable
from scorewell.configuration import Project, load
from scorewell.discovery import Plugins
from scorewell.history.projects import history_of
from scorewell.replay import told_once
from scorewell.runner.looking_back import why_no_runs
from scorewell.runner.rescoring import Rescored, rescore


@click.command("rescore")
@configuration
@click.option("--from", "since", type=Moment(), metavar="DATE", help="Only runs of this moment or later.")
@click.option("--to", "until", type=Moment(), metavar="DATE", help="Only runs of this moment or earlier.")
@click.option("--dry-run", is_flag=True, help="Show what would change, but write nothing.")
@as_json
def command(*, path: Path, since: datetime | None, until: datetime | None, dry_run: bool, as_json: bool) -> None:
    """Score the stored runs again with the current configuration, from their stored metric values.

    No source is read, and nothing is delivered to sinks. If any score or dimension of a run changes, the new run is
    stored, and the earlier one is kept but no longer shown. The trend and the band changes are computed again.

    \b
    Exit codes
      0  everything went well
      3  the configuration has mistakes
      4  a fit is missing or damaged, or the metric values of some runs were
         pruned and those were skipped
      8  there is no history, or it could not be read or written; the runs
         before that one are written
    """
    plugins, preferences = Plugins.installed(), Preferences.current()
    project = load(path, plugins=plugins)

    def moment(wanted: datetime | None) -> datetime | None:
        return None if wanted is None else runner.moment(wanted, project.timezone)

    with observed(plugins, preferences):
        runs = list(rescore(project, since=moment(since), until=moment(until), dry_run=dry_run, plugins=plugins))
    if as_json:
        print_json(_document(project, runs, dry_run=dry_run))
    elif not preferences.quiet:
        _print(stdout(), project, runs, dry_run=dry_run)
    is_skipped = any(each.skipped is not None for each in runs)
    click.get_current_context().exit(ExitCode.DATA if is_skipped else ExitCode.OK)


def _document(project: Project, runs: Sequence[Rescored], *, dry_run: bool) -> dict[str, object]:
    return {
        "project": project.name,
        "dry_run": dry_run,
        "runs": [
            {
                "as_of": _local(project, each).isoformat(),
                "scores": each.scores,
                "changed": each.changed,
                "bands_changed": each.bands,
                "gained": each.gained,
                "lost": each.lost,
                "dimensions_only": each.dimensions_only,
                "written": each.is_written,
                "skipped": each.skipped,
                "findings": [finding_document(finding) for finding in each.findings],
            }
            for each in runs
        ],
    }


def _print(console: Console, project: Project, runs: Sequence[Rescored], *, dry_run: bool) -> None:
    if not runs:
        with history_of(project, create=False) as history:
            console.print(printable(why_no_runs(history, project)))
        return
    counted = ("scores", "changed", "other band", "gained", "lost", "dimensions only")
    table = columns("as of", *counted, "", numbers=counted)
    for each in runs:
        counts = (each.scores, each.changed, each.bands, each.gained, each.lost, each.dimensions_only)
        cells = [f"{count:,}" if count else "-" for count in counts]
        table.add_row(dated(_local(project, each)), *cells, _became(each, dry_run=dry_run))
    show(console, table)
    # Each run of a long past notices much the same: it is told once.
    print_what_was_found(console, told_once(found for each in runs for found in each.findings))
    console.print()
    written = sum(each.is_written for each in runs)
    console.print("Dry run: nothing was written" if dry_run else f"{plural(written, 'run')} written")


def _became(each: Rescored, *, dry_run: bool) -> Text:
    if each.skipped is not None:
        return Text(f"skipped: {printable(each.skipped)}", style="yellow")
    if dry_run:
        return Text("")
    return Text("written", style="green") if each.is_written else Text("unchanged", style="dim")


def _local(project: Project, each: Rescored) -> datetime:
    return each.as_of.astimezone(ZoneInfo(project.timezone))
