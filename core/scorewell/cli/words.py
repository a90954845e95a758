"""Data on its way to a terminal: what must not reach it, and how numbers and statuses are written there."""

from __future__ import annotations

import unicodedata
from datetime import datetime, time

__all__ = ["counted", "dated", "number", "plural", "points", "printable", "share", "shortened"]

# Cf marks that only join letters or emoji, harmless in a terminal and needed to spell names.
_JOINERS = frozenset("\u200c\u200d")


def printable(text: str) -> str:
    """``text`` without what steers a terminal: control characters and direction overrides become visible escapes."""
    return "".join(
        character
        if unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} or character in _JOINERS
        else character.encode("unicode_escape", "surrogatepass").decode("ascii")
        for character in text
    )


def shortened(text: str, length: int = 48) -> str:
    """``text`` printable and at most ``length`` characters: a name of 10,000 must not fill the screen."""
    start = printable(text[: length + 1])
    return start if len(start) <= length else f"{start[: length - 3]}..."


def dated(moment: datetime) -> str:
    """``2026-03-31``, and ``2026-03-31 14:05`` where the moment is not the beginning of a day."""
    return f"{moment:%Y-%m-%d}" if moment.time() == time() else f"{moment:%Y-%m-%d %H:%M}"


def number(value: float, decimals: int = 2) -> str:
    """``value`` with thousands separated and no idle zeros: 1,234.5."""
    text = f"{value:,.{decimals}f}"
    trimmed = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if trimmed == "-0" else trimmed


def points(value: float) -> str:
    """Points with their sign: +3.5, -12, 0."""
    text = number(value, 1)
    return text if text == "0" or value < 0 else f"+{text}"


def share(value: float) -> str:
    """A share as a percentage without decimals: 0.754 is 75%."""
    return f"{value * 100:.0f}%"


def counted(count: int, what: str) -> str:
    """``1 row``, ``2,000 rows``: receipts say what they count as of many."""
    return plural(count, what.removesuffix("s"), what)


def plural(count: int, one: str, many: str | None = None) -> str:
    """``1 customer``, ``2,000 customers``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
