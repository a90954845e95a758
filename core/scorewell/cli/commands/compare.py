"""``scorewell compare``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from scorewell import runner
from scorewell.api.v1 import ScorewellError
from scorewell.cli.arguments import LookBack, SpacedLengths, as_json, as_of, configuration
from scorewell.cli.compared import figures_of, print_comparison
from scorewell.cli.documents import finding_document
from scorewell.cli.exit_codes import ExitCode
from scorewell.cli.files import written
from scorewell.cli.preferences import Preferences
from scorewell.cli.progress import observed
from scorewell.cli.screen import print_json, stdout
from scorewell.cli.words import printable
from scorewell.configuration import load, load_over
from scorewell.discovery import Plugins
from scorewell.evaluation import (
    REVENUE,
    Configuration,
    Step,
    check_conditions,
    comparison_page,
    configurations,
    document,
    figure_names,
    moments_back,
    verdicts,
)
from scorewell.runner.comparing import compare

_UNITS: tuple[Step, ...] = ("day", "week", "month")


@click.command("compare", cls=SpacedLengths)
@click.argument("other", type=click.Path(path_type=Path), metavar="OTHER.yaml")
@configuration
@as_of
@click.option(
    "--over",
    type=LookBack(),
    metavar="LENGTH",
    help="Also compare at past moments, as far back as this: days, weeks or months, such as 12w or 12 weeks.",
)
@click.option(
    "--every", type=click.Choice(_UNITS), default="week", show_default=True, help="How far apart these moments are."
)
@click.option("--score", metavar="NAME", help="Which of the project's scores; default the first.")
@click.option(
    "--value",
    metavar="NAME",
    help="What to sum besides counting customers: a role, an attribute or a metric.  [default: the role revenue]",
)
@click.option(
    "--fail-if",
    "conditions",
    multiple=True,
    metavar="CONDITION",
    help='Fail if this holds for the figures of the comparison, such as "moved_down > 5%". Repeatable.',
)
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Also write the comparison as a page.",
)
@as_json
def command(
    *,
    other: Path,
    path: Path,
    as_of: datetime | None,
    over: tuple[int, Step] | None,
    every: Step,
    score: str | None,
    value: str | None,
    conditions: tuple[str, ...],
    page: Path | None,
    as_json: bool,
) -> None:
    """Show what would change with the configuration OTHER.yaml, over the same data.

    OTHER.yaml is a complete project, or a file without sources whose sections are merged with the project's: a file
    with one changed scorecard is enough. Nothing is delivered or stored.

    \b
    Exit codes
      0  compared, and no condition of --fail-if holds
      2  no such score, value or figure
      3  one of the configurations has mistakes
      4  data could not be read: nothing was compared, or some metrics failed
         and the rest was compared
      8  the history could not be read
      9  a condition of --fail-if holds, or cannot be evaluated
    """
    plugins = Plugins.installed()
    current, proposed = configurations(
        load(path, plugins=plugins),
        load_over(path, other, plugins=plugins),
        labels=(str(path), str(other)),
        score=score,
    )
    _check(conditions, current, proposed, has_value=value is not None, looks_back=over is not None)
    preferences, timezone = Preferences.current(), current.project.timezone
    latest = runner.moment(as_of, timezone)
    moments = (latest,) if over is None else moments_back(latest, *over, every, timezone)
    with observed(plugins, preferences):
        comparison = compare(current, proposed, moments, value=value, now=datetime.now(UTC), plugins=plugins)
    told = verdicts(conditions, comparison.figures)
    if page is not None:
        written(page, comparison_page(comparison, told, plugins=plugins))
    if as_json:
        findings = [finding_document(finding) for finding in (*comparison.findings, *comparison.remarks)]
        print_json({**document(comparison, told), "findings": findings})
    elif not preferences.quiet:
        print_comparison(stdout(), comparison, told)
    held = [verdict for verdict in told if verdict.holds is not False]
    for verdict in held:
        word = "holds" if verdict.holds else "cannot be evaluated"
        click.echo(f"condition {word}: {printable(verdict.condition)} ({figures_of(verdict)})", err=True)
    code = ExitCode.OK if comparison.is_whole else ExitCode.DATA
    click.get_current_context().exit(ExitCode.CONDITION if held else code)


def _check(
    conditions: tuple[str, ...], current: Configuration, proposed: Configuration, *, has_value: bool, looks_back: bool
) -> None:
    """Refuse a mistaken condition before the data is read."""
    has_value = has_value or REVENUE in current.project.customers.roles
    names = figure_names(current.project, proposed.project, has_value=has_value, looks_back=looks_back)
    try:
        check_conditions(conditions, names)
    except ScorewellError as error:
        told = error.message if error.hint is None else f"{error.message}; try: {error.hint}"
        raise click.BadParameter(told, param_hint="--fail-if") from error
