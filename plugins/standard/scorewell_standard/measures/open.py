"""The measure of what has begun and not ended."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from scorewell.api.v1 import Measure, Partial, Partials, Rows, ScorewellError, frozen

__all__ = ["Open"]


@frozen
class Open(Measure):
    """How many rows have begun and not ended: tickets, invoices, contracts, people in a role. 0 without rows.

    The table must declare ``until``; a row whose end is empty, or later than the moment, is open. With a window only
    rows that began in it count.
    """

    name = "open"

    def partials(self, rows: Rows) -> Mapping[str, Partial]:
        if not rows.has_until:
            raise ScorewellError(
                "open needs the moment when a row ended, and the table names no column for it",
                hint="until: <the column with the end> in the table's settings",
            )
        return {"open": Partial("count", rows.where(rows.until.is_null()).count)}

    def finish(self, partials: Partials) -> pl.Expr:
        return partials["open"]
