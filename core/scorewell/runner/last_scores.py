"""The last scores of everybody, carried from one moment to the next where many are remembered in a row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import attrs
import polars as pl
import polars.selectors as cs

from scorewell.history import StoredRun
from scorewell.history.reading import Reads
from scorewell.runner.remembering import scores_of_run
from scorewell.scoring import PAST_SCORES
from scorewell.scoring.keys import KEYS

__all__ = ["LastScores"]


@attrs.define
class LastScores:
    """Of every customer and score the last numbers, so many as anybody asked for, and all rows of the last run.

    That is what band changes and bands that hold look at; only a trend needs more. A run that somebody else wrote
    meanwhile is read from the history.
    """

    _count: int = attrs.field(default=1, init=False)
    _known: dict[tuple[int, datetime], datetime] = attrs.field(factory=dict, init=False)
    _rows: pl.DataFrame = attrs.field(factory=lambda: pl.DataFrame(schema=PAST_SCORES), init=False)

    def of(self, reads: Reads, runs: Sequence[StoredRun], count: int) -> pl.DataFrame:
        """Those of these runs, which follow each other up to now; columns as ``PAST_SCORES``."""
        if count > self._count:
            self._count, self._known = count, {}
        runs = [run for run in runs if "scores" not in run.pruned]
        if not runs:
            return self._rows.clear()
        now = {(run.number, run.recorded_at): run.as_of for run in runs}
        earliest = min(now.values())
        if now != {run: as_of for run, as_of in self._known.items() if as_of >= earliest}:
            frames = [_plain(scores_of_run(reads, run)) for run in sorted(runs, key=lambda run: run.as_of)]
            self._rows = self._last(pl.concat(frames))
        self._known = now
        return self._rows.filter(pl.col("as_of") >= earliest)

    def add(self, run: StoredRun, scores: pl.DataFrame) -> None:
        """A run was written after all that is known, with these scores."""
        self._rows = self._last(pl.concat([self._rows, _plain(scores)]))
        self._known[run.number, run.recorded_at] = run.as_of

    def _last(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Of rows in the order of time."""
        has_score = pl.col("score").is_not_null()
        if self._count == 1:
            last = rows.filter(has_score).unique(KEYS, keep="last", maintain_order=True)
        else:
            last = rows.filter(has_score).group_by(KEYS, maintain_order=True).tail(self._count)
            last = last.sort("as_of", maintain_order=True).select(rows.columns)
        return pl.concat([last, rows.filter(~has_score, pl.col("as_of") == pl.col("as_of").max())])


def _plain(scores: pl.DataFrame) -> pl.DataFrame:
    # As the history stores and gives texts.
    told = cs.string().str.replace_all("\0", "\ufffd", literal=True)
    return scores.select(PAST_SCORES.names()).cast(PAST_SCORES).with_columns(told)
