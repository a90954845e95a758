"""``scorewell forget``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from scorewell.api.v1 import Forgotten
from scorewell.cli.arguments import as_json, configuration, confirm
from scorewell.cli.exit_codes import ExitCode
from scorewell.cli.screen import print_json
from scorewell.cli.words import counted, printable
from scorewell.configuration import load
from scorewell.runner.forgetting import Forgetting, forget, whom


@click.command("forget")
@click.argument("customer", required=False)
@configuration
@click.option("--person", metavar="NAME", help="Forget a person who works with customers, instead of a customer.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@as_json
def command(*, customer: str | None, path: Path, person: str | None, yes: bool, as_json: bool) -> None:
    """Erase a customer from the history, the outputs and the reports.

    CUSTOMER is an id, or a name that only one customer has. What stays is a tombstone without a name, by which later
    runs leave the customer out if a source still has it. With --person, forget a person who works with customers, named
    as in the customer table or in --by: the name and the words are removed, the person's overrides and pulses stay.

    \b
    Exit codes
      0  forgotten
      2  no such customer or person, or not confirmed
      3  the configuration has mistakes
      5  a sink failed: the history was not changed; run it again to continue
      8  the history could not be written
    """
    if (customer is None) == (person is None):
        raise click.UsageError("expected a customer, or --person and a name")
    project = load(path)
    forgotten = whom(project, customer, "customer") if customer is not None else whom(project, str(person), "person")
    if not yes:
        confirm(f"Forget {_called(forgotten)} in {printable(project.name)}? This cannot be undone")
    done = forget(project, forgotten)
    if as_json:
        print_json(_document(done))
    else:
        for line in _lines(done):
            click.echo(line)
    click.get_current_context().exit(ExitCode.OK if done.is_done else ExitCode.SINK)


def _called(forgotten: Forgotten) -> str:
    names = f" ({', '.join(map(printable, forgotten.names))})" if forgotten.names else ""
    return f"{forgotten.kind} {printable(forgotten.id)}{names}"


def _lines(done: Forgetting) -> list[str]:
    verb = "removed" if done.forgotten.kind == "customer" else "changed"
    lines = []
    for answer in done.sinks:
        if answer.failure is not None:
            lines.append(f"{answer.sink}: failed: {printable(answer.failure)}")
        elif answer.receipt is None:
            lines.append(f"{answer.sink}: cannot remove what it delivered: remove it by hand")
        else:
            lines.append(f"{answer.sink}: {verb} {counted(answer.receipt.count, answer.receipt.what)}")
    if done.history is not None:
        counts = ", ".join(f"{count:,} {kind}" for kind, count in done.history.items() if count)
        lines.append(f"history: {verb} {counts or 'nothing'}")
    elif done.is_done:
        lines.append("history: none, so later runs do not leave them out: remove them from the source too")
    else:
        lines.append("history: not changed; run the same command again when the cause is fixed")
    if done.configurations:
        lines.append(f"history: stored configurations that contain one of the names, and stay: {done.configurations}")
    lines += [
        f"history: {printable(repr(name))} is still stored; if it is the same person, forget that name too"
        for name in done.alike
    ]
    if done.is_done:
        lines.append("removed pages that also named others are written again by the next scorewell run")
    return lines


def _document(done: Forgetting) -> dict[str, Any]:
    return {
        "kind": done.forgotten.kind,
        "sinks": [
            {
                "sink": answer.sink,
                "removed": None if answer.receipt is None else answer.receipt.count,
                "what": None if answer.receipt is None else answer.receipt.what,
                "failure": answer.failure,
            }
            for answer in done.sinks
        ],
        "history": None if done.history is None else dict(done.history),
        "configurations": done.configurations,
        "alike": list(done.alike),
    }
