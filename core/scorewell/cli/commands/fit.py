"""``scorewell fit``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click
from rich.text import Text

from scorewell import runner
from scorewell.api.v1 import Level
from scorewell.cli.arguments import as_json, as_of, configuration
from scorewell.cli.documents import finding_document
from scorewell.cli.exit_codes import ExitCode
from scorewell.cli.preferences import Preferences
from scorewell.cli.progress import observed
from scorewell.cli.screen import print_findings, print_json, print_what_was_found, stderr, stdout
from scorewell.cli.words import plural, printable, shortened
from scorewell.configuration import load
from scorewell.discovery import Plugins
from scorewell.runner.training import FitResult, NewFit, train_project


@click.command("fit")
@configuration
@as_of
@click.option(
    "--scorecard",
    "scorecards",
    multiple=True,
    metavar="NAME",
    help="Learn only for this scorecard. Repeatable.  [default: all that a segment uses]",
)
@click.option(
    "--customers",
    "listed",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Train only on the customers in FILE: one id per line, or a CSV with a column customer_id.",
)
@as_json
def command(
    *,
    path: Path,
    as_of: datetime | None,
    scorecards: tuple[str, ...],
    listed: Path | None,
    as_json: bool,
) -> None:
    """Learn statistics and models for the scorecards, and store them in the folder fits beside the main file.

    Statistics are learned from each scorecard's active customers. Models are trained on those of its customers whose
    outcome is known. Runs use the stored models. They use the stored statistics for scorecards with refit: never.

    \b
    Exit codes
      0  all fits were stored
      2  no such scorecard or file
      3  the configuration has mistakes, or names no outcomes that a model
         could learn from
      4  data could not be read, or something failed: the earlier fits of these
         scorecards stay
      8  the history could not be read
    """
    plugins = Plugins.installed()
    project = load(path, plugins=plugins)
    with observed(plugins, Preferences.current()):
        result = train_project(
            project,
            as_of=runner.moment(as_of, project.timezone),
            scorecards=scorecards,
            customers=None if listed is None else _customers(listed),
            plugins=plugins,
        )
    if as_json:
        print_json(_document(result))
    elif Preferences.current().quiet:
        print_findings(stderr(), [found for found in result.findings if found.level is Level.ERROR], limit=None)
    else:
        _print(result)
    click.get_current_context().exit(ExitCode.DATA if result.failed else ExitCode.OK)


def _customers(file: Path) -> frozenset[str]:
    """The ids in the file."""
    import csv  # noqa: PLC0415 - for this option only

    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            rows = [row for row in csv.reader(opened) if any(cell.strip() for cell in row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise click.BadParameter(f"{file} cannot be read: {error}", param_hint="--customers") from error
    header = [cell.strip() for cell in rows[0]] if rows else []
    if "customer_id" in header:
        column, rows = header.index("customer_id"), rows[1:]
    elif len(header) > 1:
        raise click.BadParameter(
            f"{file} has no column customer_id; it has {', '.join(header[:5])}", param_hint="--customers"
        )
    else:
        column = 0
    return frozenset(row[column].strip() for row in rows if len(row) > column and row[column].strip())


def _document(result: FitResult) -> dict[str, object]:
    return {
        "project": result.project.name,
        "as_of": result.as_of.isoformat(),
        "fits": [
            {
                "scorecard": fit.stored.scorecard,
                "file": str(fit.file),
                "model_card": None if fit.model_card is None else str(fit.model_card),
                "customers": fit.stored.customers,
                "examples": fit.stored.examples,
                "happened": fit.stored.happened,
                "statistics": sorted(fit.stored.statistics),
                "trained": sorted(fit.stored.learned),
                "untrained": dict(sorted(fit.stored.untrained.items())),
                "sha256": fit.stored.checksum,
            }
            for fit in result.fits
        ],
        "failed": list(result.failed),
        "findings": [finding_document(finding) for finding in result.findings],
    }


def _print(result: FitResult) -> None:
    console = stdout()
    heading = Text(shortened(result.project.name), style="bold")
    heading.append(f"  as of {result.as_of:%Y-%m-%d %H:%M} {result.project.timezone}", style="not bold")
    console.print(heading)
    console.print()
    for fit in result.fits:
        console.print(Text("\n".join(_told(fit))))
    for name in result.failed:
        console.print(Text(f"{name}: failed, and nothing was stored", style="bold red"))
    if not result.fits and not result.failed:
        console.print("Nothing to learn: no normalizer compares customers with each other, and there is no model")
    print_what_was_found(console, result.findings)


def _told(fit: NewFit) -> Iterator[str]:
    stored = fit.stored
    metrics = plural(len(stored.statistics), "metric")
    yield f"{stored.scorecard}: {metrics} compared with {plural(stored.customers, 'customer')}"
    for path in stored.learned:
        yield (
            f"  {path or 'the score'}: trained on {plural(stored.examples, 'customer')}, "
            f"{stored.happened:,} of them with the outcome"
        )
    for path, why in stored.untrained.items():
        yield f"  {path or 'the score'}: not trained, too little data: {printable(why)}"
    yield f"  stored in {printable(str(fit.file))}"
    if fit.model_card is not None:
        yield f"  described in {printable(str(fit.model_card))}"
