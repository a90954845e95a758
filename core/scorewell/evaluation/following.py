"""One configuration through the moments of a look back: lines, and bands that hold as it says."""

from __future__ import annotations

from datetime import datetime

import attrs
import polars as pl

from scorewell.configuration import Project
from scorewell.replay import Scored
from scorewell.scoring import PAST_SCORES, REACH, Past, fewest_runs, with_hysteresis, with_lines
from scorewell.scoring.past import in_utc

__all__ = ["Follower"]


@attrs.define
class Follower:
    """Takes one moment after the other, the earliest first, and remembers of them what bands that hold rest on: of each
    customer the last scores, as runs at these moments would have found them in a history."""

    _moments: list[datetime] = attrs.field(factory=list)
    _scores: pl.DataFrame = attrs.field(factory=lambda: Past.none().scores)

    def follow(self, scored: Scored) -> pl.DataFrame:
        """The scores with their ``line``, and with the bands that the moments before leave them; at the first moment
        each has the band of its number."""
        project = scored.project
        lined = with_lines(scored.scores, project)
        most = _most_scores(project)
        if not most:
            return lined
        earliest = min([scored.as_of - REACH, *self._moments[-fewest_runs(project) :]])
        past = Past(scores=self._scores.filter(pl.col("as_of") >= in_utc(earliest)))
        held = with_hysteresis(lined, past, project)
        known = held.select(pl.col(name).cast(dtype) for name, dtype in PAST_SCORES.items())
        last = pl.concat([past.scores, known.filter(pl.col("score").is_not_null())])
        self._scores = last.group_by("customer_id", "score_name", maintain_order=True).tail(most).select(last.columns)
        self._moments.append(scored.as_of)
        return held


def _most_scores(project: Project) -> int:
    """How many scores of a customer any scorecard looks at, also one that is not in force yet; none without bands that
    hold."""
    rules = [card.hysteresis for card in project.scorecards.values() if card.hysteresis is not None]
    return max((max(1, (rule.readings or 1) - 1) for rule in rules), default=0)
