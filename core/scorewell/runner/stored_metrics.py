"""The metric values that the history kept of a run, as a table of today's metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl

from scorewell.api.v1 import Finding, Level
from scorewell.configuration import Project
from scorewell.configuration.past_windows import past_column, past_windows
from scorewell.history import StoredRun
from scorewell.metrics import MetricsTable
from scorewell.metrics.derived import derive
from scorewell.scoring import without_overrides
from scorewell.scoring.stored import metric_definition

__all__ = ["stored_metrics"]


def stored_metrics(project: Project, frame: pl.DataFrame, run: StoredRun, then: Project | None) -> MetricsTable:
    """The metrics that ``project`` asks for, from the ``frame`` of a run that was configured as ``then``.

    A value counts where its metric was measured then as it would be now; the others have failed, with the reason, and a
    finding each. Derived metrics are computed anew. Without ``then``, whose text could not be read, whatever has a
    metric's name is taken for it.
    """
    frame = without_overrides(frame)
    stale = {name: why for name, why in run.stale.items() if name in project.metrics}
    if then is not None and then.fingerprint == project.fingerprint != "":
        return MetricsTable(frame=frame, failed=run.failed, findings=(), stale=stale)
    failed = {name: why for name, why in run.failed.items() if name in project.metrics}
    missing = dict(_not_measured(project, frame, then))
    day = run.as_of.astimezone(ZoneInfo(project.timezone))
    findings = [_finding(f"metrics.{name}", day, why) for name, why in missing.items()]
    for name, why in missing.items():
        columns = [name, *(past_column(name, k) for k in range(1, past_windows(project).get(name, 0) + 1))]
        frame = frame.with_columns(pl.lit(None, pl.Float64).alias(column) for column in columns)
        failed[name] = why
    unknown = list(_not_known(project, frame, then))
    findings += [_finding(f"customers.{name}", day, why) for name, why in unknown]
    frame = frame.with_columns(pl.lit(None, pl.Null).alias(name) for name, _ in unknown)
    formulas = {name for name, metric in project.metrics.items() if metric.sql is not None}
    given = {name: why for name, why in failed.items() if name not in formulas}
    frame, failed, strange = derive(project, frame.drop(formulas, strict=False), run.as_of, given)
    return MetricsTable(frame=frame, failed=failed, findings=(*findings, *strange), stale=stale)


def _not_measured(project: Project, frame: pl.DataFrame, then: Project | None) -> Iterator[tuple[str, str]]:
    """The measured metrics of which the frame has no value that counts, and why."""
    for name, metric in project.metrics.items():
        if metric.sql is not None:
            continue
        windows = range(1, past_windows(project).get(name, 0) + 1)
        if name not in frame.columns or (then is not None and name not in then.metrics):
            yield name, "it was not measured then"
        elif then is not None and metric_definition(then, name) != metric_definition(project, name):
            yield name, "it was measured differently then"
        elif any(past_column(name, k) not in frame.columns for k in windows):
            yield name, "its earlier windows were not measured then"


def _not_known(project: Project, frame: pl.DataFrame, then: Project | None) -> Iterator[tuple[str, str]]:
    """The roles and attributes of which the frame has no value that counts, and why."""
    roles: Mapping[str, str] = project.customers.roles
    if project.customers.go_live is not None and "go_live" in frame.columns:
        if then is not None and then.customers.go_live != project.customers.go_live:
            yield "go_live", "it was something else then"
    elif project.customers.go_live is not None:
        yield "go_live", "it was not asked for then"
    for name in (*roles, *project.customers.attributes):
        if name not in frame.columns:
            yield name, "it was not asked for then"
        elif then is not None and name in roles and then.customers.roles.get(name) != roles[name]:
            yield name, "it was another column then"


def _finding(where: str, day: datetime, why: str) -> Finding:
    return Finding(
        id="not-stored",
        level=Level.WARNING,
        where=where,
        message=f"its values of {day:%Y-%m-%d} are not in the history: {why}",
        hint="score that moment from the sources: scorewell run --as-of",
    )
