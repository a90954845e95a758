"""A comparison of two configurations, with what the current project remembers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from scorewell import evaluation
from scorewell.discovery import Plugins
from scorewell.evaluation import Comparison, Configuration
from scorewell.history.projects import history_if_kept
from scorewell.runner.remembering import records_of

__all__ = ["compare"]


def compare(
    current: Configuration,
    proposed: Configuration,
    moments: Sequence[datetime],
    *,
    value: str | None = None,
    now: datetime | None = None,
    plugins: Plugins | None = None,
) -> Comparison:
    """As ``evaluation.compare``: with the period fits that the history of ``current`` keeps, and without those whom it
    forgot. Nothing is written. Raises HistoryError where the history cannot be read."""
    with history_if_kept(current.project) as history:
        records = records_of(current.project, history)
        return evaluation.compare(current, proposed, moments, value=value, records=records, now=now, plugins=plugins)
