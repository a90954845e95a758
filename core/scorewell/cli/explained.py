"""An explanation as a tree with aligned columns: value, 0–100, weight, points."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

import attrs
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scorewell.cli.screen import columns, glyph, show
from scorewell.cli.words import number, points, printable, share, shortened
from scorewell.reporting.formats import singular
from scorewell.runner.explanation import Explanation
from scorewell.runner.improvements import Improvement
from scorewell.runner.people import Overridden, PulseBeside
from scorewell.runner.tree_of_one import Node

__all__ = ["print_explanation"]

_SHOWN_IMPROVEMENTS = 3
_SHOWN_CHILDREN = 10
_FIGURES = ("value", "of 100", "weight", "points")
_ROOM_FOR_NOTES = 100
_WIDEST = 34
"""How wide the tree is at most: what is longer goes on in the next line, past the guides."""


def print_explanation(console: Console, explanation: Explanation) -> None:
    """Heading, tree, adjustments, and what would add most."""
    _print_heading(console, explanation)
    if explanation.root is not None:
        console.print()
        _print_tree(console, explanation, explanation.root)
    if explanation.improvements:
        console.print()
        console.print(Text("What would add most points", style="bold"))
        show(console, _improvements(explanation))


def _print_heading(console: Console, explanation: Explanation) -> None:
    identity = printable(shortened(explanation.customer_id))
    heading = Text(identity if explanation.name is None else shortened(explanation.name, 80), style="bold")
    if explanation.name is not None:
        heading.append(f"  {identity}", style="not bold")
    heading.append(f"  as of {explanation.as_of:%Y-%m-%d %H:%M} {explanation.as_of.tzinfo}", style="not bold dim")
    console.print(heading)
    low, high = explanation.scale
    if explanation.score is None:
        verdict = Text(f"no score: {explanation.status.replace('_', ' ')}")
    else:
        outside = "" if low == 0 else f"{low:g} to "
        verdict = Text.assemble(
            (number(explanation.score), "bold"),
            f" of {outside}{high:g}, ",
            ((explanation.band or "").replace("_", " ") + (", held" if explanation.band_held else ""), "bold"),
        )
        if explanation.status != "scored":
            verdict.append(f", {explanation.status.replace('_', ' ')}")
    console.print(verdict)
    if explanation.reason is not None:
        console.print(printable(explanation.reason))
    if explanation.pulse is not None:
        console.print(Text(_pulse(explanation.pulse), style="dim"))
    facts = [
        f"{word} {value}"
        for word, value in (
            ("score", explanation.score_name),
            ("segment", explanation.segment),
            ("stage", explanation.stage),
            ("scorecard", explanation.scorecard),
        )
        if value is not None
    ]
    if explanation.coverage is not None:
        facts.append(f"data for {share(explanation.coverage)} of the weight")
    if facts:
        console.print(Text(", ".join(facts), style="dim"))


def _print_tree(console: Console, explanation: Explanation, root: Node) -> None:
    """The parts with their figures, and what is told of them: beside them, or below where there is no room."""
    rows = list(_rows(console, explanation, root))
    is_beside = console.width >= _ROOM_FOR_NOTES
    table = columns("", *_FIGURES, *([""] if is_beside else []), numbers=_FIGURES)
    table.columns[0].no_wrap = True
    below: dict[str, list[str]] = {}
    for row in rows:
        table.add_row(row.label, *row.figures, *([Text(row.note, style="dim")] if is_beside else []))
        if row.note and not is_beside:
            below.setdefault(row.note, []).append(row.name)
    show(console, table)
    if below:
        console.print()
        notes = columns("", "")
        notes.show_header = False
        for note, names in below.items():
            notes.add_row(", ".join(names), Text(note, style="dim"))
        show(console, notes)


@attrs.frozen
class _Row:
    """A line of the tree: ``figures`` are the cells of ``_FIGURES``."""

    label: Text
    figures: tuple[str | Text, str | Text, str | Text, str | Text]
    name: str = ""
    note: str = ""


def _rows(console: Console, explanation: Explanation, root: Node) -> Iterator[_Row]:
    if explanation.baseline is not None:
        yield _Row(Text("starts at"), ("", "", "", number(explanation.baseline)))
    lines = _Lines(console)
    for guide, node in lines.of(root):
        style = "" if node.kind in {"metric", "child"} else "bold"
        name = shortened(node.label, 80)
        yield _Row(
            _label(name, guide, lines.past(guide), style=style),
            (
                _value(node) if node.kind == "metric" else "",
                "-" if node.normalized is None else number(node.normalized, 1),
                "-" if node.share is None or not node.path else share(node.share),
                _cost(node),
            ),
            name,
            printable("; ".join(_told(node))),
        )
    for adjusted in explanation.adjustments:
        because = printable(adjusted.because)
        yield _Row(_label(because), ("", "", "", points(adjusted.contribution)), because, adjusted.rule)
    if explanation.override is not None:
        yield _override(explanation.override)
    if points(explanation.rounding) != "0":
        yield _Row(Text("rounding", style="dim"), ("", "", "", Text(points(explanation.rounding), style="dim")))
    if explanation.score is not None:
        yield _Row(Text("score", style="bold"), ("", "", "", Text(number(explanation.score), style="bold")))


def _label(words: str, guide: str = "", past: str = "", *, style: str = "") -> Text:
    """A part's name behind the guide that shows where it hangs, in as many lines as it takes."""
    label = Text()
    for position, line in enumerate(textwrap.wrap(words, max(_WIDEST - len(guide), 12)) or [""]):
        label.append("\n" if position else "").append(past if position else guide, style="dim").append(
            line, style=style
        )
    return label


