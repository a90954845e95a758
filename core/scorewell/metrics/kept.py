"""Kept tables: what several moments need of each table, read once and held in memory."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import attrs
import polars as pl

from scorewell import dialect
from scorewell.api.v1 import Period, Rejected, ScorewellError, Table
from scorewell.configuration.model import Metric, Project
from scorewell.configuration.past_windows import past_windows
from scorewell.metrics.as_of import lookups, measured_by_table
from scorewell.metrics.going_live import go_live_metric
from scorewell.metrics.keys import KeyMap
from scorewell.metrics.measuring import period_of
from scorewell.metrics.moving import LARGEST, MovingTable
from scorewell.metrics.partials import Asked, Reduction, ask_all
from scorewell.metrics.reach import columns_read
from scorewell.metrics.reduction import Reduced, reduce_rows
from scorewell.metrics.rows import ColumnPlan
from scorewell.metrics.scans import Scans
from scorewell.metrics.tables import ROW, OpenTable, moment_names

__all__ = ["KeptTables"]

_LOG = logging.getLogger("scorewell.metrics")


@attrs.define(eq=False)
class KeptTables:
    """The tables of a project as several moments need them, each read when the first of them asks for it.

    A table that cannot be read for all moments together is not kept: each asks for it by itself, and tells what there
    is to tell.
    """

    project: Project
    moments: Sequence[datetime]
    """From the earliest to the last."""
    largest: int = LARGEST
    """How many numbers may be held for each thing that is reduced (``MovingTable``)."""
    _kept: dict[str, OpenTable | None] = attrs.field(factory=dict, init=False)
    _anytime: dict[str, OpenTable | None] = attrs.field(factory=dict, init=False)
    _asked: dict[object, tuple[ColumnPlan, dict[str, Asked], dict[str, ScorewellError]]] = attrs.field(
        factory=dict, init=False
    )
    _moving: dict[str, tuple[datetime, MovingTable | None]] = attrs.field(factory=dict, init=False)

    def scans(self) -> Scans:
        """The tables for one of the moments."""
        opened = {name: table for name, table in self._kept.items() if table is not None}
        return Scans(
            self.project,
            opened=opened,
            scan=self._scan,
            scan_anytime=self._scan_anytime,
            ask=self._ask,
            reduce=self._reduce,
        )

    def _ask(
        self,
        table: OpenTable,
        as_of: datetime,
        customers: Mapping[str, pl.DataType],
        metrics: Mapping[str, Metric],
        past: Mapping[str, int],
    ) -> tuple[ColumnPlan, dict[str, Asked], dict[str, ScorewellError]]:
        """As ``ask_all``, of a kept table once only."""
        if self._kept.get(table.name) is not table:
            return ask_all(table, as_of, customers, metrics, past)
        key = (table.name, as_of, tuple(metrics), tuple(customers.items()))
        if key not in self._asked:
            self._asked[key] = ask_all(table, as_of, customers, metrics, past)
        return self._asked[key]

    def _reduce(self, plan: ColumnPlan, reductions: Sequence[Reduction], key_map: KeyMap) -> Reduced:
        table = plan.table
        if self._kept.get(table.name) is not table:
            return reduce_rows(plan, reductions, key_map)
        until, moving = self._moving.get(table.name, (None, None))
        if until is None or plan.as_of > until:
            moving = self._moved(plan)
            self._moving[table.name] = (self.moments[-1] if moving is None else moving.until, moving)
        return reduce_rows(plan, reductions, key_map) if moving is None else moving.reduce(plan, reductions, key_map)

    def _moved(self, plan: ColumnPlan) -> MovingTable | None:
        name = plan.table.name
        groups = [measured_by_table(self.project).get(name, {}), go_live_metric(self.project, name)]
        asked = [group for group in groups if group]
        left = [moment for moment in self.moments if moment >= plan.as_of]
        try:
            return MovingTable.of(plan, left, asked, past_windows(self.project), self._ask, largest=self.largest)
        except Exception as error:  # noqa: BLE001 - a row that cannot be reduced is told at the moments that see it
            _LOG.debug("%s is reduced at each moment", name, exc_info=error)
            return None

    def _scan(self, project: Project, name: str, period: Period) -> OpenTable:
        if name not in self._kept:
            self._kept[name] = self._read(name, [self._period(name, moment) for moment in self.moments])
        return self._kept[name] or OpenTable.scan(project, name, period)

    def _scan_anytime(self, project: Project, name: str, period: Period) -> OpenTable:
        if name not in self._anytime:
            periods = [Period(None, moment.astimezone(UTC)) for moment in self.moments]
            self._anytime[name] = self._read(name, periods, only=frozenset())
        return self._anytime[name] or OpenTable.scan(project, name, period)

    def _period(self, name: str, moment: datetime) -> Period:
        """The rows that a moment by itself asks for."""
        metrics = _measured(self.project, name)
        if name == self.project.customers.source or name in lookups(self.project) or not metrics:
            return Period(None, moment.astimezone(UTC))
        return period_of(self.project, name, metrics, moment)

    def _read(self, name: str, periods: Sequence[Period], only: frozenset[str] | None = None) -> OpenTable | None:
        """The table in memory for the moments' periods, with the columns of ``only`` besides keys and times; None: with
        those looked at."""
        start = periods[0].start
        try:
            table = OpenTable.scan(self.project, name, Period(start, periods[-1].end))
            if not _has_these_types_alone(self.project, table, periods):
                return None
            columns = columns_looked_at(self.project, table) if only is None else only
            frame = self._seen_by_any(table, start)
            if columns is not None:
                columns |= {ROW, *moment_names(table.meaning), *_key(table.meaning)}
                frame = frame.select(column for column in table.scanned if column in columns)
            return attrs.evolve(table, frame=frame.collect(engine="streaming").lazy(), rejected=self._rejected(table))
        except Exception:  # noqa: BLE001 - whose fault it is, and of which moment, is found out by each moment's own scan
            return None

    def _rejected(self, table: OpenTable) -> Callable[[datetime], Sequence[Rejected]]:
        """What each moment would be told by itself."""
        by_all = functools.cache(lambda: table.rejected(self.moments[-1]))

        def told(as_of: datetime) -> Sequence[Rejected]:
            if table.source.period_column is None or not by_all():
                return by_all()
            return OpenTable.scan(self.project, table.name, self._period(table.name, as_of)).rejected(as_of)

        return functools.cache(told)

    def _seen_by_any(self, table: OpenTable, start: datetime | None) -> pl.LazyFrame:
        """The rows that any of the moments may see."""
        if (
            table.time is None
            or table.is_versioned
            or any(table.scanned.get(name) == pl.String for name in moment_names(table.meaning))
        ):
            # Of text it is told which cells are no times, wherever they stand.
            return table.frame
        # In the night when a clock goes back, a later moment shows an earlier wall-clock time.
        latest = {self.moments[-1], max(self.moments, key=table.calendar.wall)}
        frame = table.frame.filter(pl.any_horizontal(table.time.before(moment) for moment in latest))
        return frame if start is None else frame.filter(table.time.since(start))


def _has_these_types_alone(project: Project, table: OpenTable, periods: Sequence[Period]) -> bool:
    """Whether the table's columns are the same where each period is asked for by itself: of files by day those of other
    moments are not opened then, and decide no type."""
    if table.source.period_column is None:
        return True
    # Where each has all that the one before has, so has the last, and a type only ever widens.
    has_all_before = periods[-1].start is None or table.source.period_column != table.meaning.time
    asked = periods[:1] if has_all_before else periods
    return all(OpenTable.scan(project, table.name, period).scanned == table.scanned for period in asked)


def columns_looked_at(project: Project, table: OpenTable) -> frozenset[str] | None:
    """The columns of the table that anything in the project looks at; None for all of them."""
    columns = set[str]()
    for name in project.tables:
        through = _through(project.table(name)[2])
        if through is not None and through[0] == table.name:
            columns.add(through[1])
    if table.name == project.customers.source:
        columns |= {*project.customers.roles.values(), *project.customers.attributes}
        columns |= dialect.names_in(project.customers.active) if project.customers.active is not None else set()
    for metric in _measured(project, table.name).values():
        read = columns_read(table.meaning, metric)
        if read is None:
            return None
        columns |= read
    return frozenset(columns)


def _key(meaning: Table) -> set[str]:
    return set() if meaning.customer is None or meaning.customer.column is None else {meaning.customer.column}


def _through(meaning: Table) -> tuple[str, str] | None:
    if meaning.customer is None or meaning.customer.through is None:
        return None
    name, _, column = meaning.customer.through.rpartition(".")
    return name, column


def _measured(project: Project, table: str) -> Mapping[str, Metric]:
    """All that is measured of a table, with what tells when customers went live."""
    return {**measured_by_table(project).get(table, {}), **go_live_metric(project, table)}
