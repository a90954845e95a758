"""Errors and findings: everything Scorewell has to say that is not a result."""

from __future__ import annotations

import enum

import attrs

__all__ = ["Finding", "Level", "ReadError", "ScorewellError"]


class ScorewellError(Exception):
    """A mistake or failure that is told in one line: where, what, what was expected; ``hint`` is what to try.

    The cause is kept by ``raise … from error`` and shown with ``--verbose``.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message}\n    try: {self.hint}"


class ReadError(ScorewellError):
    """A source could not be read: missing, refused, broken half way, or not of the declared shape."""


class Level(enum.StrEnum):
    """How much a finding matters."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@attrs.frozen(kw_only=True)
class Finding:
    """Something a run or a check noticed and did not hide.

    ``id`` is stable and kebab-case (``unknown-customers``); ``where`` is a path in the configuration, a table or a
    plugin; ``count`` says how many rows or customers are concerned, ``examples`` shows at most three of them.
    """

    id: str
    level: Level
    where: str
    message: str
    count: int | None = None
    examples: tuple[str, ...] = ()
    hint: str | None = None
