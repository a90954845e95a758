"""Words of the language that a later version brings: each is told so, instead of as unknown."""

from __future__ import annotations

from typing import Any

from scorewell.api.v1 import Component, Source, Table
from scorewell.configuration.model import Project

__all__ = ["later"]

LATER: dict[type[Any], frozenset[str]] = {
    Project: frozenset(("time_limit",)),
    Table: frozenset(("time_limit",)),
    Source: frozenset(("time_limit",)),
}


def later(kind: type[Any], key: str) -> str | None:
    """What to say of a key that a later version brings to ``kind``; None for others."""
    kinds = [one for one in LATER if issubclass(kind, one)] if issubclass(kind, Component) else [kind]
    if any(key in LATER.get(one, ()) for one in kinds):
        return f"`{key}` is not in this version"
    return None
