"""Observers: plugins that watch a run. One that raises is logged; the run goes on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import attrs

from scorewell.api.v1 import Receipt, Run
from scorewell.discovery.loading import Loaded

__all__ = ["Observers", "Step"]

_log = logging.getLogger("scorewell")


@attrs.define
class Step:
    """A step under way; ``error`` is why it failed where nothing was raised: the rest goes on without it."""

    error: BaseException | None = None


class Observers:
    """Calls the observer hooks of plugins, one at a time, whatever thread something happens in."""

    def __init__(self, plugins: Iterable[Loaded]) -> None:
        self._plugins = tuple(plugins)
        self._turn = threading.RLock()

    def run_started(self, run: str) -> None:
        """A run begins; ``run`` is its id."""
        self._call("run_started", run=run)

    @contextmanager
    def step(self, kind: str, name: str) -> Iterator[Step]:
        """Announce a step, and its end with what stopped it; what was raised goes on its way."""
        step = Step()
        self.step_started(kind=kind, name=name)
        try:
            yield step
        except BaseException as error:
            self.step_finished(kind=kind, name=name, error=error)
            raise
        self.step_finished(kind=kind, name=name, error=step.error)

    def step_started(self, kind: str, name: str) -> None:
        """A step begins: ``kind`` is ``source``, ``table``, ``fit``, ``score``, ``history`` or ``sink``."""
        self._call("step_started", kind=kind, name=name)

    def step_finished(self, kind: str, name: str, error: BaseException | None = None) -> None:
        """A step ended; ``error`` is what stopped it, None for success."""
        self._call("step_finished", kind=kind, name=name, error=error)

    def run_finished(self, run: Run, receipts: tuple[Receipt, ...]) -> None:
        """The run is over, all sinks were asked."""
        self._call("run_finished", run=run, receipts=receipts)

    def _call(self, hook: str, **arguments: object) -> None:
        for plugin in self._plugins:
            try:
                with self._turn:
                    getattr(plugin.manager.hook, hook)(**arguments)
            except Exception:  # noqa: BLE001 - logged with its traceback; an observer is never fatal
                told = plugin.registered
                _log.exception("plugin %r (%s %s) failed in %s", told.plugin, told.distribution, told.version, hook)
