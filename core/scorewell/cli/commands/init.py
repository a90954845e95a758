"""``scorewell init``."""

from __future__ import annotations

from pathlib import Path

import click

from scorewell.cli.folders import copied, require_empty
from scorewell.cli.preferences import Preferences
from scorewell.cli.words import printable
from scorewell.demo import AS_OF

# By name, the folder under templates/.
_TEMPLATES = {
    "minimal": "init",
    "high-touch": "init-high-touch",
    "self-serve": "init-self-serve",
    "e-commerce": "init-e-commerce",
}


@click.command("init")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option(
    "--template",
    type=click.Choice(list(_TEMPLATES)),
    default="minimal",
    show_default=True,
    help="The kind of business to start from.",
)
def command(folder: Path, template: str) -> None:
    """Write a commented project with sample data to DIR, by default the current folder.

    The folder must be empty or not exist yet: nothing is ever overwritten. Every template is a complete project that
    you can check and run at once:

    \b
    minimal     one short file, to learn the configuration
    high-touch  enterprise accounts, each with a customer success manager
    self-serve  accounts that sign up, use and pay by themselves
    e-commerce  customers of a shop, who have no contract to cancel
    """
    require_empty(folder)
    files = copied(_TEMPLATES[template], folder)
    if Preferences.current().quiet:
        return
    for file in files:
        click.echo(f"wrote {printable(str(file))}")
    place = "" if folder == Path() else f"cd {folder} && "
    # The sample data end, as the demo's do, on the day before; as of today, all would have been idle for long.
    click.echo(f"next:  {printable(place)}scorewell check --as-of {AS_OF} && scorewell run --as-of {AS_OF}")
