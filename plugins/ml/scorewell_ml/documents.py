"""Stored models, read strictly: what is not exactly what ``learn`` writes is refused, with its place."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from scorewell.api.v1 import ScorewellError

__all__ = ["FORMAT", "Document", "rounded"]

FORMAT = "scorewell-ml 1"
MOST_ITEMS = 100_000
SIGNIFICANT_DIGITS = 12


def rounded(number: float) -> float:
    """The number as it is stored: the last digits of a sum may differ between machines, what is used does not."""
    return float(f"{number:.{SIGNIFICANT_DIGITS}g}")


@attrs.frozen
class Document:
    """A value of a stored model and where in it the value stands; ``model`` is what the whole is called.

    Whatever is asked for and is not there, or is something else, raises ScorewellError with its place.
    """

    value: Any
    model: str
    place: str = ""

    def refused(self, why: str) -> ScorewellError:
        """The error that says what is wrong here."""
        at = f"{self.place}: " if self.place else ""
        told = f"what {self.model} learned cannot be used: {at}{why}"
        return ScorewellError(told, hint="train it again: scorewell fit")

    def fields(self, *names: str) -> tuple[Document, ...]:
        """The values of a mapping that has exactly these keys."""
        if not isinstance(self.value, Mapping):
            raise self._expected("a mapping")
        if set(self.value) != set(names):
            raise self.refused(f"it has {_listed(self.value)}: expected {_listed(names)}")
        return tuple(self.field(name) for name in names)

    def field(self, name: str) -> Document:
        """The value of one key of a mapping."""
        if not isinstance(self.value, Mapping):
            raise self._expected("a mapping")
        if name not in self.value:
            raise self.refused(f"{name!r} is missing")
        return Document(self.value[name], self.model, f"{self.place}.{name}" if self.place else name)

    def items(self) -> Iterator[Document]:
        """The values of a list."""
        if not isinstance(self.value, list):
            raise self._expected("a list")
        if len(self.value) > MOST_ITEMS:
            raise self.refused(f"a list of {len(self.value)}: expected at most {MOST_ITEMS}")
        for position, value in enumerate(self.value, 1):
            yield Document(value, self.model, f"{self.place}.{position}")

    def number(self) -> float:
        """A finite number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float) or not math.isfinite(self.value):
            raise self._expected("a finite number")
        return float(self.value)

    def optional_number(self) -> float | None:
        """A finite number or nothing."""
        return None if self.value is None else self.number()

    def text(self) -> str:
        """A text."""
        if not isinstance(self.value, str):
            raise self._expected("a text")
        return self.value

    def word(self, *known: str) -> str:
        """One of a few texts."""
        if self.value not in known:
            raise self._expected(" or ".join(known))
        return self.text()

    def _expected(self, what: str) -> ScorewellError:
        return self.refused(f"expected {what}, got {self.value!r:.40}")


def _listed(names: Any) -> str:
    return ", ".join(sorted(map(str, names))[:8]) or "nothing"
