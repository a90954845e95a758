"""Copies: full copies of a table, one after the other, and one that is not whole."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from scorewell.api.v1 import Finding, Level
from scorewell.metrics.tables import OpenTable

__all__ = ["small_copy"]

_LEAST = 0.5
"""Of the rows of the copy before, the share below which a copy is told: no business loses half of a table in a day."""


def small_copy(table: OpenTable, as_of: datetime) -> list[Finding]:
    """What is said of a latest copy with less than half as many rows as the one before: most likely it is not whole,
    and who is not in it is gone. Nothing of a table that is no copies."""
    taken = table.taken_at
    if taken is None:
        return []
    counts = (
        table.frame.filter(taken.before(as_of))
        .group_by(taken.order.alias("@taken"))
        .agg(pl.len().alias("@rows"), taken.day.first().alias("@day"))
        .sort("@taken", descending=True)
        .head(2)
        .collect(engine="streaming")
    )
    if counts.height < 2:
        return []
    latest, before = counts.get_column("@rows").to_list()
    if latest >= before * _LEAST:
        return []
    day = counts.get_column("@day").item(0)
    return [
        Finding(
            id="small-copy",
            level=Level.WARNING,
            where=table.name,
            message=f"{table.place}: rows in the latest copy, of {day}: {latest:,}; in the one before: {before:,}",
            count=latest,
            hint="check that the copy is complete: customers missing from it are missing from every later run",
        )
    ]
