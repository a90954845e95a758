"""What goes wrong with a history, told in one line and never with the password."""

from __future__ import annotations

from scorewell.api.v1 import ScorewellError

__all__ = ["HistoryError", "NotKept"]


class HistoryError(ScorewellError):
    """The history cannot be opened, read or written. Where it could not be written, nothing of it was changed."""


class NotKept(HistoryError):  # noqa: N818 - says what happened, and reads so where it is caught
    """Metric values are asked for that a run has lost, or never had. ``reason`` says so to whom knows of which run."""

    def __init__(self, run: str, reason: str) -> None:
        super().__init__(f"{run}: {reason}")
        self.reason = reason
