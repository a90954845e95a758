"""``scorewell init``."""

from __future__ import annotations

from pathlib import Path

import click

from scorewell.cli.folders import copied, require_empty
from scorewell.cli.preferences import Preferences
from scorewell.cli.words import printable
from scorewell.demo import AS_OF


@click.command("init")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path, file_okay=False), default=Path())
def command(folder: Path) -> None:
    """Write a small commented project with sample data to DIR, by default the current folder.

    The folder must be empty or not exist yet: nothing is ever overwritten.
    """
    require_empty(folder)
    files = copied("init", folder)
    if Preferences.current().quiet:
        return
    for file in files:
        click.echo(f"wrote {printable(str(file))}")
    place = "" if folder == Path() else f"cd {folder} && "
    # The sample data end, as the demo's do, on the day before; as of today, all would have been idle for long.
    click.echo(f"next:  {printable(place)}scorewell check --as-of {AS_OF} && scorewell run --as-of {AS_OF}")
