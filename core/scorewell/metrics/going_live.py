"""Going live: the day of each customer's first milestone of that kind, as far as it was seen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import attrs
import polars as pl

from scorewell.api.v1 import Finding, Measure, Partial, Partials, Rows, frozen
from scorewell.configuration.model import Metric, Project
from scorewell.metrics.customers import GO_LIVE, CustomerList
from scorewell.metrics.measuring import measure_table
from scorewell.metrics.moments import INSTANT
from scorewell.metrics.scans import Scans

__all__ = ["go_live_metric", "placed", "with_go_live"]


@frozen
class _FirstMoment(Measure):
    """The time of the first row, in microseconds since 1970: a number, as every measure's value."""

    name = "first_moment"

    def partials(self, rows: Rows) -> Mapping[str, Partial]:
        return {"first": Partial("min", rows.time)}

    def finish(self, partials: Partials) -> pl.Expr:
        return partials["first"].dt.epoch("us").cast(pl.Float64)


def go_live_metric(project: Project, table: str) -> dict[str, Metric]:
    """What is to be measured of ``table`` to know when customers went live; nothing of other tables."""
    told = project.customers.go_live
    if told is None or told.source != table:
        return {}
    return {GO_LIVE: Metric(source=table, measure=_FirstMoment(), where=told.where)}


def with_go_live(
    project: Project, customers: CustomerList, as_of: datetime, scans: Scans
) -> tuple[CustomerList, dict[str, str]]:
    """The customers with the local day on which each went live, null for the others; and why that is not known.

    Without events that tell it, the customers as they are.
    """
    told = project.customers.go_live
    if told is None:
        return customers, {}
    measured = measure_table(project, told.source, go_live_metric(project, told.source), customers, as_of, scans=scans)
    day: pl.Expr = pl.lit(None, pl.Date)
    if GO_LIVE in measured.frame.columns:
        moment = measured.frame.get_column(GO_LIVE).cast(pl.Int64).cast(INSTANT)
        day = pl.lit(moment).dt.convert_time_zone(project.timezone).dt.date()
    findings = tuple(placed(each) for each in measured.findings)
    frame = customers.frame.with_columns(day.alias(GO_LIVE))
    return attrs.evolve(customers, frame=frame, findings=(*customers.findings, *findings)), dict(measured.failed)


def placed(finding: Finding) -> Finding:
    """The finding where the user wrote it: it is measured like a metric and is none."""
    inside = "metrics.go_live"
    return attrs.evolve(
        finding,
        where="customers.go_live" if finding.where == inside else finding.where,
        message=finding.message.replace(inside, "customers.go_live"),
    )
