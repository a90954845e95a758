"""Measures inside measures: one measure over several sets of rows, each set by a name."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from scorewell.api.v1 import Measure, Partial, Partials, Rows

__all__ = ["partials_of", "value_of"]


def partials_of(measure: Measure, seen: Mapping[str, Rows]) -> dict[str, Partial]:
    """The partials of the measure over each of the sets of rows."""
    return {
        f"{which}: {name}": partial for which, rows in seen.items() for name, partial in measure.partials(rows).items()
    }


def value_of(measure: Measure, partials: Partials, which: str) -> pl.Expr:
    """The measure's value over the set of that name, Float64."""
    prefix = f"{which}: "
    own = {name.removeprefix(prefix): value for name, value in partials.items() if name.startswith(prefix)}
    return measure.finish(own).cast(pl.Float64)
