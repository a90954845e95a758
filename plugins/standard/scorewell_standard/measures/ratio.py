"""The measure that divides one measure by another."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from scorewell.api.v1 import Measure, Partial, Partials, Rows, frozen, setting
from scorewell_standard.measures.nested import partials_of, value_of

__all__ = ["Ratio"]


@frozen
class Ratio(Measure):
    """One measure over another, of the same rows: 0.8 is eight used of ten bought.

    ``of`` / ``to``. Missing where ``to`` is 0 or either is missing.
    """

    name = "ratio"

    of: Measure = setting("the measure above the line, by name, with settings, or an SQL aggregate")
    to: Measure = setting("the measure below the line")

    def partials(self, rows: Rows) -> Mapping[str, Partial]:
        return partials_of(self.of, {"of": rows}) | partials_of(self.to, {"to": rows})

    def finish(self, partials: Partials) -> pl.Expr:
        below = value_of(self.to, partials, "to")
        return value_of(self.of, partials, "of") / pl.when(below != 0).then(below)
