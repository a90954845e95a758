"""Whose mistake it is: what a component raises while a plan is made is told with its place, name and package."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from scorewell.api.v1 import Aggregator, Normalizer, ScorewellError

__all__ = ["attributed"]


@contextmanager
def attributed(component: Normalizer | Aggregator, path: str) -> Iterator[None]:
    """Raise ScorewellError for what ``component`` raises at ``path``; a ScorewellError speaks for itself."""
    try:
        yield
    except ScorewellError:
        raise
    except Exception as error:
        kind: Literal["normalizer", "aggregator"] = "normalizer" if isinstance(component, Normalizer) else "aggregator"
        package = type(component).__module__.partition(".")[0]
        raise ScorewellError(
            f"{path or 'the score'}: {kind} {component.name!r} ({package}) failed: {type(error).__name__}: {error}",
            hint=f"this is a mistake in {package}: tell its authors, or configure another {kind}",
        ) from error
