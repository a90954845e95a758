"""What goes wrong with a history, told in one line and never with the password."""

from __future__ import annotations

from scorewell.api.v1 import ScorewellError

__all__ = ["HistoryError"]


class HistoryError(ScorewellError):
    """The history cannot be opened, read or written. Where it could not be written, nothing of it was changed."""
