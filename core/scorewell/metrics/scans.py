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
Scan = Callable[[Project, str, Period], OpenTable]


@attrs.define(eq=False)
class Scans:
    """The tables of one moment's metrics: each is asked for once, and stays open for all that need it.

    ``scan`` and ``scan_anytime`` open a table, the latter one that is needed for nothing but when there were rows.
    """

    project: Project
    scan: Scan = OpenTable.scan
    scan_anytime: Scan = OpenTable.scan
    reduce: Reducer = reduce_rows
    opened: dict[str, OpenTable] = attrs.field(factory=dict)

    def open(self, name: str, period: Period) -> OpenTable:
        """The table, with the rows of the period at least. Raises ReadError where it cannot be read."""
        if name not in self.opened:
            self.opened[name] = self.scan(self.project, name, period)
        return self.opened[name]

    def anytime(self, name: str, as_of: datetime) -> OpenTable:
        """The table, with every row before ``as_of``. Raises ReadError where it cannot be read."""
        return self.scan_anytime(self.project, name, Period(None, as_of.astimezone(UTC)))
