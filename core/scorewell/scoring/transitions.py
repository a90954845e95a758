"""Transitions: who moved from one band to another, came, went, or began a new line."""

from __future__ import annotations

import polars as pl

from scorewell.scoring.keys import KEYS, Keys
from scorewell.scoring.past import TRANSITIONS, Past, in_utc
from scorewell.scoring.readings import Readings

__all__ = ["transitions", "transitions_of"]


def transitions(scores: pl.DataFrame, past: Past) -> pl.DataFrame:
    """Every change of band that a scores frame brings, compared with each customer's last stored score.

    ``scores`` needs ``customer_id``, ``score_name``, ``as_of`` (aware, one moment), ``score``, ``band`` and ``line``;
    stored rows will do, so that the transitions of a run can be computed anew when another came between. The answer has
    the columns of ``TRANSITIONS``, ``as_of`` in UTC, sorted by ``customer_id`` and ``score_name``. Its kinds:

    - ``moved``: to another band, within one line; over runs without a score too.
    - ``entered``: the first score, or the first after more than ``REACH`` (nothing in ``from_…``).
    - ``returned``: a score again after runs without one, in the band and line of the last.
    - ``restarted``: the line broke, so the score began anew and this is neither rise nor fall, whatever the bands.
    - ``left``: no score, or not among the customers any more, after the last run had one (nothing in ``to_…``).

    An unchanged band is no row, but for ``returned`` and ``restarted``.
    """
    return transitions_of(scores, Readings.of(scores, past))


def transitions_of(scores: pl.DataFrame, readings: Readings) -> pl.DataFrame:
    """As ``transitions``, for readings that are known already."""
    now = scores.select(pl.col("customer_id").cast(pl.String), "score_name", "score", "band", "line")
    last = readings.last.select(
        pl.col("as_of").alias("@last"),
        pl.col("score").alias("from_score"),
        pl.col("band").alias("from_band"),
        pl.col("line").alias("@line"),
    )
    is_gap = pl.col("@last") < in_utc(readings.last_run) if readings.last_run is not None else pl.lit(value=False)
    kind = (
        pl.when(pl.col("@last").is_null())
        .then(pl.lit("entered"))
        .when(pl.col("line").ne_missing(pl.col("@line")))
        .then(pl.lit("restarted"))
        .when(pl.col("band").ne_missing(pl.col("from_band")))
        .then(pl.lit("moved"))
        .when(is_gap)
        .then(pl.lit("returned"))
    )
    came = (
        pl.concat([now, last], how="horizontal")
        .filter(pl.col("score").is_not_null())
        .with_columns(kind=kind, to_band="band", to_score="score")
        .filter(pl.col("kind").is_not_null())
    )
    together = pl.concat([came, _gone(now, readings)], how="diagonal").with_columns(as_of=in_utc(readings.moment))
    return together.select(pl.col(name).cast(dtype) for name, dtype in TRANSITIONS.items()).sort(*KEYS)


def _gone(now: pl.DataFrame, readings: Readings) -> pl.DataFrame:
    """Who has a score in the last run and none now, as what customers left."""
    had = readings.last_scores.filter(pl.col("score").is_not_null())
    has_none = Keys.of(had).looked_up(now.select(*KEYS, "score")).get_column("score").is_null()
    return had.filter(has_none).select(
        pl.col("customer_id").cast(pl.String),
        "score_name",
        pl.lit("left").alias("kind"),
        pl.col("band").cast(pl.String).alias("from_band"),
        pl.col("score").alias("from_score"),
    )
