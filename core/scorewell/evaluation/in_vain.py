"""What a proposal brings that changes nobody's score: a scorecard under a misspelt name, or a draft."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from scorewell.api.v1 import Finding, Level
from scorewell.configuration import Project, shadow_projects
from scorewell.lint.scorecards import unused_scorecards
from scorewell.messages import near_miss

__all__ = ["in_vain"]


def in_vain(current: Project, proposed: Project, as_of: datetime) -> Iterator[Finding]:
    """A remark for each scorecard that only ``proposed`` has and that scores nobody in it as of a moment (aware)."""
    new = proposed.scorecards.keys() - current.scorecards.keys()
    for found in unused_scorecards(proposed):
        name = found.where.rpartition(".")[2]
        if name in new:
            near = near_miss(name, current.scorecards)
            yield _remark(
                Level.WARNING, name, "no segment leads to it", "name it in a segment" if near is None else f"{near}?"
            )
    for name in shadow_projects(proposed, as_of):
        if name in new:
            day = "write effective_from with a day that has come, instead of status: draft"
            yield _remark(Level.NOTE, name, "it is not in force", day)


def _remark(level: Level, scorecard: str, why: str, hint: str) -> Finding:
    where = f"scorecards.{scorecard}"
    return Finding(
        id="in-vain", level=level, where=where, message=f"{where} of the proposal scores nobody: {why}", hint=hint
    )
