"""What is directly inside a value of a project: its settings, entries and items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

__all__ = ["inside"]


def inside(value: object) -> Iterator[object]:
    """The fields of an object, a component's settings too, the values of a mapping, the items of a tuple or list; of
    anything else nothing."""
    kind: Any = type(value)
    if attrs.has(kind):
        for field in attrs.fields(kind):
            yield getattr(value, field.name)
    elif isinstance(value, Mapping):
        yield from value.values()
    elif isinstance(value, (tuple, list)):
        yield from value
