"""Why a score changed, on the screen: from the score before to the score now, the greatest cause first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from scorewell.cli.screen import columns, glyph, show
from scorewell.cli.words import dated, number, printable, shortened
from scorewell.runner.change import Cause, Change, Reading

__all__ = ["print_change"]


def print_change(console: Console, change: Change) -> None:
    """Heading, what it came to, and the causes, which add up as they are shown."""
    arrow = glyph(console, "→", "->")
    identity = printable(shortened(change.customer_id))
    heading = Text(identity if change.name is None else shortened(change.name, 80), style="bold")
    if change.name is not None:
        heading.append(f"  {identity}", style="not bold")
    moments = f"  {dated(change.before.as_of)} {arrow} {dated(change.after.as_of)} {change.after.as_of.tzinfo}"
    console.print(heading.append(moments, style="not bold dim"))
    console.print(Text.assemble(*_verdict(change, arrow)))
    if change.reason is not None:
        console.print(printable(change.reason))
    origin = "before: the run in the history" if change.before.source == "history" else change.note
    console.print(Text(printable(f"score {change.score_name}, {origin or 'computed'}"), style="dim"))
    if change.causes:
        console.print()
        show(console, _causes(change, arrow))


def _verdict(change: Change, arrow: str) -> Iterator[str | tuple[str, str]]:
    yield _said(change.before)
    yield f" {arrow} "
    yield _said(change.after), "bold"
    if change.difference is not None:
        size = number(abs(change.difference), _decimals(change))
        yield ", as before" if size == "0" else f", {size} {'down' if change.difference < 0 else 'up'}"


def _said(reading: Reading) -> str:
    if reading.score is None:
        return "not listed" if reading.status is None else f"no score ({reading.status.replace('_', ' ')})"
    return f"{number(reading.score)} {(reading.band or '').replace('_', ' ')}".strip()


def _decimals(change: Change) -> int:
    """Of the points: one more than the score has, and two at most."""
    return 2 if change.precision is None else min(max(change.precision, 1), 2)


def _causes(change: Change, arrow: str) -> Table:
    table = columns("", "points", "", numbers=("points",))
    decimals = _decimals(change)
    table.add_row(Text("before"), number(change.before.score or 0.0, decimals), "")
    for cause, points in _shown(change.before.score or 0.0, change.causes, decimals):
        is_rounding = cause.kind == "rounding"
        label = Text(printable(shortened(cause.label, 80)), style="dim" if is_rounding else "")
        told = [printable(words).replace("→", arrow) for words in (cause.values, cause.detail) if words]
        table.add_row(label, points, Text("; ".join(told), style="dim"))
    table.add_row(Text("now", style="bold"), Text(number(change.after.score or 0.0, decimals), style="bold"), "")
    return table


def _shown(start: float, causes: Sequence[Cause], decimals: int) -> Iterator[tuple[Cause, str]]:
    """The causes with their points as written: what is rounded away in one is in the next, so that they add up."""
    reached, total = round(start, decimals), start
    for cause in causes:
        total += cause.points
        shown = round(round(total, decimals) - reached, decimals)
        reached = round(reached + shown, decimals)
        if shown:
            text = number(shown, decimals)
            yield cause, text if shown < 0 else f"+{text}"
