"""Telling observers what a run is doing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from scorewell.discovery import Observers

__all__ = ["step"]


@contextmanager
def step(hooks: Observers, kind: str, name: str) -> Iterator[None]:
    """Announce a step, and its end with what stopped it; the error goes on its way."""
    hooks.step_started(kind=kind, name=name)
    try:
        yield
    except BaseException as error:
        hooks.step_finished(kind=kind, name=name, error=error)
        raise
    hooks.step_finished(kind=kind, name=name, error=None)
