"""Which single change would lift a score most: not estimated, but scored again with that one thing changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import attrs
import polars as pl

from scorewell.configuration.evolving import evolved
from scorewell.runner.tree_of_one import Node, leaves
from scorewell.scoring import FittedProject

__all__ = ["Improvement", "improvements"]


# Scores are rounded to nine decimals before anything else; a gain below that is noise.
_NOTHING = 1e-9


@attrs.frozen(kw_only=True)
class Improvement:
    """One change, and what the score would be then, all else being equal.

    ``path`` is a metric's, brought to 100, or ``adjustment.<n>``, no longer holding. A metric below a model is brought
    to a ``value`` that the best rated of the same segment and stage have. ``gain`` is exact, in the scorecard's scale,
    before rounding; ``score`` and ``band`` are what would be printed.
    """

    path: str
    label: str
    gain: float
    score: float
    band: str
    value: float | str | None = None


def improvements(
    fitted: FittedProject,
    scorecard: str,
    row: pl.DataFrame,
    root: Node,
    failed: Collection[str],
    *,
    segment: str,
    at_best: Mapping[str, pl.DataFrame],
) -> tuple[Improvement, ...]:
    """The changes that would lift the score of the customer in ``row`` (one row of the metrics, as measured), who is in
    ``segment``, the greatest first. ``at_best`` has, by path, the row with that metric, below a model, at its best.

    The population and what was learned from it stay. Empty where there is no score.
    """
    before = _scored(fitted, row, failed, {})
    if before is None:
        return ()
    fitted = _alone(fitted, scorecard, segment)
    found = []
    for leaf in leaves(root):
        if leaf.path in at_best and leaf.normalized is not None:
            changed = at_best[leaf.path]
            better = _improvement(leaf.path, leaf.label, before, _scored(fitted, changed, failed, {}))
            metric = leaf.path.rpartition(".")[2]
            found.append(better and attrs.evolve(better, value=changed.get_column(metric).item()))
        elif leaf.normalized is not None and leaf.normalized < 100:
            after = _scored(fitted, row, failed, {leaf.path: 100.0})
            found.append(_improvement(leaf.path, leaf.label, before, after))
    adjustments = fitted.project.scorecards[scorecard].adjustments
    for position, adjustment in enumerate(adjustments):
        without = _without_adjustment(fitted, scorecard, position)
        found.append(
            _improvement(f"adjustment.{position + 1}", adjustment.because, before, _scored(without, row, failed, {}))
        )
    # Sorting is stable: of equal gains the one that is configured first stands first.
    return tuple(sorted((each for each in found if each is not None), key=lambda each: -each.gain))


@attrs.frozen
class _Outcome:
    exact: float
    score: float
    band: str


def _scored(
    fitted: FittedProject, row: pl.DataFrame, failed: Collection[str], forced: dict[str, float]
) -> _Outcome | None:
    """The customer's score; None for no number."""
    scores = fitted.score(row.lazy(), failed, finite=True, forced=forced).collect().row(0, named=True)
    if scores["score"] is None:
        return None
    return _Outcome(scores["score"] - (scores["contribution.rounding"] or 0.0), scores["score"], scores["band"])


def _improvement(path: str, label: str, before: _Outcome, after: _Outcome | None) -> Improvement | None:
    if after is None or after.exact - before.exact <= _NOTHING:
        return None
    return Improvement(path=path, label=label, gain=after.exact - before.exact, score=after.score, band=after.band)


def _alone(fitted: FittedProject, scorecard: str, segment: str) -> FittedProject:
    """The fit with that scorecard and segment for everybody: one small plan instead of all, and the same score for whom
    it is."""
    project = fitted.project
    only = {segment: evolved(project.segments[segment], when=None, scorecard=scorecard)}
    scorecards = {scorecard: project.scorecards[scorecard]}
    return attrs.evolve(fitted, project=evolved(project, scorecards=scorecards, segments=only, stages={}))


def _without_adjustment(fitted: FittedProject, scorecard: str, position: int) -> FittedProject:
    card = fitted.project.scorecards[scorecard]
    kept = card.adjustments[:position] + card.adjustments[position + 1 :]
    scorecards = {**fitted.project.scorecards, scorecard: evolved(card, adjustments=kept)}
    return attrs.evolve(fitted, project=evolved(fitted.project, scorecards=scorecards))
