"""Filling the past: many moments scored from few scans of the data, and each remembered as if it had been run then.

Two threads share the work. The caller's scores moment after moment and gathers some of them into a batch. A second one
writes a batch into the history, in one transaction, while the caller's makes the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Literal

import attrs
import polars as pl

from scorewell.api.v1 import Finding, ScorewellError
from scorewell.configuration import Project
from scorewell.discovery import Observers, Plugins
from scorewell.history import History, HistoryError, Writer
from scorewell.history.outcomes import remember_outcomes
from scorewell.history.projects import history_if_kept
from scorewell.replay import PeriodFit, Scored, plugins_for, run_id, scored_over
from scorewell.runner.happened import happened
from scorewell.runner.last_scores import LastScores
from scorewell.runner.remembering import records_of, remember, runs_of_past
from scorewell.scoring import Past, fewest_runs, followed

__all__ = ["FilledMoment", "backfill"]

_MOMENTS_AT_ONCE = 8
"""How many moments a batch has at most. Every transaction makes a database write most of an index anew, so few large
ones are faster than many small ones."""
_ROWS_AT_ONCE = 200_000
"""With how many scores a batch is full, however few its moments are. They wait in memory, and as long as they are
written no other program can write to the history."""


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

    What is remembered is what ``run`` would have remembered at that moment. A moment is only told once it is kept: up
    to eight in a row are one transaction, which is written while the next ones are scored. Where a backfill was
    interrupted, the same call goes on, because a moment that the history holds with the same ``run_id`` is passed over,
    unless ``again``. ``dry_run`` writes nothing. ``now`` (aware) is the clock.

    Raises ScorewellError where a moment cannot be scored, as one before the first customer; HistoryError where there is
    no history, or it cannot be read or written. The moments before are remembered.
    """
    if project.history is None:
        raise HistoryError(
            "history: none, but a backfill stores its scores in the history",
            hint="history: sqlite:///scorewell.db in the project's file",
        )
    plugins = plugins_for(project, plugins)
    hooks = plugins.hooks()
    wanted = sorted(set(moments))
    with history_if_kept(project, create=not dry_run) as history:
        there = set[datetime]() if again else _there(project, history, wanted)
        left = [moment for moment in wanted if moment not in there]
        records = records_of(project, history)
        scored = scored_over(project, left, plugins=plugins, hooks=hooks, records=records, now=now)

        def each() -> Iterator[FilledMoment | _Unwritten]:
            for moment in wanted:
                if moment in there:
                    yield FilledMoment(as_of=moment, run_id=run_id(project, moment), state="there")
                    continue
                one = _next(scored, moment)
                # Read once: what happened before the last moment includes what happened before the earlier ones.
                outcomes = happened(one.project, moment) if moment == wanted[-1] and not dry_run else None
                yield _Unwritten(scored=one, learned=records.periods.take_learned(), outcomes=outcomes)

        if history is None or dry_run:
            yield from (one if isinstance(one, FilledMoment) else _filled(one.scored, "scored") for one in each())
        else:
            yield from _one_behind(_Filling(history, hooks).remembered, _batches(each()))


@attrs.frozen(kw_only=True, eq=False)
class _Unwritten:
    """A moment that is to be remembered, with the period fits and the outcomes (None: not asked) that it found out."""

    scored: Scored
    learned: tuple[PeriodFit, ...]
    outcomes: pl.DataFrame | None


_Batch = list[FilledMoment | _Unwritten]


def _batches(moments: Iterable[FilledMoment | _Unwritten]) -> Iterator[_Batch]:
    """The moments, as many together as are one transaction. Where one fails, those before it are a batch, then it is
    raised."""
    batch: _Batch = []
    rows = 0
    try:
        for one in moments:
            batch.append(one)
            rows += one.scored.scores.height if isinstance(one, _Unwritten) else 0
            if len(batch) >= _MOMENTS_AT_ONCE or rows >= _ROWS_AT_ONCE:
                yield batch
                batch, rows = [], 0
    except ScorewellError:
        yield batch
        raise
    yield batch


def _one_behind(write: Callable[[_Batch], list[FilledMoment]], batches: Iterator[_Batch]) -> Iterator[FilledMoment]:
    """What ``write`` gives for each batch. It runs in a thread of its own, while the next batch is made here.

    A batch that was made before another fails is still written and told; then the error is raised.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="history") as beside:
        under_way: Future[list[FilledMoment]] | None = None
        try:
            for batch in batches:
                if under_way is not None:
                    yield from under_way.result()
                under_way = beside.submit(write, batch)
        except ScorewellError:
            if under_way is not None:
                yield from under_way.result()
            raise
        if under_way is not None:
            yield from under_way.result()


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
        # The same error, for its class says more than its message: which file and line, which exit code.
        error.message = f"as of {moment.isoformat()}: {error.message}"
        raise


@attrs.define
class _Filling:
    """Writes batches into a history. Carries the last scores along, so that no moment reads them from the history."""

    history: History
    hooks: Observers
    _last: LastScores = attrs.field(factory=LastScores, init=False)

    def remembered(self, batch: _Batch) -> list[FilledMoment]:
        """Write the whole batch, or nothing of it."""
        if any(isinstance(one, _Unwritten) for one in batch):
            with self.hooks.step("history", self.history.place), self.history.writing() as writer:
                for one in batch:
                    if isinstance(one, _Unwritten):
                        self._remember(writer, one)
        return [one if isinstance(one, FilledMoment) else _filled(one.scored, "remembered") for one in batch]

    def _remember(self, writer: Writer, one: _Unwritten) -> None:
        if one.outcomes is not None:
            remember_outcomes(writer, one.outcomes)
        scored = one.scored
        count = fewest_runs(scored.project)
        runs = runs_of_past(writer, scored.as_of, count)
        past = attrs.evolve(Past.none(), scores=self._last.of(writer, runs, count)) if runs else Past.none()
        # Without the trend: no history keeps it, a run or a report computes it from the scores.
        found = followed(scored.scores, past, scored.project, trend=False)
        stored = remember(writer, scored, kind="backfill", learned=one.learned, found=found).stored
        if stored is not None:
            self._last.add(stored, found.scores)


def _filled(scored: Scored, state: Literal["remembered", "scored"]) -> FilledMoment:
    return FilledMoment(
        as_of=scored.as_of,
        run_id=scored.run_id,
        state=state,
        customers=scored.metrics.frame.height,
        scores=int(scored.scores.get_column("score").is_not_null().sum()),
        failed=dict(scored.metrics.failed),
        findings=scored.findings,
    )
