"""One run, from the sources to the history and the sinks."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime

import attrs
from polars.exceptions import PanicException

from scorewell.api.v1 import Finding, Level, Receipt, ScorewellError
from scorewell.configuration import Project
from scorewell.discovery import Observers, Plugins
from scorewell.history import History
from scorewell.history.outcomes import remember_outcomes
from scorewell.history.projects import history_if_kept
from scorewell.messages import why
from scorewell.replay import Records, Scored, in_order, plugins_for, run_id, scored_as_of
from scorewell.runner.happened import happened
from scorewell.runner.remembering import (
    RecentScores,
    Remembered,
    records_of,
    remember,
    remember_receipts,
    seen_with_past,
)
from scorewell.runner.result import RunResult, SinkFailure
from scorewell.runner.selection import check_customers, check_segments, selected, selection_name

__all__ = ["run"]

_LOG = logging.getLogger("scorewell.runner")


def run(
    project: Project,
    *,
    as_of: datetime,
    segments: Collection[str] | None = None,
    customers: Collection[str] | None = None,
    dry_run: bool = False,
    plugins: Plugins | None = None,
    now: datetime | None = None,
) -> RunResult:
    """Score every customer as of ``as_of`` (aware), remember it in the project's history, then deliver to its sinks.

    ``segments`` and ``customers`` (ids or names) limit what is delivered, never the population that is fitted; sinks
    put a limited delivery beside the whole one.
    A metric whose source or component fails is marked, a normalizer or aggregator that fails is left out (the status of
    its scorecard's customers is ``error``), a sink that fails is recorded, and the rest goes on.
    ``dry_run`` reads the history and does everything but write and deliver. ``now`` (aware) is the clock: of a moment
    before today, findings then tell which tables do not know what they held.

    Raises ScorewellError where nothing can be scored (the customers cannot be read), NobodySelected for an unknown
    segment or customer. ScorewellError also for a stored fit that is damaged or of other settings, HistoryError where
    the history cannot be read or written: then nothing was delivered.
    """
    plugins = plugins_for(project, plugins)
    hooks = plugins.hooks()
    check_segments(project, segments or ())
    selection = selection_name(segments, customers)
    hooks.run_started(run=run_id(project, as_of))
    with history_if_kept(project, create=not dry_run) as history:
        records = records_of(project, history)
        scored = scored_as_of(
            project,
            as_of,
            plugins=plugins,
            hooks=hooks,
            records=records,
            now=now,
        )
        check_customers(scored.scores, customers or ())  # what ends as a mistake of the command keeps nothing
        recent = RecentScores()
        remembered = _remembered(scored, history, records, recent, hooks, dry_run=dry_run)
        result = RunResult(
            id=scored.run_id,
            configuration=scored.project,
            written=project,
            plugins=plugins,
            as_of=as_of,
            metrics=scored.metrics,
            scores=selected(remembered.scores, segments, customers),
            everyone=remembered.scores,
            transitions=remembered.transitions,
            fitted=scored.fitted,
            shadows=scored.shadows,
            findings=scored.findings,
            selection=selection,
            dry_run=dry_run,
            history=history,
            recent=recent,
        )
        if not dry_run:
            result, receipts = _delivered(result, hooks)
            if history is not None and remembered.stored is not None:
                failures = [(failure.sink, failure.message) for failure in result.failures]
                remember_receipts(history, remembered.stored, receipts, failures)
    hooks.run_finished(run=result, receipts=result.receipts)
    return result


def _remembered(
    scored: Scored,
    history: History | None,
    records: Records,
    recent: RecentScores,
    hooks: Observers,
    *,
    dry_run: bool,
) -> Remembered:
    if scored.project.history is None:
        return Remembered(scores=scored.scores)
    if dry_run or history is None:
        return seen_with_past(history, scored, recent)
    outcomes = happened(scored.project, scored.as_of)
    with hooks.step("history", history.place), history.writing() as writer:
        if outcomes is not None:
            remember_outcomes(writer, outcomes)
        return remember(writer, scored, kind="run", learned=records.periods.take_learned(), recent=recent)


def _delivered(result: RunResult, hooks: Observers) -> tuple[RunResult, tuple[tuple[str, Receipt], ...]]:
    """The result after every sink was asked once, and who answered what; one that fails stops none of the others."""
    receipts: list[tuple[str, Receipt]] = []
    failures: list[SinkFailure] = []
    for position, sink in enumerate(result.configuration.sinks, 1):
        name = f"sinks.{position} ({sink.name})"
        try:
            with hooks.step("sink", name):
                receipts.append((name, _receipt(sink.deliver(result))))
        # A vendor's client that gives up by leaving Python, or panics, takes down no other sink either.
        except (Exception, SystemExit, PanicException) as error:  # noqa: BLE001 - recorded, and told as a finding
            _LOG.debug("%s failed", name, exc_info=error)
            failures.append(SinkFailure(sink=name, message=why(error), error=error))
    findings = in_order((*result.findings, *(_finding(failure) for failure in failures)))
    told = tuple(receipt for _, receipt in receipts)
    return attrs.evolve(result, receipts=told, failures=tuple(failures), findings=findings), tuple(receipts)


def _receipt(returned: object) -> Receipt:
    """What ``deliver`` returned, where that is what it promises."""
    if isinstance(returned, Receipt):
        return returned
    raise ScorewellError(
        f"deliver returned {returned!r:.40}: expected a Receipt",
        hint="this is a mistake in the sink: tell its authors, or configure another",
    )


def _finding(failure: SinkFailure) -> Finding:
    hint = failure.error.hint if isinstance(failure.error, ScorewellError) else None
    return Finding(
        id="sink-failed",
        level=Level.ERROR,
        where=failure.sink,
        message=f"did not deliver: {failure.message}",
        hint=hint or "run again when the cause is gone; the same run replaces what it wrote",
    )
