"""The pulse: a section of the project that is one more metric, and the table of what people recorded themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs

from scorewell.api.v1 import (
    Column,
    Condition,
    CustomerKey,
    Period,
    ReadError,
    Source,
    Table,
    frozen,
)
from scorewell.configuration.evolving import evolved
from scorewell.configuration.model import Metric, Project, SourceTables

if TYPE_CHECKING:
    import polars as pl

__all__ = ["PULSE", "RECORDED", "Read", "RecordedPulses", "with_pulse"]

PULSE = "pulse"
"""The name of the metric, and of the section."""
RECORDED = "pulses"
"""The name of the table of recorded pulses, where no source has it."""

Read = Callable[[datetime | None, datetime | None], "pl.DataFrame"]
"""The recorded pulses from one moment to before another, each None for no limit."""


@frozen
class RecordedPulses(Source):
    """What ``scorewell pulse`` recorded in the project's history.

    The configuration only knows that there is such a table; whoever opens the history says how it is ``read``.
    """

    name = RECORDED

    read: Read | None = attrs.field(default=None, repr=False, eq=False)

    def scan(self, table: str, period: Period | None) -> pl.LazyFrame:
        """Columns customer_id, pulse (Int64), reason, note, by, time (Datetime us, UTC).

        Raises ReadError where nobody opened the history.
        """
        if self.read is None:
            raise ReadError("recorded pulses are in the history, and nobody opened it")
        start, end = (None, None) if period is None else (period.start, period.end)
        return self.read(start, end).lazy()


_MEANING = Table(customer=CustomerKey(column=Column("customer_id")), time=Column("time"))
_COLUMNS = {"column": "pulse", "reason": "reason", "note": "note", "by": "by"}


def with_pulse(project: Project, latest: Any) -> Project:
    """The project with the metric ``pulse``, and with the table of recorded pulses where its section means that.

    ``latest`` makes the measure of a column's latest value. A metric of that name that the project has stays.
    """
    pulse, sources = project.pulse, project.sources
    if pulse is None:
        return project
    are_recorded = pulse.source == RECORDED and RECORDED not in sources
    if are_recorded:
        sources = {**sources, RECORDED: SourceTables(plugin=RecordedPulses(), tables={"": _MEANING})}
        columns = {name: Column(column) for name, column in _COLUMNS.items()}
        pulse = evolved(pulse, **columns)
    made = Metric(
        source=pulse.source,
        measure=latest(column=pulse.column),
        # The scorecards' lines of recorded ones, which are 1 to 5 anyway, go on.
        where=None if are_recorded else _is_pulse(pulse.column),
        window=pulse.within,
        label=pulse.label,
        unit="of 5",
        description="What people who know the customer think, 1 to 5.",
        advice={} if pulse.advice is None else {"internal": pulse.advice},
    )
    return evolved(project, pulse=pulse, sources=sources, metrics={PULSE: made, **project.metrics})


def _is_pulse(column: Column) -> Condition:
    """A 7 of a field that goes to 10 would be more than the best: what is not 1 to 5 is no pulse."""
    name = column.replace('"', '""')
    return Condition(f'coalesce(try_cast("{name}" as double) between 1 and 5, false)')
