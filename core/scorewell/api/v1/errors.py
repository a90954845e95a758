"""Errors and findings: everything Scorewell has to say that is not a result."""

from __future__ import annotations

import enum
from collections.abc import Iterable

import attrs

from scorewell.api.v1.passwords import without_passwords

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
    """A source could not be read: missing, refused, broken half way, or not of the declared shape.

    The passwords of addresses in the message are left out.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(without_passwords(message), hint=hint)


class Level(enum.StrEnum):
    """How much a finding matters."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


def _each_without_passwords(examples: Iterable[str]) -> tuple[str, ...]:
    return tuple(without_passwords(example) for example in examples)


@attrs.frozen(kw_only=True)
class Finding:
    """Something a run or a check noticed and did not hide.

    ``id`` is stable and kebab-case (``unknown-customers``); ``where`` is a path in the configuration, a table or a
    plugin; ``count`` says how many rows or customers are concerned, ``examples`` shows at most three of them. Findings
    are kept and delivered, so the passwords of addresses in them are left out.
    """

    id: str
    level: Level
    where: str = attrs.field(converter=without_passwords)
    message: str = attrs.field(converter=without_passwords)
    count: int | None = None
    examples: tuple[str, ...] = attrs.field(default=(), converter=_each_without_passwords)
    hint: str | None = None
