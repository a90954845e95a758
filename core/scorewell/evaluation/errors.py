"""What a comparison says about a name that there is not."""

from __future__ import annotations

from scorewell.api.v1 import ScorewellError

__all__ = ["UnknownName"]


class UnknownName(ScorewellError):  # noqa: N818 - says what happened, and reads so where it is caught
    """A score, a value or a figure was named that does not exist, or that is no number."""
