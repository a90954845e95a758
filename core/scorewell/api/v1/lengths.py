"""Lengths of time as people write them: ``30d``, ``12 weeks``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

__all__ = ["UNITS", "Unit", "length", "length_pattern"]

Unit = Literal["hour", "day", "week", "month"]

_SPELLED: dict[str, tuple[Unit, int]] = {
    "h": ("hour", 1),
    "hour": ("hour", 1),
    "hours": ("hour", 1),
    "d": ("day", 1),
    "day": ("day", 1),
    "days": ("day", 1),
    "w": ("week", 1),
    "week": ("week", 1),
    "weeks": ("week", 1),
    "month": ("month", 1),
    "months": ("month", 1),
    "year": ("month", 12),
    "years": ("month", 12),
}
UNITS = frozenset(_SPELLED)
"""Every way to write a unit."""
_HOURS: dict[Unit, int] = {"hour": 1, "day": 24, "week": 168, "month": 730}
_HUNDRED_YEARS = 36_525 * 24
"""In hours. From any moment that is scored, so far back there are dates."""
_LENGTH = re.compile(r"(?P<sign>-?)0*(?P<count>[0-9]+) *(?P<unit>[a-z]+)")


def length(text: str) -> tuple[int, Unit]:
    """A count and its unit: a year is twelve months. Raises ValueError with what was expected."""
    match = _LENGTH.fullmatch(text)
    if match is not None and match["unit"] == "m":
        raise ValueError(f"{text!r} could be minutes or months: write a duration as in 30d")
    if match is None or match["unit"] not in _SPELLED:
        raise ValueError(f"{text!r} is not a duration: write a whole number and h, d or w, as in 30d")
    # So many digits are beyond any limit, and Python reads no number of thousands of them.
    count = int(match["count"][:9])
    if match["sign"] or not count:
        raise ValueError(f"{text!r} is not more than nothing: write a duration as in 30d")
    unit, times = _SPELLED[match["unit"]]
    if count * times * _HOURS[unit] > _HUNDRED_YEARS:
        raise ValueError(f"{text!r} is too long a duration: expected a hundred years at most")
    return count * times, unit


def length_pattern(units: Iterable[Unit]) -> str:
    """A regular expression for a length of one of these units, as JSON Schema takes it."""
    wanted = set(units)
    words = "|".join(word for word, (unit, _) in _SPELLED.items() if unit in wanted)
    return f"^0*[1-9][0-9]* *({words})$"
