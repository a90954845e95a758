"""``scorewell explain``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from scorewell import runner
from scorewell.cli.arguments import Moment, as_json, as_of, configuration
from scorewell.cli.changed import print_change
from scorewell.cli.explained import print_explanation
from scorewell.cli.preferences import Preferences
from scorewell.cli.progress import observed
from scorewell.cli.screen import print_json, stdout
from scorewell.configuration import load
from scorewell.discovery import Plugins
from scorewell.runner.change import explain_change
from scorewell.runner.explanation import explain


@click.command("explain")
@click.argument("customer")
@configuration
@as_of
@click.option("--since", type=Moment(), metavar="DATE", help="Show why the score changed since then.")
@click.option("--score", metavar="NAME", help="Which of the project's scores; default the first.")
@as_json
def command(
    *, customer: str, path: Path, as_of: datetime | None, since: datetime | None, score: str | None, as_json: bool
) -> None:
    """Show how the score of CUSTOMER was computed.

    CUSTOMER is an id, or a name that only one customer has.

    Each part is shown with its value, the value normalized to 0 to 100, its weight in the whole score, and the points
    that it costs. Then follow adjustments, missing data, and the single improvement that would add most.

    With --since you see why the score changed: each cause with its points, the greatest first. The score before is
    that of the stored run of that day, or of the last run before it; without one it is computed.

    \b
    Exit codes
      0  explained, even if there is no score
      2  no such customer or score, or several customers of that name
      3  the configuration has mistakes
      4  the customers could not be read
      8  the history could not be read
    """
    plugins = Plugins.installed()
    project = load(path, plugins=plugins)
    with observed(plugins, Preferences.current()):
        moment = runner.moment(as_of, project.timezone)
        if since is not None:
            earlier = runner.moment(since, project.timezone)
            change = explain_change(
                project, customer, since=earlier, as_of=moment, score=score, plugins=plugins, now=datetime.now(UTC)
            )
        else:
            explanation = explain(project, customer, as_of=moment, score=score, plugins=plugins, now=datetime.now(UTC))
    if since is not None:
        if as_json:
            print_json(change.document())
        else:
            print_change(stdout(), change)
    elif as_json:
        print_json(explanation.document())
    else:
        print_explanation(stdout(), explanation)
