"""What a command tells while it works: one moving line on a terminal, a line a step elsewhere, or log records."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from scorewell.api.v1 import Receipt, Run, hookimpl
from scorewell.cli.logs import event, logged
from scorewell.cli.preferences import Preferences
from scorewell.cli.screen import glyph, stderr
from scorewell.cli.words import printable, shortened
from scorewell.discovery import Plugins

__all__ = ["observed"]

_DOING = {
    "source": "reading",
    "table": "measuring",
    "fit": "fitting",
    "score": "scoring",
    "history": "keeping in",
    "sink": "delivering to",
}
_DONE = {
    "source": "read",
    "table": "measured",
    "fit": "fitted",
    "score": "scored",
    "history": "stored in",
    "sink": "delivered to",
}


@contextmanager
def observed(plugins: Plugins, preferences: Preferences, *, lines: bool = True) -> Iterator[None]:
    """While inside, the runs that ``plugins`` observe are told to the user in the way that ``preferences`` ask for.

    Without ``lines``, where each step would be a line nothing is told: the command tells something itself.
    """
    with logged(preferences):
        if preferences.log_format == "json" or preferences.verbose:
            plugins.observe(_Events())
            yield
        elif preferences.quiet:
            yield
        elif sys.stderr.isatty():
            with _moving(plugins):
                yield
        else:
            if lines:
                plugins.observe(_Lines())
            yield


class _Events:
    """Every step as a log record with its duration. Durations live in logs only: outputs must be reproducible."""

    def __init__(self) -> None:
        self._begun: dict[tuple[str, str], float] = {}

    @hookimpl
    def run_started(self, run: str) -> None:
        self._begun["run", run] = time.perf_counter()
        event("run_started", {"run": run})

    @hookimpl
    def step_started(self, kind: str, name: str) -> None:
        self._begun[kind, name] = time.perf_counter()

    @hookimpl
    def step_finished(self, kind: str, name: str, error: BaseException | None) -> None:
        facts = {"kind": kind, "name": name, "seconds": self._seconds(kind, name)}
        if error is None:
            event("step_finished", facts)
        elif not isinstance(error, Exception):
            event("step_stopped", facts)
        else:
            event("step_failed", {**facts, "error": f"{type(error).__name__}: {error}"}, level=logging.ERROR)

    @hookimpl
    def run_finished(self, run: Run, receipts: tuple[Receipt, ...]) -> None:
        delivered = [receipt.location for receipt in receipts]
        seconds = self._seconds("run", run.id)
        event("run_finished", {"run": run.id, "customers": len(run.scores), "delivered": delivered, "seconds": seconds})

    def _seconds(self, kind: str, name: str) -> float | None:
        begun = self._begun.pop((kind, name), None)
        return None if begun is None else round(time.perf_counter() - begun, 4)


class _Lines:
    """A plain line for each step that ended."""

    @hookimpl
    def step_finished(self, kind: str, name: str, error: BaseException | None) -> None:
        if error is not None and not isinstance(error, Exception):
            return  # stopped from the keyboard: nothing of it failed
        told = f"{_DONE.get(kind, kind)} {name}" if error is None else f"{_DOING.get(kind, kind)} {name} failed"
        click.echo(printable(told), err=True)


class _Moving:
    """The step that is under way, in one line that is gone when all is over."""

    def __init__(self, spinner: Spinner) -> None:
        self._spinner = spinner

    @hookimpl
    def step_started(self, kind: str, name: str) -> None:
        self._spinner.update(text=Text(f"{_DOING.get(kind, kind)} {shortened(name)}"))


@contextmanager
def _moving(plugins: Plugins) -> Iterator[None]:
    console = stderr()
    spinner = Spinner("dots" if glyph(console, "⠋", "") else "line", text=Text("starting"))
    plugins.observe(_Moving(spinner))
    # A sink that prints is shown above the moving line where both are one screen, and left alone where they are not.
    with Live(spinner, console=console, transient=True, redirect_stdout=sys.stdout.isatty(), redirect_stderr=False):
        yield
