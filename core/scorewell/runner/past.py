"""The past that reports show, read from the history when pages are made."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import polars as pl

from scorewell.api.v1 import Finding, Level, ScorewellError
from scorewell.configuration import Project
from scorewell.discovery import Plugins
from scorewell.history import StoredRun
from scorewell.history.overrides import overrides
from scorewell.history.reading import Reads
from scorewell.metrics import actions_as_of, pulses_as_of
from scorewell.reporting import Past
from scorewell.runner.remembering import RecentScores
from scorewell.runner.sides import stored_side
from scorewell.scoring import PAST_SCORES, Side, changes, override_words

__all__ = ["changes_since_run_before", "past_of_reports", "said_without_a_past"]

_LOG = logging.getLogger("scorewell.runner")
_YEARS = timedelta(days=731)
_INSTANT = pl.Datetime("us", "UTC")


def past_of_reports(history: Reads, project: Project, as_of: datetime, recent: RecentScores) -> Past:
    """What the history knows of the two years before a moment (aware), what people said of customers, and did.

    ``recent`` is what was read of it already.
    """
    done, findings = _actions(project, as_of)
    runs = history.runs(since=as_of - _YEARS, until=as_of - timedelta(microseconds=1))
    return Past(
        scores=recent.of(history, runs).cast(PAST_SCORES) if runs else None,
        overrides=_overrides(history, as_of, runs),
        pulses=_pulses(project, as_of),
        actions=done,
        findings=findings,
        metrics=lambda: _metrics(history, runs),
    )


def said_without_a_past(project: Project, as_of: datetime) -> Past | None:
    """What people said of customers, in a project that keeps no history; None where nobody is asked."""
    pulses = _pulses(project, as_of)
    return None if pulses is None else Past(pulses=pulses)


def changes_since_run_before(
    history: Reads, project: Project, as_of: datetime, now: Side, plugins: Plugins
) -> pl.DataFrame | None:
    """Why scores changed since the last run before a moment (aware); None without one, or where it cannot be scored
    again: its metric values were pruned, or this version no longer reads what it was configured with."""
    run = history.run_before(as_of)
    if run is None:
        return None
    try:
        return changes(stored_side(project, history, run, plugins), now)
    except ScorewellError as error:
        _LOG.debug("no causes of changes in reports", exc_info=error)
        return None


def _metrics(history: Reads, runs: Iterable[StoredRun]) -> Iterable[tuple[datetime, pl.DataFrame]]:
    for run in runs:
        if "metrics" not in run.pruned:
            yield run.as_of, history.metrics(run)


def _pulses(project: Project, as_of: datetime) -> pl.DataFrame | None:
    """What people said; nothing where that cannot be read, which the metric has told."""
    if project.pulse is None:
        return None
    try:
        return pulses_as_of(project, as_of)
    except ScorewellError as error:
        _LOG.debug("no pulses in reports", exc_info=error)
        return None


def _actions(project: Project, as_of: datetime) -> tuple[pl.DataFrame | None, tuple[Finding, ...]]:
    """What was done for customers. No score rests on it, so a run reads it here alone, and tells of it here."""
    if project.actions is None:
        return None, ()
    try:
        found = actions_as_of(project, as_of)
    except ScorewellError as error:
        unread = Finding(
            id="actions-unread",
            level=Level.WARNING,
            where="actions",
            message=f"not on any timeline: {error.message}",
            hint=error.hint,
        )
        return None, (unread,)
    return found.frame, found.findings


def _overrides(history: Reads, as_of: datetime, runs: Sequence[StoredRun]) -> pl.DataFrame:
    """The decisions that were recorded by a moment (aware), in words, and of later ones those that a score of ``runs``,
    or of the moment itself, rests on. That one is withdrawn later nobody knew."""
    rows = [
        (
            each.customer_id,
            each.score_name,
            override_words(each.kind, each.value, each.band),
            each.because,
            each.author,
            each.begins,
            each.until
            if each.withdrawn_at is None or each.withdrawn_at > as_of
            else min(each.until, each.withdrawn_at),
        )
        for each in overrides(history)
        if each.recorded_at <= as_of
        or each.counts_at(as_of)
        or any(each.counts_at(run.as_of) and each.recorded_at <= run.recorded_at for run in runs)
    ]
    texts = dict.fromkeys(("customer_id", "score_name", "what", "reason", "author"), pl.String)
    return pl.DataFrame(rows, schema={**texts, "begins": _INSTANT, "ends": _INSTANT}, orient="row")
