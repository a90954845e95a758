"""``scorewell override``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from scorewell import runner
from scorewell.cli.arguments import Moment, as_json, configuration
from scorewell.cli.decided import (
    decided_document,
    judged_document,
    override_document,
    print_decided,
    print_judged,
    print_overrides,
    print_withdrawn,
)
from scorewell.cli.groups import Group
from scorewell.cli.screen import print_json, stdout
from scorewell.configuration import load, scores_of
from scorewell.runner import decisions
from scorewell.runner.judging import judge_overrides
from scorewell.scoring import OverrideKind


@click.command("decide")
@click.argument("customer")
@configuration
@click.option("--score", type=float, metavar="N", help="The score is this.")
@click.option("--band", metavar="NAME", help="The score is the nearest value in this band.")
@click.option("--at-most", type=float, metavar="N", help="The score is at most this.")
@click.option("--at-least", type=float, metavar="N", help="The score is at least this.")
@click.option("--because", required=True, metavar="TEXT", help="The reason.")
@click.option("--by", required=True, metavar="NAME", help="Who decides.")
@click.option("--until", required=True, type=Moment(), metavar="DATE", help="The end: a day (its 00:00) or a time.")
@click.option("--from", "begins", type=Moment(), metavar="DATE", help="The start.  [default: today 00:00]")
@click.option("--score-name", metavar="NAME", help="Which of the project's scores; default the first.")
@as_json
def decide(
    customer: str,
    *,
    path: Path,
    score: float | None,
    band: str | None,
    at_most: float | None,
    at_least: float | None,
    because: str,
    by: str,
    until: datetime,
    begins: datetime | None,
    score_name: str | None,
    as_json: bool,
) -> None:
    """Decide CUSTOMER's score by hand, with a reason and an end date.

    CUSTOMER is an id, or a name that only one customer has. Give exactly one of --score, --band, --at-most and
    --at-least. The override is a contribution of its own, after all adjustments, in every run of a moment between its
    start and its end. A later override of the same score replaces it. If it has no effect now, such as for a customer
    that is no longer active, it is stored all the same, and the command says so.

    \b
    Exit codes
      0  stored
      2  no such customer or score, or a score that is not possible
      3  the configuration has mistakes
      4  the customers could not be read
      8  the history could not be written
    """
    given: dict[OverrideKind, float | str | None] = {
        "score": score,
        "band": band,
        "at_most": at_most,
        "at_least": at_least,
    }
    said = [kind for kind, what in given.items() if what is not None]
    if len(said) != 1:
        got = " and ".join(f"--{kind.replace('_', '-')}" for kind in said) or "none"
        raise click.UsageError(f"expected exactly one of --score, --band, --at-most and --at-least, got {got}")
    decided = decisions.override_score(
        load(path),
        customer,
        kind=said[0],
        value=next((number for number in (score, at_most, at_least) if number is not None), None),
        band=band,
        because=because,
        author=by,
        until=until,
        begins=begins,
        score=score_name,
    )
    if as_json:
        print_json(decided_document(decided))
    else:
        print_decided(stdout(), decided)


@click.command("list", short_help="List the current and future overrides.")
@click.argument("customer", required=False)
@configuration
@click.option("--all", "everything", is_flag=True, help="Also list those that ended or were withdrawn.")
@as_json
def listed(customer: str | None, *, path: Path, everything: bool, as_json: bool) -> None:
    """List the current and future overrides, of all customers or of CUSTOMER."""
    project = load(path)
    found = decisions.overrides_of(project, customer)
    now = runner.moment(None, project.timezone)
    shown = [each for each in found if everything or decisions.state_of(each, now) in {"in force", "to come"}]
    if as_json:
        print_json({"overrides": [override_document(each, now) for each in shown]})
    else:
        names = decisions.names_of_customers(project) if shown else {}
        print_overrides(stdout(), shown, now, names, with_score=len(scores_of(project)) > 1)


@click.command("withdraw", short_help="End an override.")
@click.argument("number", type=int)
@configuration
@click.option("--by", required=True, metavar="NAME", help="Who withdraws it.")
@click.option("--because", metavar="TEXT", help="Why.")
@click.option("--from", "at", type=Moment(), metavar="DATE", help="The new end.  [default: today 00:00]")
@as_json
def withdraw(number: int, *, path: Path, by: str, because: str | None, at: datetime | None, as_json: bool) -> None:
    """Withdraw the override with this NUMBER: it no longer applies, and stays in the list with --all.

    \b
    Exit codes
      0  withdrawn
      2  there is no such override, or it was withdrawn before
      3  the configuration has mistakes
      8  the history could not be written
    """
    project = load(path)
    gone = decisions.withdraw(project, number, by=by, because=because, at=at)
    if as_json:
        print_json(override_document(gone))
    else:
        print_withdrawn(stdout(), gone, project.timezone)


@click.command("judge", short_help="Compare overrides with what happened later.")
@configuration
@as_json
def judge(*, path: Path, as_json: bool) -> None:
    """Compare overrides with what happened later: who was right, the score or the person?

    Each override whose customer has had an outcome since its start is shown with the computed score, the decision, what
    happened, and when. The outcomes are those of the project, from a source with a time.

    \b
    Exit codes
      0  everything went well
      3  the configuration has mistakes, or no outcomes, or no time of them
      4  the outcomes could not be read
      8  the history could not be read
    """
    project = load(path)
    judged = judge_overrides(project, now=datetime.now(UTC))
    if as_json:
        print_json({"judged": [judged_document(each) for each in judged]})
    else:
        print_judged(stdout(), judged, decisions.names_of_customers(project) if judged else {})


command = Group("override", decide, listed, withdraw, judge)
