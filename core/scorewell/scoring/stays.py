"""Stays: since when a customer has been in its band."""

from __future__ import annotations

import polars as pl

from scorewell.scoring.past import INSTANT, Past, in_utc
from scorewell.scoring.readings import Readings

__all__ = ["stays"]


def stays(scores: pl.DataFrame, readings: Readings, past: Past) -> pl.DataFrame:
    """For every row of the scores frame ``days_in_band`` and ``last_transition``.

    Where all stored scores in reach are of one stay, the stored transitions say when it began.
    """
    moment = readings.moment
    stored = readings.keys.looked_up(past.last_stays).select(
        pl.col("as_of").alias("@stored"), pl.col("to_band").alias("@to"), pl.col("kind").alias("@kind")
    )
    rows = pl.concat([scores.select("band"), _in_reach(scores.get_column("band"), readings), stored], how="horizontal")
    is_whole = (pl.col("@seen") == pl.col("@began")) & (pl.col("@stored") <= pl.col("@seen"))
    is_stored = (is_whole & (pl.col("@to") == pl.col("band"))).fill_null(value=False)
    was_own = pl.col("@was_own")
    since = pl.when(is_stored).then("@stored").when(was_own).then("@seen").otherwise(in_utc(moment))
    moved = (
        pl.when(is_stored).then(pl.col("@kind") == "moved").when(was_own).then("@came").otherwise(was_own.is_not_null())
    )
    wall = pl.lit(moment.replace(tzinfo=None), pl.Datetime("us")) - pl.col("@since").dt.replace_time_zone(None)
    return rows.with_columns(
        since.dt.convert_time_zone(str(moment.tzinfo)).alias("@since"), moved.alias("@moved")
    ).select(
        days_in_band=wall.dt.total_days(),
        last_transition=pl.when("@moved").then("@since"),
    )


def _in_reach(bands: pl.Series, readings: Readings) -> pl.DataFrame:
    """For each row of the frame: when it last came into its present band (``@seen``), and whether from another
    (``@came``); whether it was in it last (``@was_own``); and its first score in reach (``@began``).
    """
    bands = bands.cast(pl.Categorical)
    seen = began = pl.Series(dtype=pl.UInt32).clear(len(bands))
    # Of nobody yet, and never null: what is asked of a null costs as much for one customer as for a thousand.
    has_begun = is_known = was_own = came = pl.repeat(value=False, n=len(bands), eager=True)
    for number, run in enumerate(readings.runs):
        this = pl.Series([number], dtype=pl.UInt32).new_from_index(0, len(bands))
        has_score, is_in_line = run.has_score, run.is_in_line
        began = this.zip_with(has_score & ~has_begun, began)
        is_own = run.rows.get_column("band").eq_missing(bands)
        is_start = is_in_line & is_own & ~was_own
        seen = this.zip_with(is_start, seen)
        came = is_known.zip_with(is_start, came)
        was_own = is_own.zip_with(is_in_line, was_own)
        has_begun, is_known = has_begun | has_score, is_known | is_in_line
    moments = pl.Series([run.as_of for run in readings.runs], dtype=INSTANT)
    return pl.DataFrame(
        {"@seen": moments.gather(seen), "@came": came, "@was_own": was_own, "@began": moments.gather(began)}
    ).with_columns(pl.when(is_known).then("@was_own").alias("@was_own"))
