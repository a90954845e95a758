"""How the scores of a draft differ from those of the scorecard in whose shadow it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import polars as pl

from scorewell.configuration.evolving import evolved
from scorewell.replay import Shadow
from scorewell.runner.bands import bands
from scorewell.runner.result import RunResult

__all__ = ["DraftDifference", "draft_differences"]


@attrs.frozen(kw_only=True)
class DraftDifference:
    """Of the delivered ``customers`` that the draft is to score: how many would stay in their band, get to a ``higher``
    or a ``lower`` one, have ``lost`` their score or ``gained`` one.

    The medians are of the scores that there are, each in its scorecard's scale; bands are compared by their order over
    both scorecards.
    """

    draft: str
    replaces: str
    score_name: str
    customers: int
    same: int
    higher: int
    lower: int
    lost: int
    gained: int
    median: float | None
    median_of_draft: float | None

    def document(self) -> dict[str, Any]:
        """Text and numbers, ready for JSON."""
        return attrs.asdict(self)


def draft_differences(result: RunResult) -> tuple[DraftDifference, ...]:
    """One for each scorecard that is scored in the shadow of another and has customers among the delivered ones."""
    return tuple(found for name, shadow in result.shadows.items() for found in _differences(result, name, shadow))


def _differences(result: RunResult, name: str, shadow: Shadow) -> Iterator[DraftDifference]:
    score, _, _ = next(iter(shadow.project.scores)).partition("/")
    live = result.scores.filter(pl.col("score_name") == score)
    both = live.join(shadow.scores.select("customer_id", "score", "band"), on="customer_id", suffix="_of_draft")
    if both.is_empty():
        return
    names = {digest: card for card, digest in result.fitted.fingerprints.items()}
    replaced = names[both.item(0, "scorecard")]
    together = {replaced: result.configuration.scorecards[replaced], name: shadow.project.scorecards[name]}
    order = bands(evolved(result.configuration, scorecards=together))
    rank = {band: position for position, band in enumerate(order)}
    before, after = (
        pl.col(column).replace_strict(rank, default=None, return_dtype=pl.Int64) for column in ("band", "band_of_draft")
    )
    counts = both.select(
        same=((before == after) | (before.is_null() & after.is_null())).sum(),
        higher=(after > before).sum(),
        lower=(after < before).sum(),
        lost=(before.is_not_null() & after.is_null()).sum(),
        gained=(before.is_null() & after.is_not_null()).sum(),
        median=pl.col("score").median(),
        median_of_draft=pl.col("score_of_draft").median(),
    ).row(0, named=True)
    yield DraftDifference(draft=name, replaces=replaced, score_name=score, customers=len(both), **counts)
