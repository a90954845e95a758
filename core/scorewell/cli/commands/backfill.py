"""``scorewell backfill``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
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
from scorewell.cli.screen import print_json, print_what_was_found, show, stdout
from scorewell.cli.words import plural, shortened
from scorewell.configuration import Project, load
from scorewell.discovery import Plugins
from scorewell.evaluation import Step, moments_between
from scorewell.replay import told_once
from scorewell.runner.filling import FilledMoment, backfill

_UNITS: tuple[Step, ...] = ("day", "week", "month")
_STATES = {
    "remembered": Text("stored", style="green"),
    "there": Text("already stored", style="dim"),
    "scored": Text("not written: a dry run", style="dim"),
}


@click.command("backfill")
@configuration
@click.option("--from", "first", type=Moment(), required=True, metavar="DATE", help="The earliest moment.")
@click.option(
    "--to", "last", type=Moment(), metavar="DATE", help="The last moment is this, or shortly before.  [default: today]"
)
@click.option(
    "--every", type=click.Choice(_UNITS), default="week", show_default=True, help="How far apart the moments are."
)
@click.option("--again", is_flag=True, help="Also score again what the history has with this configuration.")
@click.option("--dry-run", is_flag=True, help="Score, but write nothing.")
@as_json
def command(
    *, path: Path, first: datetime, last: datetime | None, every: Step, again: bool, dry_run: bool, as_json: bool
) -> None:
    """Score past moments, each as a run at that moment would have, and store them in the project's history.

    The data is read once for many moments. Nothing is delivered to sinks. To continue after an interruption, give the
    same command again: it skips the moments that the history already has with this configuration.

    \b
    Exit codes
      0  everything went well
      2  --to is before --from
      3  the configuration has mistakes
      4  a moment could not be scored, and those before it are stored;
         or some metrics failed at some moment
      8  there is no history, or it could not be read or written; the moments
         before that one are stored
    """
    plugins, preferences = Plugins.installed(), Preferences.current()
    project = load(path, plugins=plugins)
    moments = _moments(project, first, last, every)
    # What was scored is shown as it comes: many moments take a while.
    shown = None if as_json or preferences.quiet else stdout()
    with observed(plugins, preferences, lines=False):
        filled = _told(
            project,
            backfill(project, moments, again=again, dry_run=dry_run, plugins=plugins, now=datetime.now(UTC)),
            shown,
        )
    if as_json:
        print_json(_document(project, filled, dry_run=dry_run))
    elif shown is not None:
        _print_end(shown, filled, dry_run=dry_run)
    click.get_current_context().exit(ExitCode.DATA if any(each.failed for each in filled) else ExitCode.OK)


def _moments(project: Project, first: datetime, last: datetime | None, every: Step) -> tuple[datetime, ...]:
    begin, end = runner.moment(first, project.timezone), runner.moment(last, project.timezone)
    moments = moments_between(begin, end, every, project.timezone)
    if not moments:
        raise click.BadParameter(f"{end:%Y-%m-%d %H:%M} is before {begin:%Y-%m-%d %H:%M}", param_hint="--to")
    return moments


def _told(project: Project, filled: Iterable[FilledMoment], console: Console | None) -> list[FilledMoment]:
    """All of them, each shown when it is done."""
    done = []
    for each in filled:
        done.append(each)
        if console is not None:
            line = Text(f"{_local(project, each):%Y-%m-%d %H:%M}   ")
            if each.state != "there":
                line.append(f"{each.scores:>9,} scores of {plural(each.customers or 0, 'customer')}   ")
            show(console, line.append_text(_STATES[each.state]))
    return done


def _print_end(console: Console, filled: Sequence[FilledMoment], *, dry_run: bool) -> None:
    # Each moment of a long past notices much the same: what the last of them says is shown.
    print_what_was_found(console, told_once(found for each in filled for found in each.findings))
    failed = {name: why for each in filled for name, why in each.failed.items()}
    for name, why in failed.items():
        times = sum(name in each.failed for each in filled)
        at = plural(times, "moment")
        console.print(Text(f"metric {shortened(name)} failed at {at}: {shortened(why, 200)}", style="bold red"))
    there = sum(each.state == "there" for each in filled)
    console.print()
    done = plural(len(filled) - there, "moment")
    told = f"Dry run: {done} scored, nothing was written" if dry_run else f"{done} stored"
    console.print(told + (f", {there:,} already stored" if there else ""))


def _document(project: Project, filled: Sequence[FilledMoment], *, dry_run: bool) -> dict[str, object]:
    return {
        "project": project.name,
        "dry_run": dry_run,
        "moments": [
            {
                "as_of": _local(project, each).isoformat(),
                "run_id": each.run_id,
                "state": each.state,
                "customers": each.customers,
                "scores": each.scores,
                "failed": dict(each.failed),
                "findings": [finding_document(finding) for finding in each.findings],
            }
            for each in filled
        ],
    }


def _local(project: Project, each: FilledMoment) -> datetime:
    return each.as_of.astimezone(ZoneInfo(project.timezone))
