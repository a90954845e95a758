"""Measures that count local days."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from scorewell.api.v1 import Column, Expression, Measure, Partial, Partials, Rows, frozen, setting

__all__ = ["ActiveDays", "DaysSince"]


@frozen
class DaysSince(Measure):
    """How many local days ago the latest row was, or the latest date in a column.

    Days on the calendar: seen as of 1 March 00:00, any hour of 28 February is 1 day ago. A date to come is negative.
    Without rows, or without a date in any of them: missing. Without ``column`` the table must declare a ``time``.
    """

    name = "days_since"

    column: Column | None = setting("the column with a date or time; default the rows' own time", default=None)

    def partials(self, rows: Rows) -> Mapping[str, Partial]:
        if self.column is None:
            today = rows.expression(Expression("cast(as_of as date)"))
            return {"days": Partial("min", (today - rows.day).dt.total_days())}
        quoted = '"' + self.column.replace('"', '""') + '"'
        return {"days": Partial("min", rows.expression(Expression(f"cast(as_of as date) - cast({quoted} as date)")))}

    def finish(self, partials: Partials) -> pl.Expr:
        return partials["days"].cast(pl.Float64)


@frozen
class ActiveDays(Measure):
    """On how many different local days of the window there was a row. 0 without rows."""

    name = "active_days"
    window_required = True

    def partials(self, rows: Rows) -> Mapping[str, Partial]:
        return {"days": Partial("distinct", rows.day)}

    def finish(self, partials: Partials) -> pl.Expr:
        return partials["days"]
