"""Overrides and pulses on the screen, and as documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from scorewell.cli.screen import columns, show
from scorewell.cli.words import dated, number, printable, shortened
from scorewell.history.overrides import StoredOverride
from scorewell.history.pulses import StoredPulse
from scorewell.runner.decisions import Decided, state_of, words_of
from scorewell.runner.documents import document_of
from scorewell.runner.judging import JudgedOverride

__all__ = [
    "decided_document",
    "judged_document",
    "override_document",
    "print_decided",
    "print_ineffective",
    "print_judged",
    "print_overrides",
    "print_pulses",
    "print_withdrawn",
    "pulse_document",
]

_LONGEST = 60
_ROOM_FOR_REASONS = 110


def print_decided(console: Console, decided: Decided) -> None:
    """What was kept, and what it is about."""
    override = decided.override
    who = decided.name or override.customer_id
    console.print(
        f"override {override.number}: {shortened(who)} {printable(words_of(override))} until {dated(override.until)}"
    )
    if decided.ineffective is not None:
        print_ineffective(console, decided.ineffective)
    elif decided.score is not None:
        band = (decided.band or "").replace("_", " ")
        told = f"the score was {number(decided.score)}, {band}, in the last run; the override counts from the next run"
        console.print(Text(told, style="dim"))


def print_ineffective(console: Console, why: str) -> None:
    """That what was kept changes nothing, and why."""
    console.print(Text(f"stored, but it changes nothing at present: {printable(why)}", style="yellow"))


def print_withdrawn(console: Console, override: StoredOverride, timezone: str) -> None:
    """What counts no more, and from when on."""
    assert override.withdrawn_at is not None  # noqa: S101 - it was withdrawn
    since = dated(override.withdrawn_at.astimezone(ZoneInfo(timezone)))
    console.print(f"override {override.number} ({printable(words_of(override))}) is withdrawn from {since} on")


def print_overrides(
    console: Console,
    overrides: Sequence[StoredOverride],
    now: datetime,
    names: Mapping[str, str],
    *,
    with_score: bool,
) -> None:
    """A table, or that there is none. ``names`` are the customers' by id; ``with_score`` says which score it is of."""
    if not overrides:
        console.print("no overrides")
        return
    is_wide = console.width >= _ROOM_FOR_REASONS
    score, because = ["score"] if with_score else [], ["because"] if is_wide else []
    table = columns("", "customer", *score, "decided", "from", "until", "", "by", *because, numbers=("",))
    # What is short stays whole where a narrow terminal breaks what is not.
    for column in table.columns[2 : -1 - len(because)]:
        column.no_wrap = True
    for each in overrides:
        who = Text(shortened(names.get(each.customer_id, each.customer_id)))
        if not is_wide:
            who.append(f"\n{shortened(each.because, _LONGEST)}", style="dim")
        table.add_row(
            str(each.number),
            who,
            *([shortened(each.score_name)] if with_score else []),
            printable(words_of(each)),
            *(dated(moment.astimezone(now.tzinfo)) for moment in (each.begins, each.until)),
            state_of(each, now),
            shortened(each.author),
            *([shortened(each.because, _LONGEST)] if is_wide else []),
        )
    show(console, table)


def print_judged(console: Console, judged: Sequence[JudgedOverride], names: Mapping[str, str]) -> None:
    """A table, or that there is nothing to judge yet. ``names`` are the customers' by id."""
    if not judged:
        console.print("no override yet of a customer with a later outcome")
        return
    table = columns("", "customer", "by", "computed", "decided", "was shown", "then", "on", numbers=("",))
    for each in judged:
        table.add_row(
            str(each.override.number),
            shortened(names.get(each.override.customer_id, each.override.customer_id)),
            shortened(each.override.author),
            _score(each.computed_score, each.computed_band),
            printable(words_of(each.override)),
            _score(each.score, each.band),
            shortened(each.outcome),
            f"{each.happened_at.astimezone(each.override.until.tzinfo):%Y-%m-%d}",
        )
    show(console, table)


def _score(score: float | None, band: str | None) -> str:
    return "-" if score is None else f"{number(score)}, {printable((band or '').replace('_', ' '))}"


def print_pulses(console: Console, pulses: Sequence[StoredPulse], now: datetime, names: Mapping[str, str]) -> None:
    """A table, or that there is none. ``names`` are the customers' by id."""
    if not pulses:
        console.print("no pulses")
        return
    table = columns("customer", "pulse", "on", "by", "reason", "note", numbers=("pulse",))
    for each in pulses:
        table.add_row(
            shortened(names.get(each.customer_id, each.customer_id)),
            str(each.value),
            f"{each.given_at.astimezone(now.tzinfo):%Y-%m-%d}",
            shortened(each.author),
            shortened(each.reason or ""),
            shortened(each.note or "", _LONGEST),
        )
    show(console, table)


def override_document(override: StoredOverride, now: datetime | None = None) -> dict[str, object]:
    """All that is kept of it, its words, and how it stands at ``now``."""
    return {
        **document_of(override),
        "words": words_of(override),
        **({} if now is None else {"state": state_of(override, now)}),
    }


def decided_document(decided: Decided) -> dict[str, object]:
    """The override, with the customer's name, the score of the last run, and why it changes nothing, if so."""
    about = {
        "name": decided.name,
        "last_score": decided.score,
        "last_band": decided.band,
        "ineffective": decided.ineffective,
    }
    return {**override_document(decided.override), **about}


def judged_document(judged: JudgedOverride) -> dict[str, object]:
    """The override, and what was computed, shown and happened."""
    # An override has a band too: the one that it decided.
    shown = {"score": "shown_score", "band": "shown_band"}
    own = {shown.get(name, name): value for name, value in document_of(judged).items() if name != "override"}
    return {**override_document(judged.override), **own}


def pulse_document(pulse: StoredPulse) -> dict[str, object]:
    """All that is kept of it."""
    return document_of(pulse)
