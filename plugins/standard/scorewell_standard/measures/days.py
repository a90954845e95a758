"""Measures that count local days."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from scorewell.api.v1 import Column, Expression, Measure, Partial, Partials, Rows, frozen, setting
from scorewell_standard.measures.names import quoted

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
        # The latest day owes nothing to the moment, so that it need not be looked for again at another.
        latest = (
            rows.day if self.column is None else rows.expression(Expression(f"cast({quoted(self.column)} as date)"))
        )
        today = rows.customer(Expression("cast(as_of as date)"))
        return {"latest": Partial("max", latest), "today": Partial("customer", today)}

    def finish(self, partials: Partials) -> pl.Expr:
        return (partials["today"] - partials["latest"]).dt.total_days().cast(pl.Float64)


@frozen
class ActiveDays(Measure):
    """On how many different local days of the window there was a row. 0 without rows."""

    name = "active_days"
    window_required = True

    def partials(self, rows: Rows) -> Mapping[str, Partial]:
        return {"days": Partial("distinct", rows.day)}

    def finish(self, partials: Partials) -> pl.Expr:
        return partials["days"]
