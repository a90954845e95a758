"""Scorecards that score nobody."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from operator import itemgetter

from scorewell.api.v1 import Finding
from scorewell.configuration.model import Project
from scorewell.configuration.scores import scorecards_of, scores_of
from scorewell.lint.kinds import found

__all__ = ["unused_scorecards"]


def unused_scorecards(project: Project) -> Iterator[Finding]:
    """Those that no segment or score names, that replace no other, are no drafts, and that no other extends."""
    used = set[str]().union(*(scorecards_of(score) for score in scores_of(project).values()), _extended(project))
    for name, card in project.scorecards.items():
        if name not in used and card.replaces is None and card.status != "draft":
            yield found("unused-scorecard", f"scorecards.{name}", f"no segment leads to {name}: it scores nobody")


def _extended(project: Project) -> Iterator[str]:
    """The scorecards of which another has a line: what it extends is told by nothing else."""
    begins = sorted(
        (_place(at), name) for name in project.scorecards if (at := project.origin.get(f"scorecards.{name}"))
    )
    for path, at in project.origin.items():
        section, _, rest = path.partition(".")
        before = bisect_right(begins, _place(at), key=itemgetter(0)) if section == "scorecards" and rest else 0
        if before and begins[before - 1][1] != rest.partition(".")[0]:
            yield begins[before - 1][1]


def _place(at: str) -> tuple[str, int, int]:
    file, line, column = at.rsplit(":", 2)
    return file, int(line), int(column)
