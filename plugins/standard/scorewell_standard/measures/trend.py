"""The measure that says where another is heading."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from scorewell.api.v1 import Measure, Partial, Partials, Rows, ScorewellError, frozen, setting
from scorewell_standard.measures.nested import partials_of, value_of

__all__ = ["Trend"]

_LEAST = 3
_ROWS = "rows in "


@frozen
class Trend(Measure):
    """How fast a measure rises or falls over the window: the slope per week as a share of its mean; −0.05 is a
    twentieth of the mean less every week.

    The least-squares line through the measure's value in each whole week of the window, counted back from its end (so
    that weekends never look like a trend), divided by |mean| of those values. Weeks without a value, and weeks before
    the first of them that has a row, are left out: with fewer than three others it is missing. All zero is 0; any
    other mean of zero is missing. Each week is seen as it was known at its own end.
    """

    name = "trend"
    window_required = True

    of: Measure = setting("the measure that is followed, by name, with settings, or an SQL aggregate")

    def partials(self, rows: Rows) -> Mapping[str, Partial]:
        weeks = (rows.window_days or 0) // 7
        if weeks < _LEAST:
            raise ScorewellError(
                f"a trend over {rows.window_days or 0}d: it needs {_LEAST} whole weeks", hint="window: 12w"
            )
        # From the first week to the last.
        by_week = {week: rows.window(7).before(weeks - 1 - week) for week in range(weeks)}
        partials = partials_of(self.of, {str(week): seen for week, seen in by_week.items()})
        return partials | {f"{_ROWS}{week}": Partial("count", seen.count) for week, seen in by_week.items()}

    def finish(self, partials: Partials) -> pl.Expr:
        points: list[tuple[int, pl.Expr]] = []
        rows = pl.lit(0, pl.Int64)
        for week in range(sum(name.startswith(_ROWS) for name in partials)):
            rows = rows + partials[f"{_ROWS}{week}"]
            points.append((week, pl.when(rows > 0).then(value_of(self.of, partials, str(week)))))
        # Nulls add nothing to these sums.
        n = pl.sum_horizontal(y.is_not_null().cast(pl.Int64) for _, y in points)
        x = pl.sum_horizontal(y.is_not_null().cast(pl.Int64) * week for week, y in points)
        xx = pl.sum_horizontal(y.is_not_null().cast(pl.Int64) * week**2 for week, y in points)
        y_sum = pl.sum_horizontal(y for _, y in points)
        xy = pl.sum_horizontal(y * week for week, y in points)
        # The slope (n·Σxy − Σx·Σy) / (n·Σxx − (Σx)²) over |Σy| / n.
        rise = (n * xy - x * y_sum) * n
        share = rise / pl.when(y_sum != 0).then((n * xx - x**2) * y_sum.abs())
        is_nothing = pl.all_horizontal((y.fill_null(0.0) == 0) for _, y in points)
        return pl.when(n >= _LEAST).then(pl.when(is_nothing).then(0.0).otherwise(share))
