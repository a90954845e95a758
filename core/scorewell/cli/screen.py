"""Consoles, and the few forms that all commands print in."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from scorewell.api.v1 import Finding, Level
from scorewell.cli.words import plural, printable, shortened

__all__ = [
    "columns",
    "count_findings",
    "glyph",
    "print_findings",
    "print_json",
    "print_what_was_found",
    "show",
    "stderr",
    "stdout",
]

_WIDTH_WITHOUT_TERMINAL = 140
_STYLES = {Level.ERROR: "bold red", Level.WARNING: "yellow", Level.NOTE: "dim"}
# How many findings a summary shows; all are in the JSON.
_SHOWN = 12


def stdout() -> Console:
    """Standard output. No markup and no emoji codes are read: a customer called [red] is called [red]."""
    return _console(stderr=False)


def stderr() -> Console:
    """Standard error, in the same manner."""
    return _console(stderr=True)


class _Screen(Console):
    def on_broken_pipe(self) -> None:
        # Rich would leave with the code of a bug; a reader that has seen enough is none.
        raise BrokenPipeError


def _console(*, stderr: bool) -> Console:
    console = _Screen(stderr=stderr, markup=False, emoji=False, highlight=False)
    if not console.is_terminal:
        # Rich assumes 80 columns where it cannot know, and would break the lines of a file in the middle.
        console.width = max(console.width, _WIDTH_WITHOUT_TERMINAL)
    return console


def glyph(console: Console, character: str, plain: str) -> str:
    """``character`` where the output's encoding has it, else ``plain``."""
    try:
        character.encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return plain
    return character


def columns(*headers: str, numbers: Iterable[str] = ()) -> Table:
    """An empty table without lines, whose columns in ``numbers`` are aligned to the right."""
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    right = frozenset(numbers)
    for header in headers:
        table.add_column(header, justify="right" if header in right else "left", overflow="fold")
    return table


def print_findings(console: Console, findings: Sequence[Finding], *, limit: int | None = _SHOWN) -> None:
    """One finding a row: how much it matters, where, what, examples; below it what to try."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings[:limit]:
        told = Text(_told(finding))
        if finding.hint is not None:
            told.append(f"\ntry: {printable(finding.hint)}", style="dim")
        table.add_row(Text(finding.level.value, style=_STYLES[finding.level]), told)
    show(console, table)
    if limit is not None and len(findings) > limit:
        console.print(Text(f"and {len(findings) - limit:,} more: add --json to see all", style="dim"))


def _told(finding: Finding) -> str:
    """Place, message and examples; what the message says itself is not said again."""
    place = "" if finding.message.startswith(finding.where) else f"{finding.where}: "
    unsaid = [shortened(example, 60) for example in finding.examples if example not in finding.message]
    return printable(place + finding.message) + (f" ({', '.join(unsaid)})" if unsaid else "")


def show(console: Console, renderable: RenderableType) -> None:
    """Print a table or text; the spaces that fill its last column are of no use in a file."""
    with console.capture() as capture:
        console.print(renderable)
    console.file.write("".join(f"{line.rstrip()}\n" for line in capture.get().splitlines()))


def print_what_was_found(console: Console, findings: Sequence[Finding]) -> None:
    """The findings below a line that counts them; nothing where there are none."""
    if findings:
        console.print()
        console.print(Text(f"Findings: {count_findings(findings)}", style="bold"))
        print_findings(console, findings)


def count_findings(findings: Sequence[Finding]) -> str:
    """``1 error, 2 warnings``; ``no findings``."""
    counts = {level: sum(finding.level is level for finding in findings) for level in Level}
    said = [plural(counts[level], level.value) for level in (Level.ERROR, Level.WARNING, Level.NOTE) if counts[level]]
    return ", ".join(said) or "no findings"


def print_json(document: Mapping[str, object]) -> None:
    """The document on standard output, in ASCII: it is valid JSON in whatever encoding it is read."""
    sys.stdout.write(json.dumps(document, indent=2, allow_nan=False) + "\n")
