"""What the dialect says about a mistake: the expression, the place in it, what was expected."""

from __future__ import annotations

from scorewell.api.v1 import ScorewellError

__all__ = ["DialectError", "marked"]


class DialectError(ScorewellError):
    """An expression that cannot be read, or that does not fit the columns it is about."""


def marked(sql: str, start: int | None) -> str:
    """The expression on one line, with ``▸`` before the place that is meant."""
    text = sql if start is None or start <= 0 else f"{sql[:start]}▸{sql[start:]}"
    return " ".join(text.split())
