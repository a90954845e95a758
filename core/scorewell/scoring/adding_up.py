"""Whether the parts explain the printed whole: an aggregator that answers wrong weights is told, and not believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from scorewell.api.v1 import Finding, Level

__all__ = ["unexplained"]

_TOLERANCE = 1e-6
"""Of the baseline or the score, whichever is farther from 0, or of 1; models promise no more."""
_EXAMPLES = 3


def unexplained(scores: pl.DataFrame, fingerprints: Mapping[str, str]) -> Iterator[Finding]:
    """One finding for each scorecard whose baseline and contributions do not come to the score.

    ``scores`` is the scores frame: ``baseline``, ``score`` and every ``contribution.*``, Float64, are looked at;
    ``fingerprints`` are those of the column ``scorecard``, by the scorecards' names.
    """
    contributions = [name for name in scores.columns if name.startswith("contribution.")]
    gap = (pl.sum_horizontal("baseline", *contributions) - pl.col("score")).abs()
    is_wrong = gap > _TOLERANCE * pl.max_horizontal(1.0, pl.col("baseline").abs(), pl.col("score").abs())
    wrong = scores.lazy().select("customer_id", "scorecard", gap.alias("@gap"), is_wrong.alias("@is_wrong"))
    found = wrong.filter(pl.col("@is_wrong")).collect()
    for name, fingerprint in fingerprints.items():
        own = found.filter(pl.col("scorecard") == fingerprint)
        if own.height:
            worst = own.select(pl.col("@gap").max()).item()
            yield Finding(
                id="not-explained",
                level=Level.ERROR,
                where=f"scorecards.{name}",
                message=f"contributions do not add up to the score, by up to {worst:.3g} points",
                count=own.height,
                examples=tuple(own["customer_id"].head(_EXAMPLES)),
                hint="this is a mistake in one of its aggregators: score − reference must be the sum of"
                " weight × (part − reference), offsets and own",
            )
