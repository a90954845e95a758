"""The measure of silence against a customer's own rhythm."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from scorewell.api.v1 import Expression, Measure, Partial, Partials, Rows, frozen

__all__ = ["Cycle"]

_LEAST = 3


@frozen
class Cycle(Measure):
    """How long ago the customer was last there, against its own rhythm: 1 is as long as usual, 2 twice as long.

    The local days since the last active day, over the median of the days between one active day and the next. An
    active day is one with a row. With fewer than three of them there is no rhythm yet: missing.
    """

    name = "cycle"

    def partials(self, rows: Rows) -> Mapping[str, Partial]:
        today = rows.expression(Expression("cast(as_of as date)"))
        return {"ages": Partial("set", (today - rows.day).dt.total_days())}

    def finish(self, partials: Partials) -> pl.Expr:
        # The youngest first, so every gap to the next is positive.
        ages = partials["ages"]
        gaps = ages.list.diff().list.drop_nulls()
        return pl.when(ages.list.len() >= _LEAST).then(ages.list.first() / gaps.list.median())
