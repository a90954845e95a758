"""What a comparison says about a name that there is not."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from scorewell.api.v1 import ScorewellError

__all__ = ["UnknownName", "near"]


class UnknownName(ScorewellError):  # noqa: N818 - says what happened, and reads so where it is caught
    """A score, a value or a figure was named that does not exist, or that is no number."""


def near(wanted: str, names: Iterable[str]) -> str | None:
    """The names most like the wanted one, as a hint."""
    return ", ".join(get_close_matches(wanted, list(names), n=3)) or None
