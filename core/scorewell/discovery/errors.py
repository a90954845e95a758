"""What can go wrong between a name in the configuration and a plugin's class."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from scorewell.api.v1 import ScorewellError

__all__ = ["BrokenPlugin", "UnknownComponent", "listed", "near_miss"]


class BrokenPlugin(ScorewellError):  # noqa: N818 - it names what is found, and reads so where it is caught
    """A plugin that is named but cannot be used: told with its distribution, its version and the real cause."""


class UnknownComponent(ScorewellError):  # noqa: N818 - as above
    """A name that no installed plugin gives to a component of that kind."""


def near_miss(name: str, known: Collection[str]) -> str | None:
    """The known name that ``name`` was probably meant to be, None where nothing is near."""
    matches = get_close_matches(name, sorted(known), n=1)
    return matches[0] if matches else None


def listed(names: Collection[str], most: int = 12) -> str:
    """Names for a message: in their order, the first ``most`` and how many more; ``nothing`` for none."""
    shown = ", ".join(list(names)[:most])
    more = len(names) - most
    return f"{shown} ({more} more)" if more > 0 else shown or "nothing"
