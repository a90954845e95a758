"""Fits that have a period: learned at the start of a month or quarter, and kept until it ends."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import attrs

from scorewell.configuration import Project
from scorewell.configuration.model import Refit
from scorewell.scoring import (
    StoredFit,
    has_statistics,
    population_of_scorecard,
    settings_of_scorecard,
    used_scorecards,
)

__all__ = ["KeptFits", "PeriodFit", "PeriodFits", "period_start", "period_starts"]


class KeptFits(Protocol):
    """Where earlier period fits are kept."""

    def period_fit(self, *, scorecard: str, as_of: datetime, settings: str) -> str | None:
        """The fit (``StoredFit.to_json``) of a scorecard from a period's start, learned with these settings."""


@attrs.frozen
class PeriodFit:
    """What was learned for the period that begins at ``as_of``; ``settings`` is the digest of all that it rests on."""

    scorecard: str
    as_of: datetime
    settings: str
    stored: StoredFit


@attrs.define
class PeriodFits:
    """The period fits of one project: those that are kept, and those that were learned since, to be kept too."""

    kept: KeptFits | None = None
    _learned: list[PeriodFit] = attrs.field(factory=list, init=False)
    _known: dict[tuple[str, datetime, str], StoredFit] = attrs.field(factory=dict)

    def find(self, project: Project, scorecard: str, start: datetime) -> StoredFit | None:
        """The scorecard's fit of the period that begins at ``start``, learned with the settings that it has now.

        Raises ScorewellError for a kept one that is damaged.
        """
        settings = _settings(project, scorecard)
        key = (scorecard, start, settings)
        if key not in self._known:
            text = None
            if self.kept is not None:
                text = self.kept.period_fit(scorecard=scorecard, as_of=start, settings=settings)
            if text is None:
                return None
            self._known[key] = StoredFit.from_json(text, f"the history's fit of {scorecard} from {start:%Y-%m-%d}")
        return self._known[key]

    def add(self, project: Project, scorecard: str, start: datetime, stored: StoredFit) -> None:
        """Remember a fit that was just learned."""
        settings = _settings(project, scorecard)
        self._known[scorecard, start, settings] = stored
        self._learned.append(PeriodFit(scorecard, start, settings, stored))

    def take_learned(self) -> tuple[PeriodFit, ...]:
        """What was learned since this was asked last, for who asks to keep it."""
        learned = tuple(self._learned)
        self._learned.clear()
        return learned


def period_starts(project: Project, as_of: datetime) -> dict[str, datetime]:
    """Since when the scorecards in use that learn by periods have learned, as of a moment."""
    starts = {
        name: period_start(as_of, project.scorecards[name].refit, project.timezone)
        for name in used_scorecards(project)
        if has_statistics(project, project.scorecards[name])
    }
    return {name: start for name, start in starts.items() if start is not None}


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


def _settings(project: Project, scorecard: str) -> str:
    """A digest of all that what is learned rests on: how values come about, and from whom."""
    learned_with = (settings_of_scorecard(project, scorecard), population_of_scorecard(project, scorecard))
    text = json.dumps(learned_with, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
