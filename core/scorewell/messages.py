"""How messages are worded, whoever writes them: what there is, what was probably meant, an error in one line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches

from scorewell.api.v1 import ScorewellError, remote_cause, without_passwords

__all__ = ["did_you_mean", "listed", "near_miss", "nearest", "suggested", "why", "with_article"]

_COMPARED = 200
"""So many characters of a name are compared: that is quadratic in their length, and nobody types 10,000 of them."""
# Which cells, and how many, depends on the parts in which polars reads a file.
_CONVERSION = re.compile(r"conversion from `str` to `(?P<kind>\w+)[^`]*` failed in column '(?P<column>[^']*)'")
_READ_AS = {
    "date": "a date as 2026-03-01",
    "datetime": "a moment as 2026-03-01 09:30:00",
    "f64": "a number",
    "i64": "a whole number",
}


def listed(names: Collection[str], most: int = 12) -> str:
    """Names in their order, the first ``most`` and how many more; ``nothing`` for none."""
    shown = ", ".join(list(names)[:most])
    more = len(names) - most
    return f"{shown} ({more} more)" if more > 0 else shown or "nothing"


def nearest(name: str, known: Iterable[str], most: int) -> list[str]:
    """The known names that are most like ``name``, in whatever case: so many at most, the nearest first."""
    by_folded = {each[:_COMPARED].casefold(): each[:_COMPARED] for each in known}
    return [by_folded[near] for near in get_close_matches(name[:_COMPARED].casefold(), by_folded, n=most)]


def suggested(name: str, known: Iterable[str]) -> str | None:
    """What to try in place of a name that there is not: the three nearest, None where nothing is near."""
    return " or ".join(nearest(name, known, 3)) or None


def near_miss(name: str, known: Collection[str]) -> str | None:
    """The known name that ``name`` was probably meant to be, None where nothing is near."""
    return next(iter(nearest(name, sorted(known), 1)), None)


def did_you_mean(name: str, known: Collection[str], otherwise: str = "") -> str:
    """``, did you mean 'minutes'?``, or what is to be said where no known name is near."""
    near = near_miss(name, known)
    return f", did you mean {near!r}?" if near else otherwise


def why(error: BaseException) -> str:
    """An error in one line: a ScorewellError says it itself, another's type says what it is.

    It is kept with a run, so the passwords of addresses are left out: an HTTP client's error names the whole URL.
    """
    if isinstance(error, ScorewellError):
        return without_passwords(error.message)
    remote = remote_cause(error)
    if remote is not None:
        return without_passwords(remote)
    if (unread := _CONVERSION.search(str(error))) is not None:
        return (
            f"a cell of {unread['column'].removeprefix('@c:')!r} is not {_READ_AS.get(unread['kind'], unread['kind'])}"
        )
    lines = without_passwords(str(error)).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def with_article(word: str) -> str:
    """``an aggregator``, ``a measure``."""
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"
