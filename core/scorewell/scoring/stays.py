"""Stays: since when a customer has been in its band."""

from __future__ import annotations

import polars as pl

from scorewell.scoring.past import ROW, Past, Readings, first_of_each, in_utc, last_of_each

__all__ = ["stays"]

_KEYS = ("customer_id", "score_name")


def stays(scores: pl.DataFrame, readings: Readings, past: Past) -> pl.DataFrame:
    """For every row of the scores frame ``@row``, ``days_in_band`` and ``last_transition``.

    Where all stored scores in reach are of one stay, the stored transitions say when it began.
    """
    moment = readings.moment
    stored = past.last_stays.lazy().select(
        *_KEYS, pl.col("as_of").alias("@stored"), pl.col("to_band").alias("@to"), pl.col("kind").alias("@kind")
    )
    rows = scores.lazy().select(pl.col("customer_id").cast(pl.String), "score_name", "band").with_row_index(ROW)
    for found in _in_reach(scores.get_column("band"), readings):
        rows = rows.join(found.lazy(), on=ROW, how="left", maintain_order="left")
    rows = rows.join(stored, on=_KEYS, how="left", maintain_order="left")
    is_whole = (pl.col("@seen") == pl.col("@began")) & (pl.col("@stored") <= pl.col("@seen"))
    is_stored = (is_whole & (pl.col("@to") == pl.col("band"))).fill_null(value=False)
    was_own = pl.col("@was_own")
    since = pl.when(is_stored).then("@stored").when(was_own).then("@seen").otherwise(in_utc(moment))
    moved = (
        pl.when(is_stored).then(pl.col("@kind") == "moved").when(was_own).then("@came").otherwise(was_own.is_not_null())
    )
    wall = pl.lit(moment.replace(tzinfo=None), pl.Datetime("us")) - pl.col("@since").dt.replace_time_zone(None)
    return (
        rows.with_columns(since.dt.convert_time_zone(str(moment.tzinfo)).alias("@since"), moved.alias("@moved"))
        .select(
            ROW,
            days_in_band=wall.dt.total_days(),
            last_transition=pl.when("@moved").then("@since"),
        )
        .collect()
    )


def _in_reach(bands: pl.Series, readings: Readings) -> tuple[pl.DataFrame, ...]:
    """For each row of the frame: when it last came into its present band (``@seen``), and whether from another
    (``@came``); whether it was in it last (``@was_own``); and its first score in reach (``@began``).
    """
    own = pl.lit(bands.cast(pl.Categorical)).gather(pl.col(ROW))
    is_same = (pl.col(ROW) == pl.col(ROW).shift(1)).fill_null(value=False)
    rows = readings.in_line.select(
        ROW, "as_of", pl.col("band").eq_missing(own).alias("@is_own"), is_same.alias("@came")
    )
    is_start = pl.col("@is_own") & ~(pl.col("@came") & pl.col("@is_own").shift(1, fill_value=False))
    return (
        last_of_each(rows.filter(is_start)).select(ROW, pl.col("as_of").alias("@seen"), "@came"),
        last_of_each(rows).select(ROW, pl.col("@is_own").alias("@was_own")),
        first_of_each(readings.rows).select(ROW, pl.col("as_of").alias("@began")),
    )
