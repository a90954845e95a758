"""``scorewell demo``."""

from __future__ import annotations

import sys
from datetime import datetime, time, timedelta
from pathlib import Path

import click
from rich.text import Text

from scorewell import runner
from scorewell.cli.commands.run import exit_code
from scorewell.cli.folders import copied, require_empty
from scorewell.cli.preferences import Preferences
from scorewell.cli.progress import observed
from scorewell.cli.screen import stdout
from scorewell.cli.summary import print_run
from scorewell.cli.words import printable
from scorewell.configuration import Project, load
from scorewell.demo import AS_OF, generate
from scorewell.discovery import Plugins
from scorewell.runner.filling import backfill

# What tells a demo's folder from somebody's own: only into the former may it write again.
_MARK = ".scorewell-demo"
_WEEKS = 26  # of scores before the run


@click.command("demo")
@click.argument(
    "folder", metavar="[DIR]", type=click.Path(path_type=Path, file_okay=False), default=Path("scorewell-demo")
)
@click.option(
    "--customers", type=click.IntRange(1), default=240, show_default=True, help="How many customers to make up."
)
@click.option("--seed", type=int, default=7, show_default=True, help="The same seed gives the same company.")
def command(folder: Path, customers: int, seed: int) -> None:
    """Generate a made-up company in DIR (by default ./scorewell-demo), score it and write its reports.

    The data has two years of accounts, usage, tickets, invoices and more, as of a fixed day, with reasons why customers
    do well or badly. The history has half a year of weekly scores. The folder is a project like any other: change it
    and run `scorewell run` in it. Running the demo again writes it again.
    """
    if not (folder / _MARK).is_file():
        require_empty(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).write_text("This folder was written by `scorewell demo`, which may write it again.\n")
    copied("demo", folder)
    preferences = Preferences.current()
    if not preferences.quiet:
        click.echo(f"making up {customers:,} customers", err=True)
    generate(folder, seed=seed, customers=customers)
    plugins = Plugins.installed()
    project = load(folder / "scorewell.yaml", plugins=plugins)
    # The history of a company that was made up before is another company's.
    for stored in folder.glob("scorewell.db*"):
        stored.unlink()
    if not preferences.quiet:
        click.echo(f"scoring the {_WEEKS} weeks before", err=True)
    _fill(project, preferences)
    with observed(plugins, preferences):
        moment = runner.moment(datetime.combine(AS_OF, time()), project.timezone)
        result = runner.run(project, as_of=moment, plugins=plugins)
    if not preferences.quiet:
        print_run(stdout(), result)
    page = _first_page(folder)
    if page is not None:
        console = stdout()
        console.print()
        console.print(Text.assemble(("Open  ", "bold"), printable(str(page))), soft_wrap=True)
    sys.stdout.flush()
    click.get_current_context().exit(exit_code(result))


def _fill(project: Project, preferences: Preferences) -> None:
    """Score the weeks before, so that trends and causes are there to see."""
    plugins = Plugins.installed()  # with observers of its own: the run is told in another way
    days = [AS_OF - timedelta(weeks=number) for number in range(_WEEKS, 0, -1)]
    moments = [runner.moment(datetime.combine(day, time()), project.timezone) for day in days]
    with observed(plugins, preferences, lines=False):
        for _ in backfill(project, moments, plugins=plugins):
            pass


def _first_page(folder: Path) -> Path | None:
    """The portfolio page among the reports: the one to open first."""
    pages = sorted(folder.resolve().rglob("index.html"), key=lambda page: (len(page.parts), str(page)))
    return pages[0] if pages else None
