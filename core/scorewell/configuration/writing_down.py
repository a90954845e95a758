"""Why something in the configuration is as it is: settings that enter no score."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs

from scorewell.api.v1 import frozen

__all__ = ["BECAUSE", "OWNER", "REVIEW_BY", "Review", "written_down"]

BECAUSE = "the reason, for anyone who wants to change it"
OWNER = "who decides about it"
REVIEW_BY = "the day of its next review, such as 2027-01-15"


def written_down(help_: str) -> Any:
    """An optional setting that enters no score: not in the representation that a run's id is made of, either."""
    return attrs.field(default=None, repr=False, metadata={"help": help_, "enters_no_score": True})


@frozen
class Review:
    """Why a weight or a threshold is what it is, who decides about it, and when to look at it again."""

    because: str | None = written_down(BECAUSE)
    owner: str | None = written_down(OWNER)
    review_by: date | None = written_down(REVIEW_BY)
