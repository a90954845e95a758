"""Registration: how a plugin makes its components known. The entry-point group is ``scorewell.plugins``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pluggy

from scorewell.api.v1.components import Component

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from scorewell.api.v1.sinks import Receipt, Run

__all__ = ["Hooks", "Registry", "hookimpl"]

hookimpl = pluggy.HookimplMarker("scorewell")
"""Marks a function as the plugin's answer to the hook of that name."""

_hookspec = pluggy.HookspecMarker("scorewell")


class Registry(Protocol):
    """Where a plugin registers its classes. It knows which distribution is speaking."""

    def component(self, component: type[Component]) -> None:
        """Register a source, measure, normalizer, aggregator or sink under ``component.name``."""

    def theme(self, name: str, folder: Traversable) -> None:
        """Register a folder of Jinja templates that extend the default theme."""


class Hooks:
    """The hooks. Implement the ones you need as module-level functions marked ``@hookimpl``.

    A function takes those of the arguments that it needs, by their names. What an observer (all but
    ``scorewell_register``) raises is logged, and the run goes on. Observers are called one at a time; a
    backfill's ``history`` steps are in a thread of their own, and others begin and end meanwhile.
    """

    @_hookspec
    def scorewell_register(self, registry: Registry) -> None:
        """Register this plugin's components."""

    @_hookspec
    def run_started(self, run: str) -> None:
        """A run begins; ``run`` is its id."""

    @_hookspec
    def step_started(self, kind: str, name: str) -> None:
        """A step begins: ``kind`` is ``source``, ``table``, ``fit``, ``score``, ``history`` or ``sink``."""

    @_hookspec
    def step_finished(self, kind: str, name: str, error: BaseException | None) -> None:
        """A step ended; ``error`` is what stopped it, None for success."""

    @_hookspec
    def run_finished(self, run: Run, receipts: tuple[Receipt, ...]) -> None:
        """The run is over, all sinks were asked."""
