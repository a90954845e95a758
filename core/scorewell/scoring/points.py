"""Which components are written in points: on another scale the same settings say something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_type_hints

import attrs

from scorewell.api.v1 import Bound, Expression, Points

__all__ = ["holds_points"]


def holds_points(component: object) -> bool:
    """Whether settings of it, or of what is inside it, are points of the scorecard's scale, as SQL may be too."""
    kind: type[Any] = type(component)
    try:
        hints = get_type_hints(kind, include_extras=True)
    except Exception:  # noqa: BLE001 - annotations of a plugin that only its type checker can resolve
        return True
    given = {field.name: getattr(component, field.name) for field in attrs.fields(kind)}
    return any(
        _in_points(hints.get(name)) or any(holds_points(each) for each in _inside(value))
        for name, value in given.items()
        if value is not None
    )


def _in_points(hint: object) -> bool:
    if hint == Bound:  # of a value, in the metric's unit
        return False
    return hint in (Points, Expression) or any(_in_points(inside) for inside in get_args(hint))


def _inside(value: object) -> Iterator[object]:
    """The components and their parts within a setting."""
    if attrs.has(type(value)):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _inside(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _inside(each)
