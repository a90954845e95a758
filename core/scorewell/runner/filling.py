"""Filling the past: many moments scored from few scans of the data, and each remembered as if it had been run then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Literal

import attrs
import polars as pl

from scorewell.api.v1 import Finding, ScorewellError
from scorewell.configuration import Project
from scorewell.discovery import Observers, Plugins
from scorewell.history import History, HistoryError
from scorewell.history.outcomes import remember_outcomes
from scorewell.replay import Records, Scored, plugins_for, run_id, scored_over
from scorewell.runner.happened import happened
from scorewell.runner.last_scores import LastScores
from scorewell.runner.remembering import closing_history, opened, records_of, remember, runs_of_past
from scorewell.scoring import Past, fewest_runs, followed

__all__ = ["FilledMoment", "backfill"]


@attrs.frozen(kw_only=True)
class FilledMoment:
    """What a backfill did about one moment.

    ``state``: ``remembered``; ``there`` where the history held the same run already; ``scored`` in a dry run. Of what
    was there already nothing else is told. ``customers`` is how many there are, ``scores`` how many numbers they have;
    ``failed`` says of metrics that could not be measured why.
    """

    as_of: datetime
    run_id: str
    state: Literal["remembered", "there", "scored"]
    customers: int | None = None
    scores: int | None = None
    failed: dict[str, str] = attrs.field(factory=dict)
    findings: tuple[Finding, ...] = ()


def backfill(
    project: Project,
    moments: Sequence[datetime],
    *,
    again: bool = False,
    dry_run: bool = False,
    plugins: Plugins | None = None,
    now: datetime | None = None,
) -> Iterator[FilledMoment]:
    """Score everybody as of each of the moments (aware), the earliest first, and remember it; nothing is delivered.

    What is remembered is what ``run`` at that moment would have been, and each moment is one transaction: one that is
    interrupted is gone on with by the same call, for a moment that the history holds with the same ``run_id`` is passed
    over, unless ``again``. ``dry_run`` writes nothing. ``now`` (aware) is the clock.

    Raises ScorewellError where a moment cannot be scored, as one before the first customer; HistoryError where there is
    no history, or it cannot be read or written. The moments before are remembered.
    """
    if project.history is None:
        raise HistoryError(
            "history: none; a backfill has nowhere to put what it scores",
            hint="history: sqlite:///scorewell.db in the project's file",
        )
    plugins = plugins_for(project, plugins)
    hooks = plugins.hooks()
    wanted = sorted(set(moments))
    with closing_history(opened(project, dry_run=dry_run)) as history:
        there = set[datetime]() if again else _there(project, history, wanted)
        left = [moment for moment in wanted if moment not in there]
        scored = scored_over(
            project, left, plugins=plugins, hooks=hooks, records=(records := records_of(project, history)), now=now
        )
        last = LastScores()
        for moment in wanted:
            if moment in there:
                yield FilledMoment(as_of=moment, run_id=run_id(project, moment), state="there")
                continue
            one = _next(scored, moment)
            if not dry_run and history is not None:
                # Those before the last moment are all that the others would find.
                outcomes = happened(one.project, moment) if moment == wanted[-1] else None
                _remember(history, one, records, last, hooks, outcomes=outcomes)
            yield _filled(one, dry_run=dry_run)


def _there(project: Project, history: History | None, moments: Sequence[datetime]) -> set[datetime]:
    """The moments of which the history holds the same run, and shows it."""
    if history is None or not moments:
        return set()
    stored = {(run.as_of, run.run_id) for run in history.runs(since=moments[0], until=moments[-1])}
    return {moment for moment in moments if (moment.astimezone(UTC), run_id(project, moment)) in stored}


def _next(scored: Iterator[Scored], moment: datetime) -> Scored:
    try:
        return next(scored)
    except ScorewellError as error:
        raise type(error)(f"as of {moment.isoformat()}: {error.message}", hint=error.hint) from error


def _remember(
    history: History,
    scored: Scored,
    records: Records,
    last: LastScores,
    hooks: Observers,
    *,
    outcomes: pl.DataFrame | None,
) -> None:
    with hooks.step("history", history.place), history.writing() as writer:
        if outcomes is not None:
            remember_outcomes(writer, outcomes)
        count = fewest_runs(scored.project)
        runs = runs_of_past(writer, scored.as_of, count)
        past = attrs.evolve(Past.none(), scores=last.of(writer, runs, count)) if runs else Past.none()
        # The trend is computed when somebody looks: no history keeps it.
        found = followed(scored.scores, past, scored.project, trend=False)
        stored = remember(writer, scored, kind="backfill", periods=records.periods, found=found).stored
    # Only what was written in the end is what the next moment finds.
    if stored is not None:
        last.add(stored, found.scores)


def _filled(scored: Scored, *, dry_run: bool) -> FilledMoment:
    return FilledMoment(
        as_of=scored.as_of,
        run_id=scored.run_id,
        state="scored" if dry_run else "remembered",
        customers=scored.metrics.frame.height,
        scores=int(scored.scores.get_column("score").is_not_null().sum()),
        failed=dict(scored.metrics.failed),
        findings=scored.findings,
    )
