"""The measure that takes a value as it is now."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from scorewell.api.v1 import Column, Measure, Partial, Partials, Rows, frozen, setting

__all__ = ["Latest"]


@frozen
class Latest(Measure):
    """A column's value, a number or a category, in the latest row that has one.

    Of a table without ``time`` it is the value itself. Of rows at the same moment the greatest value is taken, so that
    the order of rows never matters. Without rows: missing.
    """

    name = "latest"

    column: Column = setting("the column with the value")

    def partials(self, rows: Rows) -> Mapping[str, Partial]:
        value = rows.column(self.column)
        return {"value": Partial("last", value, by=rows.time) if rows.has_time else Partial("max", value)}

    def finish(self, partials: Partials) -> pl.Expr:
        return partials["value"]
