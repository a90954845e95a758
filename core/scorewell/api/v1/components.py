"""What every component has: a name, settings, and a way to say that its settings do not fit together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

import attrs

__all__ = ["Component", "Doubt"]


@attrs.frozen
class Doubt:
    """Something in a component's settings that is allowed and most likely not meant.

    ``id`` is that of the finding: ``gap`` for values that have no answer, ``never-reached`` for a setting that never
    applies. ``message`` says which, without a full stop.
    """

    id: Literal["gap", "never-reached"]
    message: str

    def __attrs_post_init__(self) -> None:
        if self.id not in ("gap", "never-reached"):
            raise ValueError(f"a doubt of the id {self.id!r}: expected gap or never-reached")


class Component:
    """The base of sources, measures, normalizers, aggregators and sinks. Subclasses are made with ``@frozen``."""

    __slots__ = ()

    name: ClassVar[str]
    """The name inside the plugin: ``tickets`` in ``zendesk.tickets``. Lower case, digits and underscores."""

    def problems(self) -> Iterator[str]:
        """What is wrong with settings that are each valid but do not fit together, one sentence each.

        Called once, when the configuration is read; the core adds the file and line.
        """
        return iter(())

    def doubts(self) -> Iterator[Doubt]:
        """What is allowed and most likely not meant: ``scorewell check`` tells it with its file and line."""
        return iter(())
