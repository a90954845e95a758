"""One like it, with other settings: what the configuration is made of never changes in place."""

from __future__ import annotations

from typing import Any, TypeVar

import attrs

__all__ = ["evolved"]

T = TypeVar("T")


def evolved(settings: T, **changes: object) -> T:
    """``attrs.evolve`` for classes made by the edition's ``@frozen``, which the type checker takes for dataclasses."""
    instance: Any = settings
    changed: T = attrs.evolve(instance, **changes)
    return changed
