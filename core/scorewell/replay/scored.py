"""From a moment to scores: what a run, a backfill, a comparison and an explanation all begin with. No sinks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import attrs
import polars as pl

from scorewell.api.v1 import Finding, Level, ScorewellError
from scorewell.configuration import Project
from scorewell.discovery import Observers, Plugins
from scorewell.metrics import MetricsTable, metrics_as_of
from scorewell.replay.emptiness import emptiness
from scorewell.replay.fits import stored_fits
from scorewell.replay.identity import run_id
from scorewell.replay.learning import fitted_as_of
from scorewell.replay.periods import PeriodFits, period_starts
from scorewell.replay.steps import step
from scorewell.scoring import FittedProject, StoredFit, failure_findings, isolated

__all__ = ["Scored", "in_order", "scored_as_of", "scored_from", "scored_over"]

_SEVERITY = {Level.ERROR: 0, Level.WARNING: 1, Level.NOTE: 2}


@attrs.frozen(kw_only=True, eq=False)
class Scored:
    """Everybody's scores as of a moment, and all they came from.

    ``project`` is the configuration that scored. ``scores`` is the scores frame (DESIGN: the scores frame) of every
    customer; ``fitted`` says with what failed on the way.
    """

    project: Project
    run_id: str
    as_of: datetime
    metrics: MetricsTable = attrs.field(repr=False)
    fitted: FittedProject = attrs.field(repr=False)
    scores: pl.DataFrame = attrs.field(repr=False)
    findings: tuple[Finding, ...]


def scored_as_of(
    project: Project,
    as_of: datetime,
    *,
    plugins: Plugins,
    hooks: Observers,
    periods: PeriodFits | None = None,
    fail_fast: bool = False,
) -> Scored:
    """Measure, fit and score everybody as of ``as_of`` (aware).

    ``periods`` are the period fits to use, and to add to. With ``fail_fast`` the first failure of a metric or of a
    component is raised. Raises ScorewellError where the customers cannot be read and for a damaged fit.
    """
    stored = stored_fits(project)
    metrics = metrics_as_of(project, as_of, hooks=hooks)
    if fail_fast and metrics.failed:
        name, why = min(metrics.failed.items())
        raise ScorewellError(f"metric {name}: {why}")
    return scored_from(
        project,
        metrics,
        as_of,
        plugins=plugins,
        hooks=hooks,
        periods=PeriodFits() if periods is None else periods,
        stored=stored,
        fail_fast=fail_fast,
    )


def scored_over(
    project: Project,
    moments: Sequence[datetime],
    *,
    plugins: Plugins,
    hooks: Observers,
    periods: PeriodFits | None = None,
) -> Iterator[Scored]:
    """As ``scored_as_of`` for each of the moments (aware), the earliest first, with few scans of the data.

    Raises as it does, when the moment's turn has come.
    """
    periods = PeriodFits() if periods is None else periods
    stored = stored_fits(project)
    wanted = sorted(set(moments))
    starts = {start for moment in wanted for start in _missing(project, moment, periods)}
    tables: dict[datetime, MetricsTable] = {}
    for moment, table in _measured_over(project, sorted({*wanted, *starts}), hooks):
        if moment in starts:
            tables[moment] = table
        if moment in wanted:
            yield scored_from(
                project,
                table,
                moment,
                plugins=plugins,
                hooks=hooks,
                periods=periods,
                stored=stored,
                tables=tables,
            )


def _measured_over(
    project: Project, moments: Iterable[datetime], hooks: Observers
) -> Iterator[tuple[datetime, MetricsTable]]:
    for moment in moments:
        yield moment, metrics_as_of(project, moment, hooks=hooks)


def _missing(project: Project, moment: datetime, periods: PeriodFits) -> Iterable[datetime]:
    starts = period_starts(project, moment)
    return (start for name, start in starts.items() if periods.find(project, name, start) is None)


def scored_from(
    project: Project,
    metrics: MetricsTable,
    as_of: datetime,
    *,
    plugins: Plugins,
    hooks: Observers,
    periods: PeriodFits,
    stored: dict[str, StoredFit],
    tables: dict[datetime, MetricsTable] | None = None,
    fail_fast: bool = False,
) -> Scored:
    """As ``scored_as_of``, of metrics that were measured; ``tables`` are those of other moments."""
    # What is written is the moment in the project's zone, whoever asked in which.
    local = as_of.astimezone(ZoneInfo(project.timezone))
    known = tables or {}

    def measured(moment: datetime) -> MetricsTable:
        return known[moment] if moment in known else metrics_as_of(project, moment, hooks=hooks)

    fitted, learning = fitted_as_of(
        project,
        metrics,
        as_of,
        versions=plugins.versions(),
        stored=stored,
        periods=periods,
        measured=measured,
        hooks=hooks,
    )
    with step(hooks, "score", project.name):
        fitted, scores = isolated(fitted, metrics.frame, metrics.failed, stale=metrics.stale, finite=True)
    if fail_fast:
        for found in failure_findings(fitted.failures):
            raise ScorewellError(f"{found.where}: {found.message}", hint=found.hint)
    identity = run_id(project, as_of)
    findings = (*metrics.findings, *learning, *fitted.findings(metrics.frame), *emptiness(project, metrics, scores))
    return Scored(
        project=project,
        run_id=identity,
        as_of=as_of,
        metrics=metrics,
        fitted=fitted,
        scores=_stamped(scores, local, identity),
        findings=in_order(findings),
    )


def _stamped(scores: pl.DataFrame, as_of: datetime, identity: str) -> pl.DataFrame:
    """The scores with the moment behind the stage and the run at the end."""
    moment = pl.lit(as_of).cast(pl.Datetime("us", str(as_of.tzinfo))).alias("as_of")
    before = scores.columns[: scores.columns.index("stage") + 1]
    return scores.select(*before, moment, pl.exclude(before), pl.lit(identity).alias("run_id"))


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The worst first, then by place: the order in which sources happened to answer must not show."""
    return tuple(sorted(findings, key=lambda found: (_SEVERITY[found.level], found.where, found.id, found.message)))
