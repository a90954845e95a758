"""Scans: the tables that are open while metrics are measured, and how their rows are reduced."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import attrs

from scorewell.api.v1 import Period
from scorewell.configuration.model import Project
from scorewell.metrics.keys import KeyMap
from scorewell.metrics.partials import Reduction
from scorewell.metrics.reduction import Reduced, reduce_rows
from scorewell.metrics.rows import ColumnPlan
from scorewell.metrics.tables import OpenTable

__all__ = ["Reducer", "Scans"]

Reducer = Callable[[ColumnPlan, Sequence[Reduction], KeyMap], Reduced]


def _anew(scans: Scans) -> Callable[[str, datetime], OpenTable]:
    return lambda name, as_of: OpenTable.scan(scans.project, name, Period(None, as_of.astimezone(UTC)))


@attrs.define(eq=False)
class Scans:
    """The tables of one moment's metrics: each is asked for once, and stays open for all that need it.

    ``anytime`` opens a table with every row there is before a moment: asked for where a table has none in any window.
    """

    project: Project
    opened: dict[str, OpenTable] = attrs.field(factory=dict)
    anytime: Callable[[str, datetime], OpenTable] = attrs.field(default=attrs.Factory(_anew, takes_self=True))
    reduce: Reducer = reduce_rows

    def open(self, name: str, period: Period) -> OpenTable:
        """The table, with the rows of the period at least. Raises ReadError where it cannot be read."""
        if name not in self.opened:
            self.opened[name] = OpenTable.scan(self.project, name, period)
        return self.opened[name]
