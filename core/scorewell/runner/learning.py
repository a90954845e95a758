"""What a run learns from, and what it remembers: its own moment, the start of a period, or a stored fit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl

from scorewell.api.v1 import Finding, Level, ScorewellError
from scorewell.configuration import Project
from scorewell.configuration.model import Refit
from scorewell.discovery import Observers
from scorewell.metrics import MetricsTable, metrics_as_of
from scorewell.runner.steps import step
from scorewell.scoring import FittedProject, StoredFit, fit, has_statistics, used_scorecards

__all__ = ["fitted_as_of", "period_start"]


def fitted_as_of(
    project: Project,
    metrics: MetricsTable,
    as_of: datetime,
    *,
    versions: Mapping[str, str],
    stored: Mapping[str, StoredFit],
    hooks: Observers,
) -> tuple[FittedProject, tuple[Finding, ...]]:
    """The fit that scores ``metrics``, which are of ``as_of`` (aware), and what is to be said of it.

    A scorecard with ``refit: monthly`` or ``quarterly`` learns from the metrics as of its period's start: where one
    compares customers at all, they are measured once more. Models come from ``stored``.
    """
    populations: dict[str, pl.DataFrame] = {}
    findings: dict[Finding, None] = {}
    measured: dict[datetime, pl.DataFrame | None] = {as_of: None}
    for name in used_scorecards(project):
        card = project.scorecards[name]
        start = period_start(as_of, card.refit, project.timezone)
        if start is None or not has_statistics(project, card):
            continue
        if start not in measured:
            measured[start], told = _measured(project, start, hooks)
            findings |= dict.fromkeys(told)
        population = measured[start]
        if population is not None:
            populations[name] = population
    with step(hooks, "fit", project.name):
        return fit(project, metrics.frame, versions, stored=stored, populations=populations), tuple(findings)


def period_start(as_of: datetime, refit: Refit, timezone: str) -> datetime | None:
    """The local midnight that begins the month or quarter of ``as_of``; None where nothing is learned by periods."""
    months = {"monthly": 1, "quarterly": 3}.get(refit)
    if months is None:
        return None
    zone = ZoneInfo(timezone)
    local = as_of.astimezone(zone)
    start = datetime(local.year, local.month - (local.month - 1) % months, 1, tzinfo=zone)
    # By way of UTC: where the clocks skip this midnight, the instant has another wall clock.
    return start.astimezone(ZoneInfo("UTC")).astimezone(zone)


def _measured(project: Project, start: datetime, hooks: Observers) -> tuple[pl.DataFrame | None, tuple[Finding, ...]]:
    try:
        return metrics_as_of(project, start, hooks=hooks).frame, ()
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
