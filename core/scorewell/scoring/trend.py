"""The trend of scores: what they were, how fast they move, how long they have been in their band."""

from __future__ import annotations

import polars as pl

from scorewell.scoring.past import Past
from scorewell.scoring.readings import Readings
from scorewell.scoring.slopes import slopes
from scorewell.scoring.stays import stays

__all__ = ["trend_of", "with_trend"]

_DAY = 86_400_000_000
_WINDOW = 90 * _DAY


def with_trend(scores: pl.DataFrame, past: Past) -> pl.DataFrame:
    """The scores frame with its trend behind ``baseline``.

    ``scores`` are of one moment and need ``customer_id``, ``score_name``, ``as_of`` (in the project's zone), ``score``,
    ``band``, ``segment``, ``stage``, ``baseline`` and ``line``; rows and their order stay. Only scores of one ``line``
    are compared, and only since it was last another; runs in which a customer has no score are skipped. The columns, in
    the scorecard's points, rounded to 9 decimals, null where there is nothing to compare:

    - ``previous_score``: the customer's last stored score, of whichever line.
    - ``change``: score − previous_score, within the line.
    - ``change_30d``, ``change_90d``: score − the score that is nearest to 30 (90) local days ago, the earlier of two,
      and at most a quarter of that away.
    - ``slope``: points a week, the least-squares line through the scores of the last 90 local days, this one included;
      at least 3 scores, the first of them at least 14 days ago.
    - ``volatility``: the population standard deviation of these scores from that line: a steady fall is not volatile.
    - ``days_in_band`` (Int64): whole local days since this band was entered within the line.
    - ``last_transition`` (Datetime("us"), the zone of ``as_of``): when that was, if it was from another band.
    - ``line_break``: ``segment``, ``stage`` or ``scorecard``, the first that differs from the customer's last stored
      score; null where the line goes on and where there is no score or was none.
    """
    return trend_of(scores, Readings.of(scores, past), past)


def trend_of(scores: pl.DataFrame, readings: Readings, past: Past) -> pl.DataFrame:
    """As ``with_trend``, for readings that are known already."""
    now = scores.select("score", "band", "line", "segment", "stage")
    found = pl.concat(
        [
            now,
            _before(readings),
            pl.DataFrame([_about(now, readings, days) for days in (30, 90)]),
            _slopes(now, readings),
            stays(scores, readings, past),
        ],
        how="horizontal",
    )
    has_score = pl.col("score").is_not_null()

    def change(since: str) -> pl.Expr:
        return (pl.col("score") - pl.col(since)).round(9)

    line_break = pl.when(has_score & pl.col("previous_score").is_not_null()).then(_line_break())
    columns = found.select(
        "previous_score",
        change=pl.when(line_break.is_null()).then(change("previous_score")),
        change_30d=change("@30"),
        change_90d=change("@90"),
        slope=pl.when(has_score).then("slope"),
        volatility=pl.when(has_score).then("volatility"),
        days_in_band=pl.when(has_score).then("days_in_band"),
        last_transition=pl.when(has_score).then("last_transition"),
        line_break=line_break,
    )
    upto = scores.columns.index("baseline") + 1
    return pl.concat([scores[:, :upto], columns, scores[:, upto:]], how="horizontal")


def _before(readings: Readings) -> pl.DataFrame:
    return readings.last.select(
        pl.col("score").alias("previous_score"),
        *(pl.col(name).alias(f"@{name}") for name in ("line", "segment", "stage")),
    )


def _line_break() -> pl.Expr:
    differs = {name: pl.col(name).ne_missing(pl.col(f"@{name}")) for name in ("line", "segment", "stage")}
    # Imported scores have no line: they are another scorecard's, whatever they say of segments.
    is_ours = pl.col("@line").is_not_null()
    what = pl.when(is_ours & differs["segment"]).then(pl.lit("segment")).when(is_ours & differs["stage"])
    return pl.when(differs["line"]).then(what.then(pl.lit("stage")).otherwise(pl.lit("scorecard")))


def _about(now: pl.DataFrame, readings: Readings, days: int) -> pl.Series:
    """Each row's score that is nearest to so many days ago, as ``@<days>``; the earlier of two that are as near."""
    away = {run.as_of: abs(run.age - days * _DAY) for run in readings.runs}
    near = [run for run in readings.runs if away[run.as_of] <= days * _DAY // 4]
    nearest = sorted(near, key=lambda run: (away[run.as_of], run.as_of))
    nothing = now.get_column("score").clear(now.height)
    return pl.select(pl.coalesce(*(run.in_line for run in nearest), nothing).alias(f"@{days}")).to_series()


def _slopes(now: pl.DataFrame, readings: Readings) -> pl.DataFrame:
    """Slope and volatility of the scores of the last 90 days and this one."""
    within = [run for run in readings.runs if run.age <= _WINDOW]
    scores = [*(run.in_line for run in within), now.get_column("score")]
    return slopes([*(-run.age for run in within), 0], scores)
