"""Another product's scores beside ours: how far both put the same customers in the same order."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

import attrs
import polars as pl

from scorewell.history.rows import MOMENT

__all__ = ["Beside", "beside", "nearest_moments"]

_FARTHEST = timedelta(days=15)
"""Monthly exports beside weekly or monthly runs: what is further apart tells of two different times."""
_CORRELATION = pl.corr("old_place", "place").fill_nan(None).alias("rank_correlation")
"""Spearman's: Pearson's of the places, where equals share theirs. None where all are equal, or there is one alone."""


@attrs.frozen(kw_only=True, eq=False)
class Beside:
    """Both scores of the same customers.

    ``customers``: of each the latest of the other product's scores that has one of ours near it: ``customer_id,
    old_as_of, old_score, old_band, old_place, as_of, score, band, place``, the most differently seen first. A place is
    counted from the lowest score, and equals share theirs. ``bands``: ``old_band, band, customers`` of these.
    ``moments``: ``old_as_of, as_of, customers, rank_correlation``, by time.

    ``old_scores`` is how many there were; ``without_run`` of them had no run of ours near, ``without_score`` a run but
    no score of ours in it.
    """

    customers: pl.DataFrame
    bands: pl.DataFrame
    moments: pl.DataFrame
    old_scores: int
    without_run: int
    without_score: int

    @property
    def rank_correlation(self) -> float | None:
        """Of ``customers``: 1 where both put them in the same order, 0 where one says nothing of the other."""
        found: float | None = self.customers.select(_CORRELATION).item()
        return found


def nearest_moments(old: Iterable[datetime], runs: Collection[datetime]) -> dict[datetime, datetime]:
    """For each moment of old scores that of the run that is nearest, the earlier of two, where one is near enough."""
    found, in_order = {}, sorted(runs)
    for moment in old:
        nearest = min(in_order, key=lambda run: abs(run - moment), default=None)
        if nearest is not None and abs(nearest - moment) <= _FARTHEST:
            found[moment] = nearest
    return found


def beside(old: pl.DataFrame, own: pl.DataFrame) -> Beside:
    """Hold old scores against ours, both ``customer_id, as_of, score, band`` with as_of in UTC.

    A score of ours that is null is none.
    """
    near = nearest_moments(old["as_of"].unique(), own["as_of"].unique())
    matched = pl.DataFrame({"old_as_of": list(near), "as_of": list(near.values())}, schema=_MATCHED)
    renamed = old.rename({name: f"old_{name}" for name in ("as_of", "score", "band")})
    runs = renamed.join(matched, on="old_as_of")
    pairs = runs.join(own.drop_nulls("score"), on=["customer_id", "as_of"]).sort("old_as_of", "customer_id")
    latest = pairs.group_by("customer_id").last().with_columns(_place("old_score"), _place("score"))
    differs = (pl.col("old_place") - pl.col("place")).abs()
    over_moments = pairs.with_columns(_place("old_score").over("old_as_of"), _place("score").over("old_as_of"))
    return Beside(
        customers=latest.sort(-differs, "customer_id").select(_COLUMNS),
        bands=latest.group_by("old_band", "band").agg(pl.len().alias("customers")).sort("old_band", "band"),
        moments=over_moments.group_by("old_as_of", "as_of")
        .agg(pl.len().alias("customers"), _CORRELATION)
        .sort("old_as_of"),
        old_scores=old.height,
        without_run=old.height - runs.height,
        without_score=runs.height - pairs.height,
    )


_MATCHED = pl.Schema({"old_as_of": MOMENT, "as_of": MOMENT})
_COLUMNS = (
    *("customer_id", "old_as_of", "old_score", "old_band", "old_place"),
    *("as_of", "score", "band", "place"),
)


def _place(score: str) -> pl.Expr:
    return pl.col(score).rank("average").alias(score.replace("score", "place"))
