"""``scorewell pulse``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from scorewell import runner
from scorewell.cli.arguments import Moment, as_json, configuration
from scorewell.cli.decided import print_ineffective, print_pulses, pulse_document
from scorewell.cli.groups import Group
from scorewell.cli.screen import print_json, stdout
from scorewell.cli.words import shortened
from scorewell.configuration import load
from scorewell.runner.decisions import names_of_customers, pulses_of, record_pulse


class _OneToFive(click.ParamType[int]):
    """A pulse."""

    name = "pulse"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if str(value) not in {"1", "2", "3", "4", "5"}:
            self.fail(f"{value!r} is not a pulse: expected 1, 2, 3, 4 or 5, where 5 is the best", param, ctx)
        return int(value)


@click.command("give")
@click.argument("customer")
@click.argument("value", type=_OneToFive(), metavar="1..5")
@configuration
@click.option("--by", required=True, metavar="NAME", help="Whose judgement it is.")
@click.option("--reason", metavar="CODE", help="The reason, as a code that several pulses share, such as sponsor_left.")
@click.option("--note", metavar="TEXT", help="A note, for internal readers only.")
@click.option(
    "--on", type=Moment(), metavar="DATE", help="The date of the judgement, from which on it counts.  [default: now]"
)
@as_json
def give(
    customer: str,
    *,
    value: int,
    path: Path,
    by: str,
    reason: str | None,
    note: str | None,
    on: datetime | None,
    as_json: bool,
) -> None:
    """Record your own judgement of CUSTOMER: 1 is lost, 3 could go either way, 5 could not be better.

    CUSTOMER is an id, or a name that only one customer has. The pulse is shown beside the computed score. If the
    project has a section `pulse`, it is also a metric. It expires after 90 days, unless the project sets another limit,
    and no customer ever sees it. Only runs of later moments know it: a run as of today 00:00 does not know a pulse of
    today noon.

    \b
    Exit codes
      0  stored
      2  no such customer, or not a number from 1 to 5
      3  the configuration has mistakes
      4  the customers could not be read
      8  the history could not be written
    """
    given = record_pulse(load(path), customer, value, author=by, reason=reason, note=note, on=on)
    if as_json:
        print_json({**pulse_document(given.pulse), "name": given.name, "ineffective": given.ineffective})
        return
    stdout().print(f"pulse of {shortened(given.name or given.pulse.customer_id)}: {given.pulse.value} of 5")
    if given.ineffective is not None:
        print_ineffective(stdout(), given.ineffective)


@click.command("list", short_help="List the recorded pulses.")
@click.argument("customer", required=False)
@configuration
@as_json
def listed(customer: str | None, *, path: Path, as_json: bool) -> None:
    """List the recorded pulses of all customers or of CUSTOMER, the latest first."""
    project = load(path)
    found = pulses_of(project, customer)
    if as_json:
        print_json({"pulses": [pulse_document(each) for each in found]})
    else:
        names = names_of_customers(project) if found else {}
        print_pulses(stdout(), found, runner.moment(None, project.timezone), names)


command = Group("pulse", give, listed)
