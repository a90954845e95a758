"""The trend of scores: what they were, how fast they move, how long they have been in their band.

Sums are of whole numbers, billionths of a point and microseconds, so that no order of rows can change a digit.
"""

from __future__ import annotations

import polars as pl

from scorewell.scoring.past import ROW, Past, Readings
from scorewell.scoring.stays import stays

__all__ = ["trend_of", "with_trend"]

_DAY = 86_400_000_000
_WEEK = 7 * _DAY
_BILLION = 1e9
_WINDOW = 90 * _DAY
_FEWEST_SCORES = 3
_SHORTEST_SPAN = 14 * _DAY


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
    now = scores.select("score", "band", "line", "segment", "stage").with_row_index(ROW)
    found = now.lazy().join(_before(readings).lazy(), on=ROW, how="left", maintain_order="left")
    for days in (30, 90):
        found = found.join(_about(readings, days).lazy(), on=ROW, how="left", maintain_order="left")
    found = found.join(_fitted_lines(now, readings).lazy(), on=ROW, how="left", maintain_order="left")
    found = found.join(stays(scores, readings, past).lazy(), on=ROW, how="left", maintain_order="left")
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
    ).collect()
    upto = scores.columns.index("baseline") + 1
    return pl.concat([scores[:, :upto], columns, scores[:, upto:]], how="horizontal")


def _before(readings: Readings) -> pl.DataFrame:
    return readings.last.select(
        ROW,
        pl.col("score").alias("previous_score"),
        *(pl.col(name).alias(f"@{name}") for name in ("line", "segment", "stage")),
    )


def _line_break() -> pl.Expr:
    differs = {name: pl.col(name).ne_missing(pl.col(f"@{name}")) for name in ("line", "segment", "stage")}
    # Imported scores have no line: they are another scorecard's, whatever they say of segments.
    is_ours = pl.col("@line").is_not_null()
    what = pl.when(is_ours & differs["segment"]).then(pl.lit("segment")).when(is_ours & differs["stage"])
    return pl.when(differs["line"]).then(what.then(pl.lit("stage")).otherwise(pl.lit("scorecard")))


def _about(readings: Readings, days: int) -> pl.DataFrame:
    """Each row's score that is nearest to so many days ago, as ``@<days>``; the earlier of two that are as near."""
    away = (pl.col("age") - days * _DAY).abs()
    near = readings.in_line.lazy().with_columns(away.alias("@away")).filter(pl.col("@away") <= days * _DAY // 4)
    nearest = near.sort(ROW, "@away", "as_of").unique(ROW, keep="first", maintain_order=True)
    return nearest.select(ROW, pl.col("score").alias(f"@{days}")).collect()


def _fitted_lines(now: pl.DataFrame, readings: Readings) -> pl.DataFrame:
    """Slope and volatility of the scores of the last 90 days and this one."""
    points = pl.concat(
        [
            readings.in_line.lazy().filter(pl.col("age") <= _WINDOW).select(ROW, "age", "score"),
            now.lazy().filter(pl.col("score").is_not_null()).select(ROW, pl.lit(0, pl.Int64).alias("age"), "score"),
        ]
    ).with_columns(
        x=(-pl.col("age")).cast(pl.Int128),
        y=_billionths(pl.col("score")),
    )
    x, y, count = pl.col("x"), pl.col("y"), pl.col("n")
    sums = (
        points.group_by(ROW)
        .agg(n=pl.len().cast(pl.Int128), x=x.sum(), y=y.sum(), xy=(x * y).sum(), xx=(x * x).sum(), first=x.min())
        .filter((count >= _FEWEST_SCORES) & (pl.col("first") <= -_SHORTEST_SPAN))
        .select(
            ROW,
            # Exact until the one division: n·Σxy − Σx·Σy over n·Σxx − (Σx)², in billionths a microsecond.
            rate=_ratio(count * pl.col("xy") - x * y, count * pl.col("xx") - x * x),
            middle_x=_ratio(x, count),
            middle_y=_ratio(y, count),
        )
        .collect()
    )
    residual = y.cast(pl.Float64) - pl.col("middle_y") - pl.col("rate") * (x.cast(pl.Float64) - pl.col("middle_x"))
    off = residual.round().cast(pl.Int128)
    squares = (
        points.join(sums.lazy(), on=ROW)
        .group_by(ROW)
        .agg(n=pl.len(), squared=(off * off).sum())
        .select(ROW, volatility=(_ratio(pl.col("squared"), count).sqrt() / _BILLION).round(9))
    )
    slope = (pl.col("rate") * (_WEEK / _BILLION)).round(9)
    return sums.lazy().join(squares, on=ROW).select(ROW, slope.alias("slope"), "volatility").collect()


def _billionths(points: pl.Expr) -> pl.Expr:
    return (points * _BILLION).round().cast(pl.Int128)


def _ratio(above: pl.Expr, below: pl.Expr) -> pl.Expr:
    return above.cast(pl.Float64) / below.cast(pl.Float64)
