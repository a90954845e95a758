"""A project built in Python over rows in memory, with sinks that remember or fail."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import polars as pl

from scorewell.api.v1 import (
    Column,
    Condition,
    CustomerKey,
    Period,
    ReadError,
    Receipt,
    Run,
    Sink,
    Source,
    Table,
    frozen,
    setting,
)
from scorewell.configuration import (
    Adjustment,
    Band,
    Customers,
    Dimension,
    Metric,
    Project,
    Scorecard,
    ScoredMetric,
    Segment,
    SourceTables,
)
from scorewell_standard.aggregators import WeightedAverage
from scorewell_standard.measures import Latest
from scorewell_standard.normalizers import Linear

BANDS = (Band(name="at_risk", up_to=40), Band(name="stable", up_to=70), Band(name="healthy", up_to=100))


@frozen
class Rows(Source):
    """Rows in memory; counts how often they are read."""

    name = "rows"

    frame: pl.DataFrame = setting("the rows")
    reads: list[int] = setting("grows with every read", factory=list)

    def scan(self, table: str, period: Period | None) -> pl.LazyFrame:
        # A query may be collected several times without reading again only where it was collected into memory.
        def counted(frame: pl.DataFrame) -> pl.DataFrame:
            self.reads.append(1)
            return frame

        return self.frame.lazy().map_batches(counted, schema=self.frame.schema)


@frozen
class Unreadable(Source):
    """A source that is down."""

    name = "unreadable"

    def scan(self, table: str, period: Period | None) -> pl.LazyFrame:
        raise ReadError("the server is down")


@frozen
class Remembering(Sink):
    """Keeps the runs that it was given."""

    name = "remembering"

    runs: list[Run] = setting("what was delivered", factory=list)

    def deliver(self, run: Run) -> Receipt:
        self.runs.append(run)
        return Receipt(location="memory", count=len(run.scores), what="rows")


@frozen
class Failing(Sink):
    """Raises what it is told to."""

    name = "failing"

    error: Exception = setting("what it raises")

    def deliver(self, run: Run) -> Receipt:
        raise self.error


def latest(column: str) -> Metric:
    """A metric that is a column of the customers' own row."""
    return Metric(source="crm", measure=Latest(column=Column(column)))


def scored(metric_weight: float = 1.0, **settings: Any) -> ScoredMetric:
    """A metric that counts as it is: 0 is 0 and 100 is 100."""
    return ScoredMetric(weight=metric_weight, normalizer=Linear(from_=0.0, to=100.0), **settings)


def card(**settings: Any) -> Scorecard:
    """A scorecard with the default bands; a weighted average unless it says otherwise."""
    return Scorecard(**{"aggregator": WeightedAverage(), "bands": BANDS, **settings})


def dimension(**settings: Any) -> Dimension:
    """A dimension; a weighted average unless it says otherwise."""
    return Dimension(**{"aggregator": WeightedAverage(), **settings})


def project(customers: Mapping[str, list[Any]], scorecard: Scorecard, **changes: Any) -> Project:
    """A project whose customers have the columns ``id``, maybe ``name``, and one for every metric."""
    frame = pl.DataFrame(customers)
    names = [column for column in frame.columns if column not in {"id", "name", "plan"}]
    table = Table(customer=CustomerKey(column=Column("id")))
    attributes = tuple(Column(column) for column in ("plan",) if column in frame.columns)
    made = Project(
        name="Small",
        timezone="Europe/Berlin",
        sources={"crm": SourceTables(plugin=Rows(frame=frame), tables={"": table})},
        customers=Customers(
            source="crm",
            roles={"name": Column("name")} if "name" in frame.columns else {},
            attributes=attributes,
        ),
        metrics={name: latest(name) for name in names},
        scorecards={"standard": scorecard},
        segments={"everyone": Segment(scorecard="standard")},
        folder=Path(),
    )
    return attrs.evolve(made, **changes)


def capped(when: str, at_most: float, because: str) -> Adjustment:
    """An adjustment that caps the score."""
    return Adjustment(when=Condition(when), at_most=at_most, because=because)
