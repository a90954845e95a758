"""Scans: the tables that are open while metrics are measured, and how their rows are reduced."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import attrs
import polars as pl

from scorewell.api.v1 import Period, ScorewellError
from scorewell.configuration.model import Metric, Project
from scorewell.metrics.keys import KeyMap
from scorewell.metrics.partials import Asked, Reduction, ask_all
from scorewell.metrics.reduction import Reduced, reduce_rows
from scorewell.metrics.rows import ColumnPlan
from scorewell.metrics.tables import OpenTable

__all__ = ["Asker", "Reducer", "Scans"]

Asker = Callable[
    [OpenTable, datetime, Mapping[str, pl.DataType], Mapping[str, Metric], Mapping[str, int]],
    tuple[ColumnPlan, dict[str, Asked], dict[str, ScorewellError]],
]
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
    ask: Asker = ask_all
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
