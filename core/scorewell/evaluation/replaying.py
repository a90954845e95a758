"""Two configurations over the same moments: what both measure alike is measured once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import attrs

from scorewell.configuration import Project, live_project
from scorewell.configuration.evolving import evolved
from scorewell.discovery import Observers, Plugins
from scorewell.history.pulses import with_recorded_pulses
from scorewell.metrics import MetricsTable
from scorewell.replay import (
    PeriodFits,
    Records,
    Scored,
    measured_over,
    period_starts,
    scored_from,
    scored_over,
    stored_fits,
)

__all__ = ["both_over"]


def both_over(
    current: Project,
    proposed: Project,
    moments: Sequence[datetime],
    *,
    records: Records,
    plugins: Plugins,
    hooks: Observers,
) -> Iterator[tuple[Scored, Scored]]:
    """Everybody's scores by both configurations at each of the moments (aware), the earliest first.

    Of ``records`` the kept period fits and who was forgotten count, for both; what people decided does not: it would
    hide what a configuration does. Raises ScorewellError as ``replay.scored_over``.
    """
    both = current, proposed
    kept = [attrs.evolve(records, periods=PeriodFits(records.periods.kept), overrides=None) for _ in both]
    if not measure_alike(current, proposed):
        one, other = (
            scored_over(project, moments, plugins=plugins, hooks=hooks, records=own)
            for project, own in zip(both, kept, strict=True)
        )
        yield from zip(one, other, strict=True)
        return
    wanted = sorted(set(moments))
    starts = {
        start
        for moment in wanted
        for project in both
        for start in period_starts(live_project(project, moment), moment).values()
    }
    tables: dict[datetime, MetricsTable] = {}
    measuring = with_recorded_pulses(_measuring_for(current, proposed))
    for moment, table in measured_over(measuring, wanted, starts, hooks):
        if moment in starts:
            tables[moment] = table
        if moment in wanted:
            first, second = (
                scored_from(
                    project,
                    table,
                    moment,
                    plugins=plugins,
                    hooks=hooks,
                    records=own,
                    stored=stored_fits(live_project(project, moment)),
                    tables=tables,
                )
                for project, own in zip(both, kept, strict=True)
            )
            yield first, second


def measure_alike(current: Project, proposed: Project) -> bool:
    """Whether both have the same customers and metrics of the same sources, so that one table serves both."""
    return all(
        getattr(current, name) == getattr(proposed, name)
        for name in ("timezone", "folder", "sources", "customers", "metrics")
    )


def _measuring_for(current: Project, proposed: Project) -> Project:
    """A project that measures what the scorecards of either look at: some look at earlier windows too."""
    theirs = {f"{name}, proposed": card for name, card in proposed.scorecards.items()}
    return evolved(current, scorecards={**current.scorecards, **theirs})
