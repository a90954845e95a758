"""Cells of a table of pulses that are no pulse: beyond 1 to 5, as where a field goes to 10."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from scorewell.api.v1 import Finding, Level
from scorewell.configuration.model import Project
from scorewell.metrics.tables import OpenTable

__all__ = ["is_pulse", "strange_pulses"]


def is_pulse(rating: pl.Expr) -> pl.Expr:
    """Whether a number is one; never null."""
    return rating.is_between(1, 5).fill_null(value=False)


def strange_pulses(project: Project, table: OpenTable, as_of: datetime) -> list[Finding]:
    """What is said of cells from before ``as_of`` that are no pulse, and so missing. Nothing of other tables."""
    pulse = project.pulse
    if pulse is None or pulse.source != table.name or pulse.column not in table.scanned:
        return []
    cell = table.known_cell(pulse.column, as_of)
    strange = cell.filter(cell.is_not_null() & ~is_pulse(cell.cast(pl.Float64, strict=False))).cast(pl.String)
    counted = strange.len().alias("@count"), strange.unique().sort().head(3).implode().alias("@examples")
    [(count, examples)] = table.seen(as_of).select(counted).collect(engine="streaming").rows()
    if not count:
        return []
    return [
        Finding(
            id="strange-pulses",
            level=Level.WARNING,
            where=table.name,
            message=f"{table.place}: cells of {pulse.column!r} that are not pulses from 1 to 5: {count}",
            count=count,
            examples=tuple(examples),
            hint="name a column with values from 1 to 5, or correct the cells",
        )
    ]
