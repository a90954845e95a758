"""One configuration through the moments of a look back: lines, and bands that hold as it says."""

from __future__ import annotations

import attrs
import polars as pl

from scorewell.replay import Scored
from scorewell.scoring import PAST_SCORES, Past, fewest_runs, with_hysteresis, with_lines

__all__ = ["Follower"]


@attrs.define
class Follower:
    """Takes one moment after the other, the earliest first, and remembers of them what bands that hold rest on."""

    _past: list[pl.DataFrame] = attrs.field(factory=list)

    def told(self, scored: Scored) -> pl.DataFrame:
        """The scores with their ``line``, and with the bands that the moments before leave them; at the first moment
        each has the band of its number."""
        project = scored.project
        lined = with_lines(scored.scores, project)
        if not any(card.hysteresis is not None for card in project.scorecards.values()):
            return lined
        past = attrs.evolve(Past.none(), scores=pl.concat([Past.none().scores, *self._past]))
        held = with_hysteresis(lined, past, project)
        remembered = held.select(pl.col(name).cast(dtype) for name, dtype in PAST_SCORES.items())
        self._past = [*self._past, remembered][-fewest_runs(project) :]
        return held
