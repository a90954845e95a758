"""Overrides held against what happened: what was computed, what a person decided instead, and who was right."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime

import attrs
import polars as pl

from scorewell.api.v1 import ScorewellError
from scorewell.configuration import Project, live_project, score_name
from scorewell.history import History, HistoryError, StoredRun
from scorewell.history.overrides import StoredOverride, overrides
from scorewell.history.projects import found_history
from scorewell.runner.happened import outcomes_in_words
from scorewell.runner.sides import configuration_of
from scorewell.scoring import FittedProject, without_overrides
from scorewell.scoring.roll_up import rolls_up

__all__ = ["JudgedOverride", "judge_overrides"]

_LOG = logging.getLogger("scorewell.runner")


@attrs.frozen(kw_only=True)
class JudgedOverride:
    """An override, and the first ``outcome`` of its customer since it began.

    ``as_of`` is the first moment that was scored under it, ``score`` and ``band`` what was shown then, and
    ``computed_score`` and ``computed_band`` what it would have been without it; None where the history does not know.
    """

    override: StoredOverride
    as_of: datetime | None
    computed_score: float | None
    computed_band: str | None
    score: float | None
    band: str | None
    outcome: str
    happened_at: datetime


def judge_overrides(project: Project, *, now: datetime) -> tuple[JudgedOverride, ...]:
    """The overrides whose customer has had an outcome since, in the order in which they were made.

    ``now`` (aware) is until when outcomes are looked at. Those that were withdrawn before they began are left out.
    Raises OutcomesUnsaid where the project says nothing of dated outcomes, ScorewellError where they cannot be read,
    and HistoryError.
    """
    outcomes = outcomes_in_words(project, now)
    with found_history(project) as history:
        return () if history is None else tuple(_all(project, history, outcomes))


def _all(project: Project, history: History, outcomes: pl.DataFrame) -> Iterator[JudgedOverride]:
    for each in overrides(history):
        if each.withdrawn_at is not None and each.withdrawn_at <= each.begins:
            continue
        since = outcomes.filter(pl.col("customer_id") == each.customer_id, pl.col("happened_at") >= each.begins)
        if since.height:
            happened = since.sort("happened_at").row(0, named=True)
            yield _judged(project, history, each, happened["outcome"], happened["happened_at"])


def _judged(
    project: Project, history: History, override: StoredOverride, outcome: str, happened_at: datetime
) -> JudgedOverride:
    end = override.until if override.withdrawn_at is None else min(override.until, override.withdrawn_at)
    rows = history.scores_of(override.customer_id, score_name=override.score_name, until=end)
    under = rows.filter((pl.col("as_of") >= override.begins) & (pl.col("as_of") < end)).sort("as_of")
    first = under.row(0, named=True) if under.height else None
    computed = None if first is None else _computed(project, history, first["as_of"], override)
    return JudgedOverride(
        override=override,
        as_of=None if first is None else first["as_of"],
        computed_score=None if computed is None else computed[0],
        computed_band=None if computed is None else computed[1],
        score=None if first is None else first["score"],
        band=None if first is None else first["band"],
        outcome=outcome,
        happened_at=happened_at,
    )


def _computed(
    project: Project, history: History, as_of: datetime, override: StoredOverride
) -> tuple[float | None, str | None] | None:
    """Score and band of the customer at a stored moment, computed again without what people decided."""
    run = history.run_at(as_of)
    try:
        return None if run is None else _without(project, history, run, override)
    except ScorewellError as error:
        # Pruned, or written by a configuration that nobody can read any more.
        _LOG.debug("an override cannot be judged", exc_info=error)
        return None


def _without(
    project: Project, history: History, run: StoredRun, override: StoredOverride
) -> tuple[float | None, str | None] | None:
    then = live_project(configuration_of(project, history, run), run.as_of)
    fitted = FittedProject.from_json(then, history.fit(run))
    one = next((each for each in fitted.each_score() if score_name(each.project) == override.score_name), None)
    if one is None:
        raise HistoryError(f"there was no score {override.score_name!r} then")
    # A parent's score comes from its children: then everybody is scored.
    alone = not any(rolls_up(one.project.scorecards[name]) for name in one.used)
    metrics = without_overrides(history.metrics(run, [override.customer_id] if alone else None))
    scores = one.score(metrics.lazy(), run.failed, stale=run.stale, finite=True).collect()
    own = scores.filter(pl.col("customer_id") == override.customer_id).select("score", "band")
    return own.row(0) if own.height else None
