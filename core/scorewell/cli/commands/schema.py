"""``scorewell schema``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from scorewell.cli.files import written
from scorewell.cli.screen import print_json
from scorewell.configuration.schema import schema
from scorewell.discovery import Plugins


@click.command("schema")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the schema to a file instead of standard output.",
)
def command(output: Path | None) -> None:
    """Print the JSON Schema of the configuration, for editors, with the settings of every installed plugin."""
    document = schema(Plugins.installed())
    if output is None:
        print_json(document)
        return
    written(output, json.dumps(document, indent=2, ensure_ascii=False) + "\n")
