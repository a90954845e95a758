"""Remembering: what a run takes from the history, and what it adds to it, in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import attrs
import polars as pl

from scorewell.api.v1 import Receipt
from scorewell.configuration import Project
from scorewell.history import History, HistoryError, RunRecord, StoredReceipt, StoredRun, Writer
from scorewell.history.forgetting import is_forgotten
from scorewell.history.overrides import overrides_as_of
from scorewell.history.pruning import prune
from scorewell.history.reading import Reads
from scorewell.history.records import Kind
from scorewell.replay import PeriodFit, PeriodFits, Records, Scored
from scorewell.scoring import (
    OVERRIDES,
    PAST_SCORES,
    PAST_WORDS,
    REACH,
    TRANSITIONS,
    Followed,
    Past,
    fewest_runs,
    followed,
    transitions,
    with_lines,
)
from scorewell.scoring.keys import KEYS
from scorewell.scoring.lines import LINE

__all__ = [
    "RecentScores",
    "Remembered",
    "find_band_changes_anew",
    "is_of_shadow",
    "mend_following",
    "past_of",
    "past_of_customer",
    "records_of",
    "remember",
    "remember_receipts",
    "runs_of_past",
    "scores_of_run",
    "seen_with_past",
    "who_is_followed",
]


SHADOW = "/"
"""In the name of a score: it is of a scorecard that is not in force yet, as ``health/standard_v2``."""


_HAS_SCORE = pl.col("score").is_not_null()


@attrs.frozen(kw_only=True, eq=False)
class Remembered:
    """What a run is with its past: ``scores`` is the scores frame with its trend, ``transitions`` its band changes
    (``scoring.TRANSITIONS``), ``stored`` the run in the history, None where nothing was written."""

    scores: pl.DataFrame
    transitions: pl.DataFrame = attrs.field(factory=lambda: pl.DataFrame(schema=TRANSITIONS))
    stored: StoredRun | None = None


def records_of(project: Project, history: History | None) -> Records:
    """What the history holds that enters scores; with a history that is not there yet nobody decided anything."""
    if project.history is None:
        return Records()
    if history is None:
        return Records(overrides=lambda _: pl.DataFrame(schema=OVERRIDES))
    return Records(
        periods=PeriodFits(history),
        overrides=lambda as_of: overrides_as_of(history, as_of),
        forgotten=history.is_forgotten,
    )


@attrs.define
class RecentScores:
    """The scores of the runs that were asked for last: who goes from moment to moment reads each run once.

    A run that was replaced meanwhile is read again.
    """

    _frames: dict[tuple[int, datetime], pl.DataFrame] = attrs.field(factory=dict, init=False)

    def of(self, reads: Reads, runs: Collection[StoredRun]) -> pl.DataFrame:
        """Their scores, without those of shadows, with the columns of ``PAST_SCORES``, words as Categorical."""
        found: dict[tuple[int, datetime], pl.DataFrame] = {}
        for run in runs:
            key = (run.number, run.recorded_at)
            # Of a million customers in a quarter of a year, words as text would be 0.6 GB more.
            words = pl.col(PAST_WORDS).cast(pl.Categorical)
            known = self._frames.get(key)
            found[key] = scores_of_run(reads, run).with_columns(words) if known is None else known
        self._frames = found
        return pl.concat(found.values())


def runs_of_past(reads: Reads, as_of: datetime, at_least: int) -> list[StoredRun]:
    """The runs before a moment (aware): those that a trend looks back to, and ``at_least`` so many, however old."""
    runs: dict[int, StoredRun] = {}
    moment = as_of
    while len(runs) < at_least and (run := reads.run_before(moment)) is not None:
        runs[run.number], moment = run, run.as_of
    if runs:
        runs |= {run.number: run for run in reads.runs(since=as_of - REACH, until=as_of - timedelta(microseconds=1))}
    return [*runs.values()]


def past_of(
    reads: Reads, as_of: datetime, at_least: int = 1, *, recent: RecentScores | None = None, trend: bool = True
) -> Past:
    """What the runs of ``runs_of_past`` stored, without shadows.

    ``recent`` has what was read before. Without ``trend``, since when customers are in their bands is not read.
    """
    runs = runs_of_past(reads, as_of, at_least)
    if not runs:
        return Past.none()
    scores = (recent or RecentScores()).of(reads, runs)
    return Past(scores=scores, last_stays=reads.last_stays(as_of)) if trend else Past(scores=scores)


def past_of_customer(reads: Reads, customer: str, as_of: datetime) -> Past:
    """All that is stored of one customer before a moment (aware), for what its own past decides; of shadows nothing."""
    until = as_of - timedelta(microseconds=1)
    return Past(scores=reads.scores_of(customer, until=until).filter(~is_of_shadow()))


def _past(reads: Reads, scored: Scored, recent: RecentScores | None = None) -> Past:
    return past_of(reads, scored.as_of, fewest_runs(scored.project), recent=recent)


def seen_with_past(reads: Reads | None, scored: Scored, recent: RecentScores) -> Remembered:
    """A run beside its past, as a dry run tells it: nothing is written."""
    found = followed(scored.scores, Past.none() if reads is None else _past(reads, scored, recent), scored.project)
    return Remembered(scores=_delivered(found), transitions=found.transitions)


def remember(
    writer: Writer,
    scored: Scored,
    *,
    kind: Kind,
    learned: Sequence[PeriodFit] = (),
    found: Followed | None = None,
    recent: RecentScores | None = None,
) -> Remembered:
    """Write a run, in place of the same one, and mend the band changes of the runs after it.

    ``learned`` are the period fits that were learned for it. ``found`` is the run beside its past, where the caller has
    that already; else it is found, for which ``recent`` has what was read before.

    Raises HistoryError where somebody forgot a customer while the run was scoring: it would come back.
    """
    _refuse_forgotten(writer, scored)
    found = followed(scored.scores, _past(writer, scored, recent), scored.project) if found is None else found
    followed_before = who_is_followed(writer, writer.run_at(scored.as_of))
    stored = writer.replace(
        RunRecord(
            run_id=scored.run_id,
            as_of=scored.as_of,
            kind=kind,
            configuration=scored.project.fingerprint,
            document=scored.project.kept,
            versions=scored.fitted.versions,
            fit=scored.fitted.to_json(),
            scores=_with_shadows(found.scores, scored),
            metrics=scored.metrics.frame,
            failed=scored.metrics.failed,
            stale=scored.metrics.stale,
            findings=scored.findings,
            transitions=found.transitions.drop("as_of"),
        )
    )
    for fit in learned:
        writer.remember_period_fit(
            scorecard=fit.scorecard, as_of=fit.as_of, settings=fit.settings, document=fit.stored.to_json()
        )
    moved_from = pl.concat([who_is_followed(writer, stored), followed_before]).unique()
    mend_following(writer, stored.as_of, moved_from)
    _prune(writer, scored.project, stored)
    return Remembered(scores=_delivered(found), transitions=found.transitions, stored=stored)


def _refuse_forgotten(writer: Writer, scored: Scored) -> None:
    if is_forgotten(writer, scored.metrics.frame.get_column("customer_id")).any():
        raise HistoryError(
            f"{writer.place}: a customer was forgotten during this run; nothing was stored or delivered",
            hint="run again: forgotten customers are then left out",
        )


def remember_receipts(
    history: History, run: StoredRun, receipts: Sequence[tuple[str, Receipt]], failures: Sequence[tuple[str, str]]
) -> None:
    """Write what the sinks did with a run, if it is still kept; ``receipts`` and the messages of ``failures`` are by
    the sink's place and name."""
    stored = [
        *(
            StoredReceipt(sink=sink, location=each.location, count=each.count, what=each.what)
            for sink, each in receipts
        ),
        *(StoredReceipt(sink=sink, failure=message) for sink, message in failures),
    ]
    with history.writing() as writer:
        writer.remember_receipts(run, sorted(stored, key=lambda receipt: receipt.sink))


