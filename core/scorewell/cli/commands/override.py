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
@click.option("--band", metavar="NAME", help="The score is in this band: its nearest value.")
@click.option("--at-most", type=float, metavar="N", help="The score is at most this.")
@click.option("--at-least", type=float, metavar="N", help="The score is at least this.")
@click.option("--because", required=True, metavar="TEXT", help="The reason.")
@click.option("--by", required=True, metavar="NAME", help="Who decides.")
@click.option("--until", required=True, type=Moment(), metavar="DATE", help="When it ends: a day (at its 00:00).")
@click.option("--from", "begins", type=Moment(), metavar="DATE", help="From when on it counts.  [default: today 00:00]")
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
    """Decide CUSTOMER's score by hand, for a reason and until a day.

    CUSTOMER is an id, or a name that only one customer has. Exactly one of --score, --band, --at-most and --at-least
    says what is decided. It is a contribution of its own, after all adjustments, in every run of a moment from its
    begin to its end; a later decision about the same score takes its place. Where it changes nothing as things are, as
    of a customer who is not active or is not there any more, it is kept and says so.

    \b
    Exit codes
      0  kept
      2  no such customer or score, or nothing that the score can be
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


@click.command("list", short_help="List the overrides that count or will.")
@click.argument("customer", required=False)
@configuration
@click.option("--all", "everything", is_flag=True, help="Also those that ended or were withdrawn.")
@as_json
def listed(customer: str | None, *, path: Path, everything: bool, as_json: bool) -> None:
    """List the overrides that count or will, of all customers or of CUSTOMER."""
    project = load(path)
    found = decisions.overrides_of(project, customer)
    now = runner.moment(None, project.timezone)
    shown = [each for each in found if everything or decisions.state_of(each, now) in {"in force", "to come"}]
    if as_json:
        print_json({"overrides": [override_document(each, now) for each in shown]})
    else:
        names = decisions.names_of_customers(project) if shown else {}
        print_overrides(stdout(), shown, now, names, with_score=len(scores_of(project)) > 1)


@click.command("withdraw", short_help="Let an override count no more.")
@click.argument("number", type=int)
@configuration
@click.option("--by", required=True, metavar="NAME", help="Who withdraws it.")
@click.option("--because", metavar="TEXT", help="Why.")
@click.option(
    "--from", "at", type=Moment(), metavar="DATE", help="From when on it counts no more.  [default: today 00:00]"
)
@as_json
def withdraw(number: int, *, path: Path, by: str, because: str | None, at: datetime | None, as_json: bool) -> None:
    """Withdraw the override of this NUMBER: it counts no more, and stays in the list with --all.

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


@click.command("judge", short_help="Who was right, the score or the person?")
@configuration
@as_json
def judge(*, path: Path, as_json: bool) -> None:
    """Hold overrides against what happened to their customers since: who was right, the score or the person?

    Of each override whose customer has had an outcome since it began: the score that was computed, the one that was
    decided, what happened and when. Outcomes are those of the project, of a source with a time.

    \b
    Exit codes
      0  everything went well
      3  the configuration has mistakes, or says nothing of outcomes or of
         their time
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
