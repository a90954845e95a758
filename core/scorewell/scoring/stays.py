"""Stays: since when a customer has been in its band."""

from __future__ import annotations

import polars as pl

from scorewell.scoring.past import ROW, Past, Readings, first_of_each, in_utc
from scorewell.scoring.transitions import STAYS_BEGIN

__all__ = ["stays"]

_KEYS = ("customer_id", "score_name")


def stays(scores: pl.DataFrame, readings: Readings, past: Past) -> pl.DataFrame:
    """For every row of the scores frame ``@row``, ``days_in_band`` and ``last_transition``.

    Where all stored scores in reach are of one stay, the stored transitions say when it began.
    """
    moment = readings.moment
    seen, other = _in_reach(scores.get_column("band"), readings)
    began = first_of_each(readings.rows).lazy().select(ROW, pl.col("as_of").alias("@began"))
    stored = (
        past.last_transitions.lazy()
        .filter(pl.col("kind").is_in(STAYS_BEGIN))
        .select(*_KEYS, pl.col("as_of").alias("@stored"), pl.col("to_band").alias("@to"), pl.col("kind").alias("@kind"))
    )
    rows = scores.lazy().select(pl.col("customer_id").cast(pl.String), "score_name", "band").with_row_index(ROW)
    for found in (seen, other, began):
        rows = rows.join(found, on=ROW, how="left", maintain_order="left")
    rows = rows.join(stored, on=_KEYS, how="left", maintain_order="left")
    is_whole = (pl.col("@seen") == pl.col("@began")) & (pl.col("@stored") <= pl.col("@seen"))
    is_stored = (is_whole & (pl.col("@to") == pl.col("band"))).fill_null(value=False)
    since = pl.when(is_stored).then("@stored").otherwise(pl.col("@seen").fill_null(in_utc(moment)))
    moved = pl.when(is_stored).then(pl.col("@kind") == "moved").otherwise(pl.col("@other").is_not_null())
    zone = str(moment.tzinfo)
    wall = pl.lit(moment.replace(tzinfo=None), pl.Datetime("us")) - pl.col("@since").dt.replace_time_zone(None)
    return (
        rows.with_columns(since.dt.convert_time_zone(zone).alias("@since"), moved.alias("@moved"))
        .select(
            ROW,
            days_in_band=wall.dt.total_days(),
            last_transition=pl.when("@moved").then("@since"),
        )
        .collect()
    )


def _in_reach(bands: pl.Series, readings: Readings) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """When each row's stay was first seen, as ``@seen``, and when it was last in another band before, as ``@other``."""
    own = pl.lit(bands).gather(pl.col(ROW))
    other = (
        readings.in_line.lazy()
        .filter(pl.col("band").ne_missing(own))
        .group_by(ROW)
        .agg(pl.col("as_of").max().alias("@other"))
    )
    since = (
        readings.in_line.lazy()
        .join(other, on=ROW, how="left", maintain_order="left")
        .filter(pl.col("@other").is_null() | (pl.col("as_of") > pl.col("@other")))
    )
    seen = first_of_each(since.collect()).lazy().select(ROW, pl.col("as_of").alias("@seen"))
    return seen, other
