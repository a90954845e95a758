"""Filling the past: many moments scored from few scans of the data, and each remembered as if it had been run then."""

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
"""How many moments are one transaction: in each, a database writes most of an index anew."""
_ROWS_AT_ONCE = 200_000
"""With as many scores it is full before: they wait in memory, and others wait for a writer."""


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

    What is remembered is what ``run`` at that moment would have been. Some moments in a row are one transaction, which
    is under way while the next are scored; what is told is kept. One that is interrupted is gone on with by the same
    call, for a moment that the history holds with the same ``run_id`` is passed over, unless ``again``. ``dry_run``
    writes nothing. ``now`` (aware) is the clock.

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
                # Those before the last moment are all that the others would find.
                outcomes = happened(one.project, moment) if moment == wanted[-1] and not dry_run else None
                yield _Unwritten(scored=one, learned=records.periods.take_learned(), outcomes=outcomes)

        if history is None or dry_run:
            yield from (one if isinstance(one, FilledMoment) else _filled(one.scored, "scored") for one in each())
        else:
            yield from _one_behind(_Filling(history, hooks).remembered, _some_at_once(each()))


@attrs.frozen(kw_only=True, eq=False)
class _Unwritten:
    """A moment that is to be remembered, with the period fits and the outcomes (None: not asked) that it found out."""

    scored: Scored
    learned: tuple[PeriodFit, ...]
    outcomes: pl.DataFrame | None


_Some = list[FilledMoment | _Unwritten]


def _some_at_once(moments: Iterable[FilledMoment | _Unwritten]) -> Iterator[_Some]:
    """As many as one transaction has. Those before one that fails come before its error."""
    some: _Some = []
    rows = 0
    try:
        for one in moments:
            some.append(one)
            rows += one.scored.scores.height if isinstance(one, _Unwritten) else 0
            if len(some) >= _MOMENTS_AT_ONCE or rows >= _ROWS_AT_ONCE:
                yield some
                some, rows = [], 0
    except ScorewellError:
        yield some
        raise
    yield some


def _one_behind(write: Callable[[_Some], list[FilledMoment]], moments: Iterator[_Some]) -> Iterator[FilledMoment]:
    """What is written of some moments, while the next are made. What was made before an error is written before it."""
    with ThreadPoolExecutor(1, thread_name_prefix="history") as beside:
        under_way: Future[list[FilledMoment]] | None = None
        try:
            for some in moments:
                if under_way is not None:
                    yield from under_way.result()
                under_way = beside.submit(write, some)
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
        raise type(error)(f"as of {moment.isoformat()}: {error.message}", hint=error.hint) from error


@attrs.define
class _Filling:
    """What writes the moments into a history, with what it knows of those before."""

    history: History
    hooks: Observers
    _last: LastScores = attrs.field(factory=LastScores, init=False)

    def remembered(self, some: _Some) -> list[FilledMoment]:
        """All of them or none are in the history from now on."""
        if any(isinstance(one, _Unwritten) for one in some):
            with self.hooks.step("history", self.history.place), self.history.writing() as writer:
                for one in some:
                    if isinstance(one, _Unwritten):
                        self._remember(writer, one)
        return [one if isinstance(one, FilledMoment) else _filled(one.scored, "remembered") for one in some]

    def _remember(self, writer: Writer, one: _Unwritten) -> None:
        if one.outcomes is not None:
            remember_outcomes(writer, one.outcomes)
        scored = one.scored
        count = fewest_runs(scored.project)
        runs = runs_of_past(writer, scored.as_of, count)
        past = attrs.evolve(Past.none(), scores=self._last.of(writer, runs, count)) if runs else Past.none()
        # The trend is computed when somebody looks: no history keeps it.
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
