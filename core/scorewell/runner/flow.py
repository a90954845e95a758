"""One run, from the sources to the sinks."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Collection, Iterable
from datetime import UTC, datetime

import attrs
import polars as pl

from scorewell.api.v1 import Finding, Level, Receipt, ScorewellError
from scorewell.configuration import Project
from scorewell.discovery import Observers, Plugins
from scorewell.metrics import metrics_as_of
from scorewell.runner.acquaintance import plugins_for
from scorewell.runner.emptiness import emptiness
from scorewell.runner.fits import stored_fits
from scorewell.runner.learning import fitted_as_of
from scorewell.runner.result import RunResult, SinkFailure
from scorewell.runner.selection import check_segments, selected, selection_name
from scorewell.runner.steps import step
from scorewell.scoring import failure_findings, isolated

__all__ = ["run", "run_id"]

_LOG = logging.getLogger("scorewell.runner")
_SEVERITY = {Level.ERROR: 0, Level.WARNING: 1, Level.NOTE: 2}


def run(
    project: Project,
    *,
    as_of: datetime,
    segments: Collection[str] | None = None,
    customers: Collection[str] | None = None,
    dry_run: bool = False,
    plugins: Plugins | None = None,
    fail_fast: bool = False,
) -> RunResult:
    """Score every customer as of ``as_of`` (aware) and deliver the results to the project's sinks.

    ``segments`` and ``customers`` (ids or names) limit what is delivered, never the population that is fitted; sinks
    put a limited delivery beside the whole one.
    A metric whose source or component fails is marked, a normalizer or aggregator that fails is left out (the status of
    its scorecard's customers is ``error``), a sink that fails is recorded, and the rest goes on; with
    ``fail_fast`` the first failure is raised instead. ``dry_run`` does everything but deliver.

    Raises ScorewellError where nothing can be scored (the customers cannot be read), NobodySelected for an unknown
    segment or customer. ScorewellError also for a stored fit that is damaged or of other settings.
    """
    plugins = plugins_for(project, plugins)
    hooks = plugins.hooks()
    check_segments(project, segments or ())
    selection = selection_name(segments, customers)
    identity = run_id(project, as_of)
    stored = stored_fits(project)
    hooks.run_started(run=identity, customers=None)
    metrics = metrics_as_of(project, as_of, hooks=hooks)
    if fail_fast and metrics.failed:
        name, why = min(metrics.failed.items())
        raise ScorewellError(f"metric {name}: {why}")
    fitted, learning = fitted_as_of(project, metrics, as_of, versions=plugins.versions(), stored=stored, hooks=hooks)
    with step(hooks, "score", project.name):
        fitted, scores = isolated(fitted, metrics.frame, metrics.failed, stale=metrics.stale, finite=True)
    if fail_fast:
        for found in failure_findings(fitted.failures):
            raise ScorewellError(f"{found.where}: {found.message}", hint=found.hint)
    findings = (*metrics.findings, *learning, *fitted.findings(metrics.frame), *emptiness(project, metrics, scores))
    result = RunResult(
        id=identity,
        configuration=project,
        plugins=plugins,
        as_of=as_of,
        metrics=metrics,
        scores=selected(_stamped(scores, as_of, identity), segments, customers),
        fitted=fitted,
        findings=_in_order(findings),
        selection=selection,
        dry_run=dry_run,
    )
    if not dry_run:
        result = _delivered(result, hooks, fail_fast=fail_fast)
    hooks.run_finished(run=result, receipts=result.receipts)
    return result


def run_id(project: Project, as_of: datetime) -> str:
    """The hash of project, instant and configuration, 16 hexadecimal digits: the same run again has the same id."""
    # A project built in Python has no fingerprint: what its scores rest on stands in for it, wherever its data lie.
    rules = [project.customers, project.metrics, project.scorecards, project.segments, project.stages]
    rules += [project.scores] if project.scores else []
    configuration = project.fingerprint or repr(tuple(rules))
    parts = [project.name, as_of.astimezone(UTC).isoformat(), configuration]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _stamped(scores: pl.DataFrame, as_of: datetime, identity: str) -> pl.DataFrame:
    """The scores with the moment behind the stage and the run at the end."""
    moment = pl.lit(as_of).cast(pl.Datetime("us", str(as_of.tzinfo))).alias("as_of")
    before = scores.columns[: scores.columns.index("stage") + 1]
    return scores.select(*before, moment, pl.exclude(before), pl.lit(identity).alias("run_id"))


def _delivered(result: RunResult, hooks: Observers, *, fail_fast: bool) -> RunResult:
    """The result after every sink was asked once; one that fails stops none of the others."""
    receipts: list[Receipt] = []
    failures: list[SinkFailure] = []
    for position, sink in enumerate(result.configuration.sinks, 1):
        name = f"sinks.{position} ({sink.name})"
        try:
            with step(hooks, "sink", name):
                receipts.append(_receipt(sink.deliver(result)))
        except Exception as error:
            if fail_fast:
                raise
            _LOG.debug("%s failed", name, exc_info=error)
            failures.append(SinkFailure(sink=name, message=_reason(error), error=error))
    findings = _in_order((*result.findings, *(_finding(failure) for failure in failures)))
    return attrs.evolve(result, receipts=tuple(receipts), failures=tuple(failures), findings=findings)


def _receipt(returned: object) -> Receipt:
    """What ``deliver`` returned, where that is what it promises."""
    if isinstance(returned, Receipt):
        return returned
    raise ScorewellError(f"deliver returned {returned!r:.40}: expected a Receipt")


def _reason(error: Exception) -> str:
    """What a failure says of itself; an exception that is no ScorewellError has its type's name before it."""
    if isinstance(error, ScorewellError):
        return error.message
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _finding(failure: SinkFailure) -> Finding:
    hint = failure.error.hint if isinstance(failure.error, ScorewellError) else None
    return Finding(
        id="sink-failed",
        level=Level.ERROR,
        where=failure.sink,
        message=f"did not deliver: {failure.message}",
        hint=hint or "run again when the cause is gone; the same run replaces what it wrote",
    )


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The worst first, then by place: the order in which sources happened to answer must not show."""
    return tuple(sorted(findings, key=lambda found: (_SEVERITY[found.level], found.where, found.id, found.message)))
