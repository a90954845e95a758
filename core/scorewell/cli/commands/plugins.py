"""``scorewell plugins``."""

from __future__ import annotations

import click
from rich.console import Console
from rich.text import Text

from scorewell.cli.arguments import as_json
from scorewell.cli.screen import columns, print_json, show, stdout
from scorewell.cli.words import plural, printable
from scorewell.discovery import PluginReport, Plugins


@click.command("plugins")
@as_json
def command(as_json: bool) -> None:
    """List the installed plugins: distribution, version, edition, components, and whether each loads.

    A broken plugin does not affect projects that do not name it.
    """
    reports = Plugins.installed().overview()
    if as_json:
        print_json({"plugins": [_document(report) for report in reports]})
        return
    console = stdout()
    for position, report in enumerate(reports):
        if position:
            console.print()
        _print(console, report)
    broken = sum(report.problem is not None for report in reports)
    console.print()
    console.print(plural(len(reports), "plugin") + (f", {broken} broken" if broken else ""), style="dim")


def _print(console: Console, report: PluginReport) -> None:
    heading = Text(printable(report.name), style="bold")
    edition = "" if report.edition is None else f"  edition {report.edition}"
    heading.append(f"  {printable(report.distribution)} {printable(report.version)}{edition}", style="not bold dim")
    if report.problem is not None:
        heading.append("  broken", style="bold red")
    console.print(heading)
    if report.problem is not None:
        for line in report.problem.splitlines():
            console.print(Text(f"  {printable(line)}"), soft_wrap=True)
    table = columns("", "")
    table.show_header = False
    rows = {**{f"{kind}s": names for kind, names in report.components.items()}, "themes": report.themes}
    for kind, names in rows.items():
        if names:
            table.add_row(Text(f"  {kind:<11}", style="dim"), ", ".join(printable(name) for name in names))
    show(console, table)


def _document(report: PluginReport) -> dict[str, object]:
    return {
        "name": report.name,
        "distribution": report.distribution,
        "version": report.version,
        "edition": report.edition,
        "components": {kind: list(names) for kind, names in report.components.items()},
        "themes": list(report.themes),
        "problem": report.problem,
    }