def _override(override: Overridden) -> _Row:
    """Who decided what and why, and until when."""
    until = None if override.until is None else f"until {override.until:%Y-%m-%d}"
    about = ", ".join(each for each in (override.author and shortened(override.author), until) if each)
    told = shortened(override.because or "decided by hand", 160) + (f" ({about})" if about else "")
    rule = printable(f"override: {override.rule}")
    return _Row(_label(rule), ("", "", "", points(override.contribution)), rule, told)


def _pulse(pulse: PulseBeside) -> str:
    """``pulse 2 of 5 (mara, 2026-02-20): sponsor_left; 37 below the score``."""
    by = f"{shortened(pulse.author)}, " if pulse.author else ""
    said = f": {shortened(pulse.reason)}" if pulse.reason else ""
    told = f"pulse {number(pulse.value)} of 5 ({by}{pulse.given_at:%Y-%m-%d}){said}"
    if pulse.gap is None:
        return told
    apart = number(abs(pulse.gap), 1)
    beside = "as the score" if apart == "0" else f"{apart} {'above' if pulse.gap > 0 else 'below'} the score"
    return f"{told}; {beside}"


def _value(node: Node) -> str:
    if node.value is None:
        return "-"
    if isinstance(node.value, str):
        return shortened(node.value, 24)
    if node.unit == "%":
        return f"{number(node.value * 100, 1)}%"
    if node.unit is None:
        return number(node.value)
    return f"{number(node.value)} {printable(singular(node.unit) if number(node.value) == '1' else node.unit)}"


def _cost(node: Node) -> Text:
    told = points(node.contribution)
    return Text("-" if node.normalized is None and told == "0" else told, style="" if node.kind == "metric" else "bold")


def _told(node: Node) -> list[str]:
    """What is special about a part; else why it counts as it does."""
    special = [words for words in (node.remark, _own(node)) if words]
    return special or [_why(node)]


def _own(node: Node) -> str:
    return f"of them {points(node.own)} by its own rule" if points(node.own) != "0" else ""


def _why(node: Node) -> str:
    """What the configuration says of the weight and the thresholds, and who decides about them."""
    return "; ".join(node.because) + (f" ({node.owner})" if node.owner is not None else "")


def _improvements(explanation: Explanation) -> Table:
    table = columns("", "", "")
    table.show_header = False
    for improvement in explanation.improvements[:_SHOWN_IMPROVEMENTS]:
        table.add_row(
            Text(points(improvement.gain), style="green"),
            _change(improvement),
            Text(f"then {number(improvement.score)}, {improvement.band.replace('_', ' ')}", style="dim"),
        )
    return table


def _change(improvement: Improvement) -> str:
    label = shortened(improvement.label, 80)
    if improvement.path.startswith("adjustment."):
        return f"without: {label}"
    value = 100.0 if improvement.value is None else improvement.value
    return f"{label} at {shortened(value) if isinstance(value, str) else number(value)}"


def _further(children: Sequence[Node]) -> Node:
    """The rest of many children in one line."""
    shares = [child.share for child in children if child.share is not None]
    return attrs.evolve(
        children[0],
        label=f"and {len(children):,} more",
        normalized=None,
        share=sum(shares) if shares else None,
        contribution=sum(child.contribution for child in children),
        remark=None,
    )


class _Lines:
    """The nodes in order, each with the guide that shows where it hangs."""

    def __init__(self, console: Console) -> None:
        drawn = glyph(console, "├└│", "") != ""
        self._fork, self._last, self._past = ("├─ ", "└─ ", "│  ") if drawn else ("|- ", "`- ", "|  ")

    def past(self, guide: str) -> str:
        """The guide beside the further lines of a name."""
        return guide.replace(self._fork, self._past).replace(self._last, " " * len(self._last))

    def of(self, node: Node, guide: str = "", below: str = "") -> Iterator[tuple[str, Node]]:
        yield guide, node
        parts = node.parts
        if len(parts) > _SHOWN_CHILDREN and parts[0].kind == "child":
            parts = (*parts[:_SHOWN_CHILDREN], _further(parts[_SHOWN_CHILDREN:]))
        for position, part in enumerate(parts):
            is_last = position == len(parts) - 1
            yield from self.of(
                part, below + (self._last if is_last else self._fork), below + ("   " if is_last else self._past)
            )
