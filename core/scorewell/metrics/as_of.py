"""The metrics table: everything that is measured, one row a customer, as of a moment."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime

import attrs
import polars as pl

from scorewell.api.v1 import Finding, Period, ScorewellError
from scorewell.configuration.model import Metric, Project
from scorewell.configuration.past_windows import past_columns
from scorewell.discovery import Observers
from scorewell.metrics.customers import ACTIVE, list_customers
from scorewell.metrics.derived import derive, resting_on
from scorewell.metrics.going_live import with_go_live
from scorewell.metrics.hindsight import as_known_today
from scorewell.metrics.keys import CUSTOMER
from scorewell.metrics.measuring import measure_table
from scorewell.metrics.places import in_project, told_at_customers, told_in_project
from scorewell.metrics.scans import Scans

__all__ = [
    "MetricsTable",
    "lookups",
    "measured_by_table",
    "measured_from",
    "metrics_as_of",
    "require_aware",
]


@attrs.frozen(eq=False)
class MetricsTable:
    """``frame`` is sorted by ``customer_id`` (String), then has the roles and attributes that the project names, the
    metrics by name (Float64, finite or null, or String for categories), those earlier windows of metrics that
    normalizers look at (``past_column``), and ``@active`` (Boolean, never null).

    ``failed`` says of each metric whose source or component failed why; its column is all null. ``stale`` says of each
    metric that rests on a table that is not fresh why. ``as_known_today`` says of each metric, role and attribute that
    cannot be seen as of a past moment which table says only what it is today, whatever the moment.
    """

    frame: pl.DataFrame
    failed: Mapping[str, str]
    findings: tuple[Finding, ...]
    stale: Mapping[str, str] = attrs.field(factory=dict)
    as_known_today: Mapping[str, str] = attrs.field(factory=dict)


def metrics_as_of(project: Project, as_of: datetime, *, hooks: Observers | None = None) -> MetricsTable:
    """Measure all metrics of the project as they were known at ``as_of``, an aware moment.

    Every table is scanned once. The same rows in any order, and any row or cell from ``as_of`` on, give the same table
    to the byte. Raises ScorewellError where the customers cannot be listed; other failures are in ``failed``.
    """
    require_aware(as_of)
    return measured_from(Scans(project), as_of, hooks=hooks)


def measured_from(scans: Scans, as_of: datetime, *, hooks: Observers | None = None) -> MetricsTable:
    """As ``metrics_as_of``, of the tables that are open already, and of the others."""
    hooks = hooks or Observers(())
    project, everything = scans.project, Period(None, as_of.astimezone(UTC))
    # Metrics may be measured from the customers' table too: that is another step.
    with told_at_customers(project), hooks.step("source", project.customers.source):
        customers = list_customers(project, scans.open(project.customers.source, everything), as_of)
    for name in lookups(project):
        # A key may be older than any window. A lookup that cannot be read is told by the tables that need it.
        with suppress(ScorewellError):
            scans.open(name, everything)
    customers, failed = with_go_live(project, customers, as_of, scans)
    frame, findings = customers.frame, list(customers.findings)
    stale = dict[str, str]()
    for table, metrics in measured_by_table(project).items():
        with hooks.step("table", table) as step:
            measured = measure_table(project, table, metrics, customers, as_of, scans=scans)
            if len(measured.failed) == len(metrics):
                step.error = ScorewellError(next(iter(measured.failed.values())))
        failed |= measured.failed
        stale |= measured.stale
        findings += measured.findings
        # Both sides are in the order of the customers.
        frame = frame.hstack(measured.frame.drop(CUSTOMER).get_columns())
        frame = frame.with_columns(pl.lit(None, pl.Float64).alias(name) for name in measured.failed)
    past = past_columns(project)
    frame = frame.with_columns(pl.lit(None, pl.Float64).alias(name) for name in past if name not in frame.columns)
    frame, failed, derived = derive(project, frame, as_of, failed)
    described = [name for name in customers.frame.columns if name not in (CUSTOMER, ACTIVE)]
    return MetricsTable(
        frame=frame.select(CUSTOMER, *described, *sorted(project.metrics), *past, ACTIVE),
        failed={name: in_project(project.folder, failed[name]) for name in sorted(failed)},
        findings=tuple(told_in_project(project.folder, each) for each in dict.fromkeys((*findings, *derived))),
        stale={name: in_project(project.folder, why) for name, why in sorted(resting_on(project, stale).items())},
        as_known_today=as_known_today(project),
    )


def require_aware(as_of: datetime) -> None:
    """Raise ScorewellError for a moment without a zone: it could be any of a day's."""
    if as_of.tzinfo is None:
        raise ScorewellError(
            f"as_of {as_of.isoformat()} has no time zone: expected an instant, as in {as_of.isoformat()}+00:00"
        )


def measured_by_table(project: Project) -> dict[str, dict[str, Metric]]:
    """The metrics that are measured, by the table they are measured from, in the project's order."""
    tables: dict[str, dict[str, Metric]] = {}
    for name, metric in project.metrics.items():
        if metric.measure is not None and metric.source is not None:
            tables.setdefault(metric.source, {})[name] = metric
    return tables


def lookups(project: Project) -> tuple[str, ...]:
    """The tables that others find their customers through."""
    names = []
    for table in project.tables:
        _, _, meaning = project.table(table)
        if meaning.customer is not None and meaning.customer.through is not None:
            names.append(meaning.customer.through.rpartition(".")[0])
    return tuple(name for name in dict.fromkeys(names) if name in project.tables)
