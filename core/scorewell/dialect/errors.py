"""What the dialect says about a mistake: the expression, the place in it, what was expected."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from scorewell.api.v1 import ScorewellError

__all__ = ["DialectError", "did_you_mean", "listed", "marked"]


class DialectError(ScorewellError):
    """An expression that cannot be read, or that does not fit the columns it is about."""


def marked(sql: str, start: int | None) -> str:
    """The expression on one line, with ``▸`` before the place that is meant."""
    text = sql if start is None or start <= 0 else f"{sql[:start]}▸{sql[start:]}"
    return " ".join(text.split())


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``, did you mean 'minutes'?``, or nothing where no known name is near."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    near = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return f", did you mean '{by_folded[near[0]]}'?" if near else ""


def listed(names: Sequence[str], most: int = 8) -> str:
    """The first few names, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" ({more} more)" if more > 0 else "")