def who_is_followed(reads: Reads, run: StoredRun | None) -> pl.DataFrame:
    """The customers and scores that have a number in a run, with which a later run may have compared its own; nobody
    where there is no later run."""
    nobody = pl.DataFrame(schema=dict.fromkeys(KEYS, pl.String))
    if run is None or reads.run_after(run.as_of) is None:
        return nobody
    return scores_of_run(reads, run).filter(_HAS_SCORE).select(KEYS)


def mend_following(writer: Writer, as_of: datetime, moved_from: pl.DataFrame) -> int:
    """Find band changes anew after a run was written, replaced or removed as of a moment; of how many runs that was.

    The next run is compared with another one now, so its band changes are found anew. A later run is concerned only
    where a customer has a score there, had or has one as of the moment, and none in between: for that customer, the
    moment is the last score before. ``moved_from`` are those who had or have one. ``REACH`` is how far anybody looks
    back.
    """
    mended, is_next = 0, True
    following = writer.run_after(as_of)
    while following is not None and (is_next or (len(moved_from) and following.as_of <= as_of + REACH)):
        scored = scores_of_run(writer, following).filter(_HAS_SCORE).select(KEYS)
        if is_next or len(scored.join(moved_from, on=KEYS, how="semi")):
            mended += find_band_changes_anew(writer, following)
        moved_from = moved_from.join(scored, on=KEYS, how="anti")
        following, is_next = writer.run_after(following.as_of), False
    return mended


def find_band_changes_anew(writer: Writer, run: StoredRun) -> bool:
    """Write the band changes of a run as its past is now. False where its scores or its band changes were pruned: then
    nobody can know them."""
    is_known = {"scores", "transitions"}.isdisjoint(run.pruned)
    if is_known:
        rows = transitions(scores_of_run(writer, run), past_of(writer, run.as_of, trend=False))
        writer.replace_transitions(run, rows.drop("as_of"))
    return is_known


def scores_of_run(reads: Reads, run: StoredRun) -> pl.DataFrame:
    """A stored run's scores, with the columns of ``PAST_SCORES``; of shadows none."""
    return reads.scores([run], columns=PAST_SCORES.names()).filter(~is_of_shadow())


def _prune(writer: Writer, project: Project, written: StoredRun) -> None:
    """Let go of what is older than the project keeps, counted from its latest run; from now, where that is of a moment
    to come, as by a typo in its year."""
    keep = {} if project.history is None else project.history.keep
    latest = writer.last_run() if keep else None
    if latest is not None:
        last = min(latest.as_of, written.recorded_at)
        prune(writer, {kind: last - length.length for kind, length in keep.items()})


def _with_shadows(scores: pl.DataFrame, scored: Scored) -> pl.DataFrame:
    """The scores with those of the scorecards that are not in force yet behind them, under names of their own."""
    shadows = [with_lines(shadow.scores, shadow.project) for shadow in scored.shadows.values()]
    return pl.concat([scores, *shadows], how="diagonal_relaxed") if shadows else scores


def is_of_shadow() -> pl.Expr:
    """Whether a stored row is of a scorecard that was not in force."""
    return pl.col("score_name").str.contains(SHADOW, literal=True)


def _delivered(found: Followed) -> pl.DataFrame:
    """The scores frame as sinks get it: the line is the history's own."""
    return found.scores.drop(LINE)
