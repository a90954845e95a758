"""The trend of scores: what they were, how fast they move, how long they have been in their band.

Sums are of whole numbers, billionths of a point and microseconds, so that no order of rows can change a digit.
"""

from __future__ import annotations

import math

import polars as pl

from scorewell.scoring.past import Past
from scorewell.scoring.readings import Readings
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
    now = scores.select("score", "band", "line", "segment", "stage")
    found = pl.concat(
        [
            now,
            _before(readings),
            pl.DataFrame([_about(now, readings, days) for days in (30, 90)]),
            _fitted_lines(now, readings),
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
    return readings.last().select(
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


def _fitted_lines(now: pl.DataFrame, readings: Readings) -> pl.DataFrame:
    """Slope and volatility of the scores of the last 90 days and this one."""
    within = [run for run in readings.runs if run.age <= _WINDOW]
    times = [*(-run.age for run in within), 0]
    scores = [*(run.in_line for run in within), now.get_column("score")]
    frame = pl.DataFrame({str(at): score for at, score in enumerate(scores)})
    # Runs that are whole weeks or hours apart are counted in these: what then fits into 64 bits takes half the time.
    unit = math.gcd(*times) or 1
    x = [time // unit for time in times]
    whole = _wide_enough(frame, x)
    points = frame.select((pl.all() * _BILLION).round().cast(whole))
    n, rate = pl.col("n"), pl.col("rate")
    lines = points.with_columns(**_sums(points, x, whole)).with_columns(
        # Exact until the one division: n·Σxy − Σx·Σy over n·Σxx − (Σx)², in billionths a microsecond.
        rate=pl.when(_is_known(points, times)).then(
            _ratio(
                _times(n * pl.col("xy") - pl.col("x") * pl.col("y"), unit),
                _times(n * pl.col("xx") - pl.col("x") * pl.col("x"), unit * unit),
            )
        ),
        middle_x=_ratio(_times(pl.col("x"), unit), n),
        middle_y=_ratio(pl.col("y"), n),
    )
    off = [
        (pl.col(name).cast(pl.Float64) - pl.col("middle_y") - rate * (float(time) - pl.col("middle_x"))).round()
        for name, time in zip(points.columns, times, strict=True)
    ]
    squared = pl.sum_horizontal(each.cast(pl.Int128) * each.cast(pl.Int128) for each in off)
    return lines.select(
        slope=(rate * (_WEEK / _BILLION)).round(9),
        # Polars divides a row by a number as it is, and many by its reciprocal: this is the same for both.
        volatility=pl.when(rate.is_not_null()).then((_ratio(squared, n).sqrt() * (1 / _BILLION)).round(9)),
    )


def _wide_enough(scores: pl.DataFrame, x: list[int]) -> pl.DataType:
    """The whole numbers that hold every sum of products of these scores, in billionths, and times."""
    largest = scores.select(pl.max_horizontal(pl.all().abs().max())).item() or 0.0
    longest = max(1, *map(abs, x))
    most = 2 * len(x) ** 2 * longest * max(largest * _BILLION, longest)
    return pl.Int64() if most < 2**63 else pl.Int128()


def _sums(points: pl.DataFrame, x: list[int], whole: pl.DataType) -> dict[str, pl.Expr]:
    """Of each row's points how many there are, and the sums of x, y, x·y and x·x."""
    pairs = [(pl.col(name), pl.lit(each, whole)) for name, each in zip(points.columns, x, strict=True)]
    return {
        "n": pl.sum_horizontal(y.is_not_null().cast(whole) for y, _ in pairs),
        "x": pl.sum_horizontal(y.is_not_null().cast(whole) * x for y, x in pairs),
        "y": pl.sum_horizontal(y for y, _ in pairs),
        "xy": pl.sum_horizontal(y * x for y, x in pairs),
        "xx": pl.sum_horizontal(y.is_not_null().cast(whole) * (x * x) for y, x in pairs),
    }


def _is_known(points: pl.DataFrame, times: list[int]) -> pl.Expr:
    """Whether there are points enough, over long enough."""
    long_ago = [pl.col(name) for name, time in zip(points.columns, times, strict=True) if time <= -_SHORTEST_SPAN]
    return (pl.col("n") >= _FEWEST_SCORES) & pl.any_horizontal(
        *(each.is_not_null() for each in long_ago), pl.lit(value=False)
    )


def _times(number: pl.Expr, factor: int) -> pl.Expr:
    return number.cast(pl.Int128) * pl.lit(factor, pl.Int128)


def _ratio(above: pl.Expr, below: pl.Expr) -> pl.Expr:
    return above.cast(pl.Float64) / below.cast(pl.Float64)
