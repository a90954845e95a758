"""Registration: how a plugin makes its components known. The entry-point group is ``scorewell.plugins``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pluggy

from scorewell.api.v1.components import Component

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from scorewell.api.v1.sinks import Receipt, Run

__all__ = ["Hooks", "Registry", "hookimpl", "hookspec"]

hookspec = pluggy.HookspecMarker("scorewell")
hookimpl = pluggy.HookimplMarker("scorewell")


class Registry(Protocol):
    """Where a plugin registers its classes. It knows which distribution is speaking."""

    def component(self, component: type[Component]) -> None:
        """Register a source, measure, normalizer, aggregator or sink under ``component.name``."""

    def theme(self, name: str, folder: Traversable) -> None:
        """Register a folder of Jinja templates that extend the default theme."""


class Hooks:
    """The hooks. Implement the ones you need as module-level functions marked ``@hookimpl``."""

    @hookspec
    def scorewell_register(self, registry: Registry) -> None:
        """Register this plugin's components."""

    @hookspec
    def run_started(self, run: str, customers: int | None) -> None:
        """A run begins; ``run`` is its id."""

    @hookspec
    def step_started(self, kind: str, name: str) -> None:
        """A step begins: ``kind`` is ``source``, ``table``, ``fit``, ``score`` or ``sink``."""

    @hookspec
    def step_finished(self, kind: str, name: str, error: BaseException | None) -> None:
        """A step ended; ``error`` is what stopped it, None for success."""

    @hookspec
    def run_finished(self, run: Run, receipts: tuple[Receipt, ...]) -> None:
        """The run is over, all sinks were asked."""
