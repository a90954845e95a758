"""Which fit scores a moment: one learned from the moment itself, from the start of a period, or a stored one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import polars as pl

from scorewell.api.v1 import Finding, Level, ScorewellError
from scorewell.configuration import Project, each_score
from scorewell.discovery import Observers
from scorewell.metrics import MetricsTable
from scorewell.replay.periods import PeriodFits, period_starts
from scorewell.scoring import FittedProject, StoredFit, fit, populations, settings_of_scorecard, used_scorecards

__all__ = ["fitted_as_of"]


def fitted_as_of(
    project: Project,
    metrics: MetricsTable,
    as_of: datetime,
    *,
    versions: Mapping[str, str],
    stored: Mapping[str, StoredFit],
    periods: PeriodFits,
    measured: Callable[[datetime], MetricsTable],
    hooks: Observers,
) -> tuple[FittedProject, tuple[Finding, ...]]:
    """The fit that scores ``metrics``, which are of ``as_of`` (aware), and what is to be said of it.

    A scorecard with ``refit: monthly`` or ``quarterly`` has the fit of its period: one of ``periods``, else it learns
    from the metrics as of the period's start, which ``measured`` gives, and ``periods`` has it from then on. Models
    come from ``stored``.
    """
    known: dict[str, StoredFit] = {}
    others: dict[str, pl.DataFrame] = {}
    findings: dict[Finding, None] = {}
    starts = period_starts(project, as_of)
    tables: dict[datetime, MetricsTable | None] = {}
    for name, start in starts.items():
        found = periods.find(project, name, start)
        if found is not None:
            known[name] = found
            continue
        if start not in tables:
            tables[start], told = (metrics, ()) if start == as_of else _measured(start, measured)
            findings |= dict.fromkeys(told)
        table = tables[start]
        if table is not None:
            others[name] = table.frame
    with hooks.step("fit", project.name):
        fitted = fit(project, metrics.frame, versions, stored=stored, periods=known, populations=others)
    for name, frame in others.items():
        table = tables[starts[name]]
        if name not in fitted.failures and table is not None and not table.failed:
            periods.add(project, name, starts[name], _period_fit(project, name, starts[name], fitted, frame))
    return fitted, tuple(findings)


def _period_fit(
    project: Project, name: str, start: datetime, fitted: FittedProject, population: pl.DataFrame
) -> StoredFit:
    return StoredFit(
        project=project.name,
        scorecard=name,
        as_of=start.isoformat(),
        configuration=project.fingerprint,
        versions=dict(fitted.versions),
        customers=populations(_with_card(project, name), population)[name],
        statistics=fitted.statistics.get(name, {}),
        values=fitted.values.get(name, {}),
        settings=settings_of_scorecard(project, name),
        outcomes="",
    )


def _with_card(project: Project, name: str) -> Project:
    """The project of the score whose segments name the scorecard."""
    return next(one for _, one in each_score(project) if name in used_scorecards(one))


def _measured(
    start: datetime, measured: Callable[[datetime], MetricsTable]
) -> tuple[MetricsTable | None, tuple[Finding, ...]]:
    try:
        return measured(start), ()
    except ScorewellError as error:
        # The project began in the middle of its first period.
        return None, (
            Finding(
                id="no-customers-yet",
                level=Level.WARNING,
                where=f"{start:%Y-%m-%d}",
                message=f"nothing to learn from yet, so this run learns from itself: {error.message}",
            ),
        )
