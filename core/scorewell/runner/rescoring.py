"""Rescoring: the scores of stored runs, computed again from their stored metric values with today's configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

import attrs
import polars as pl

from scorewell.api.v1 import Finding, Level, ScorewellError
from scorewell.configuration import Project, live_project, shadow_projects
from scorewell.discovery import Observers, Plugins
from scorewell.history import History, HistoryError, NotKept, StoredRun, Writer
from scorewell.history.dimensions import DIMENSION, dimension_paths, with_dimensions
from scorewell.history.projects import history_of
from scorewell.history.reading import Reads
from scorewell.metrics import MetricsTable
from scorewell.replay import Records, Scored, in_order, period_starts, plugins_for, scored_from, stored_fits
from scorewell.runner.remembering import RecentScores, is_of_shadow, past_of, records_of, remember
from scorewell.runner.sides import configuration_of
from scorewell.runner.stored_metrics import stored_metrics
from scorewell.scoring import (
    PAST_SCORES,
    FittedProject,
    Followed,
    Past,
    StoredFit,
    fewest_runs,
    followed,
    has_models,
    has_statistics,
    outcomes_of_project,
    settings_of_scorecard,
    used_scorecards,
)
from scorewell.scoring.keys import KEYS

__all__ = ["Rescored", "rescore"]

_COMPARED = (*KEYS, "score", "band", "status", "segment", "stage", "coverage", "baseline", "scorecard", "line")
_STORED = (*_COMPARED, "dimensions")
_MEASURED = ("run", "backfill")


@attrs.frozen(kw_only=True)
class Rescored:
    """What became of one stored run.

    Of its ``scores`` so many ``changed`` their number or (``bands``) their band, were ``gained`` where there was none,
    or ``lost`` where there is none now; of ``dimensions_only`` the number stayed and a dimension has another.
    ``is_written`` says whether the history has it: not in a dry run, and not where nothing changed. ``skipped`` says
    why nothing could be computed. ``findings`` are what scoring noticed.
    """

    as_of: datetime
    scores: int = 0
    changed: int = 0
    bands: int = 0
    gained: int = 0
    lost: int = 0
    dimensions_only: int = 0
    is_written: bool = False
    skipped: str | None = None
    findings: tuple[Finding, ...] = ()


def rescore(
    project: Project,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    dry_run: bool = False,
    plugins: Plugins | None = None,
) -> Iterator[Rescored]:
    """Score the stored runs with ``since`` <= as_of <= ``until`` (aware) again, the earliest first; no source is read.

    A run's metric values are those that were measured for it. What its scorecards learned: at every run, from those
    values; by periods, the kept fit of the period, else from the first stored run in it; what models and pinned
    scorecards had learned then counts where it was learned with the settings of now, else the stored fit. Every changed
    run is written in a transaction of its own, and supersedes the former. Raises HistoryError where the project has no
    history or it cannot be read, ScorewellError for a fit that is missing.
    """
    plugins = plugins_for(project, plugins)
    with history_of(project, create=False) as history:
        rescoring = _Rescoring(project, plugins, history)
        for run in history.runs(since=since, until=until):
            moment = run.as_of.astimezone(ZoneInfo(project.timezone))
            with plugins.hooks().step("score", f"{project.name} as of {moment:%Y-%m-%d %H:%M}"):
                told = rescoring.rescored(run, dry_run=dry_run)
            yield told


@attrs.define
class _Rescoring:
    """One going through the stored runs, with what is needed for more than one of them."""

    project: Project
    plugins: Plugins
    history: History
    records: Records = attrs.field(init=False)
    _written_then: dict[str, Project | Finding] = attrs.field(factory=dict, init=False)
    _recent: RecentScores = attrs.field(factory=RecentScores, init=False)
    _in_memory: list[pl.DataFrame] = attrs.field(factory=list, init=False)

    def __attrs_post_init__(self) -> None:
        self.records = records_of(self.project, self.history)

    def rescored(self, run: StoredRun, *, dry_run: bool) -> Rescored:
        try:
            measured, then, table = self._table(run)
        except NotKept as error:
            return Rescored(as_of=run.as_of, skipped=error.reason)
        except HistoryError as error:
            return Rescored(as_of=run.as_of, skipped=error.message)
        scored = scored_from(
            self.project,
            table,
            run.as_of,
            plugins=self.plugins,
            hooks=Observers(()),
            records=self.records,
            stored=self._fits(measured, then),
            tables=self._starts(run),
        )
        if dry_run:
            found = self._followed(self.history, scored)
            self._in_memory.append(_as_stored(found.scores))
            before, after = _alike(self._before(self.history, run), found.scores)
            return _counted(run, before, after, scored, is_written=False)
        with self.history.writing() as writer:
            found = self._followed(writer, scored)
            before, after = _alike(self._before(writer, run), found.scores)
            is_changed = run.run_id != scored.run_id or not before.equals(after)
            if is_changed:
                self._write(writer, scored, found)
            return _counted(run, before, after, scored, is_written=is_changed)

    def _write(self, writer: Writer, scored: Scored, found: Followed) -> None:
        former = writer.runs(since=scored.as_of, until=scored.as_of, superseded=True)
        same = next((each for each in former if each.run_id == scored.run_id), None)
        if same is None:
            remember(writer, scored, kind="rescore", found=found)
            return
        # A run of the same configuration stays what it is: its values were measured for it, and sinks delivered it.
        receipts = writer.receipts(same)
        if same.kind in _MEASURED:
            scored = attrs.evolve(scored, findings=_with_former(scored.findings, writer.findings(same)))
        again = remember(writer, scored, kind=same.kind, found=found)
        if again.stored is not None:
            writer.remember_receipts(again.stored, receipts)

    def _table(self, run: StoredRun) -> tuple[StoredRun, Project | None, MetricsTable]:
        """The run that measured the values of this moment, its configuration, and its values for today's metrics."""
        candidates = self.history.runs(since=run.as_of, until=run.as_of, superseded=True, kinds=_MEASURED)
        kept = [each for each in candidates if "metrics" not in each.pruned]
        measured = max(kept, key=lambda each: (each.recorded_at, each.number), default=run)
        read = self._then(measured)
        then = read if isinstance(read, Project) else None
        table = stored_metrics(self.project, self.history.metrics(measured), measured, then)
        if isinstance(read, Finding):
            table = attrs.evolve(table, findings=(*table.findings, read))
        return measured, then, table

    def _then(self, run: StoredRun) -> Project | Finding:
        """The configuration of a run; where it cannot be read any more, what there is to say of that."""
        if run.configuration not in self._written_then:
            try:
                read: Project | Finding = configuration_of(self.project, self.history, run, self.plugins)
            except ScorewellError as error:
                read = _unread(run.as_of.astimezone(ZoneInfo(self.project.timezone)), error)
            self._written_then[run.configuration] = read
        return self._written_then[run.configuration]

    def _starts(self, run: StoredRun) -> Mapping[datetime, MetricsTable]:
        """For each start of a period the values of the first stored run in it, which is this one at the latest."""
        live, shadows = live_project(self.project, run.as_of), shadow_projects(self.project, run.as_of)
        tables = {}
        for one in (live, *shadows.values()):
            for name, start in period_starts(one, run.as_of).items():
                if start not in tables and self.records.periods.find(one, name, start) is None:
                    tables[start] = self._first_since(start, run)
        return tables

    def _first_since(self, start: datetime, run: StoredRun) -> MetricsTable:
        """The values of the first run since ``start`` that has some left; of this run at the latest."""
        for each in self.history.runs(since=start, until=run.as_of):
            with suppress(HistoryError):
                return self._table(each)[2]
        return self._table(run)[2]

    def _fits(self, run: StoredRun, then: Project | None) -> Mapping[str, StoredFit]:
        """What was learned once and for all: by the run itself where that is what would be learned now."""
        now = live_project(self.project, run.as_of)
        needed = [name for name in used_scorecards(now) if _is_learned_once(now, name)]
        if not needed:
            return {}
        own: dict[str, StoredFit] = {}
        if then is not None:
            live_then = live_project(then, run.as_of)
            fitted = FittedProject.from_json(live_then, self.history.fit(run))
            for name in needed:
                if name in live_then.scorecards and _learned_alike(live_then, now, name):
                    own[name] = _stored_fit(now, name, fitted, run)
        return own if own.keys() == {*needed} else {**stored_fits(now), **own}

    def _followed(self, reads: Reads, scored: Scored) -> Followed:
        # The trend is computed when somebody looks: no history keeps it.
        past = past_of(reads, scored.as_of, fewest_runs(scored.project), recent=self._recent, trend=False)
        if self._in_memory:
            fresh = pl.concat(self._in_memory)
            left = past.scores.cast(PAST_SCORES).join(fresh.select("as_of").unique(), on="as_of", how="anti")
            reached = fresh.filter(pl.col("as_of").is_in(past.scores["as_of"].unique().implode()))
            past = Past(scores=pl.concat([left, reached], how="diagonal"))
        return followed(scored.scores, past, scored.project, trend=False)

    def _before(self, reads: Reads, run: StoredRun) -> pl.DataFrame:
        stored = reads.scores([run], columns=_STORED).filter(~is_of_shadow())
        return with_dimensions(stored, dimension_paths(stored))


def _unread(day: datetime, error: ScorewellError) -> Finding:
    return Finding(
        id="configuration-unread",
        level=Level.WARNING,
        where="metrics",
        message=f"the configuration of the run of {day:%Y-%m-%d} cannot be read any more, so its values are used"
        f" for today's metrics of the same names: {error.message.partition(chr(10))[0]}",
        hint="install the plugins that it names, or score that moment from the sources: scorewell run --as-of",
    )


def _with_former(findings: Sequence[Finding], former: Sequence[Finding]) -> tuple[Finding, ...]:
    """What is to be said of scores, with what was said of their values when these were measured."""
    said = {(found.id, found.where) for found in findings}
    return in_order((*findings, *(found for found in former if (found.id, found.where) not in said)))


def _is_learned_once(project: Project, name: str) -> bool:
    card = project.scorecards[name]
    return has_models(card) or (card.refit == "never" and has_statistics(project, card))


def _learned_alike(then: Project, now: Project, name: str) -> bool:
    is_alike = settings_of_scorecard(then, name) == settings_of_scorecard(now, name)
    return is_alike and (not has_models(now.scorecards[name]) or outcomes_of_project(then) == outcomes_of_project(now))


def _stored_fit(project: Project, name: str, fitted: FittedProject, run: StoredRun) -> StoredFit:
    return StoredFit(
        project=project.name,
        scorecard=name,
        as_of=run.as_of.isoformat(),
        configuration=run.configuration,
        versions=dict(run.versions),
        customers=run.customers,
        statistics=fitted.statistics.get(name, {}),
        values=fitted.values.get(name, {}),
        learned=fitted.learned.get(name, {}),
        untrained=fitted.untrained.get(name, {}),
        settings=settings_of_scorecard(project, name),
        outcomes=outcomes_of_project(project),
    )


def _as_stored(scores: pl.DataFrame) -> pl.DataFrame:
    return scores.select(
        pl.col(name).dt.convert_time_zone("UTC") if name == "as_of" else pl.col(name).cast(dtype)
        for name, dtype in PAST_SCORES.items()
    )


def _alike(before: pl.DataFrame, now: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both with what is compared and the dimensions of either, one row a customer and score."""
    dimensions = {name: pl.Float64() for name in now.columns if name.startswith(DIMENSION)}
    schema = {**before.schema, **dimensions}
    absent = [
        [pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in frame.columns]
        for frame in (before, now)
    ]
    then, after = (
        frame.with_columns(nulls).select(pl.col(name).cast(dtype) for name, dtype in schema.items()).sort(KEYS)
        for frame, nulls in zip((before, now), absent, strict=True)
    )
    return then, after


def _counted(
    run: StoredRun, before: pl.DataFrame, after: pl.DataFrame, scored: Scored, *, is_written: bool
) -> Rescored:
    dimensions = [name for name in before.columns if name.startswith(DIMENSION)]
    both = before.join(after, on=KEYS, how="full", coalesce=True, suffix="_now")
    had, has = pl.col("score").is_not_null(), pl.col("score_now").is_not_null()
    stayed = pl.col("score").eq_missing(pl.col("score_now"))
    moved = pl.any_horizontal(
        pl.lit(value=False), *(pl.col(name).ne_missing(pl.col(f"{name}_now")) for name in dimensions)
    )
    counts = both.select(
        changed=(had & has & ~stayed).sum(),
        bands=(had & has & pl.col("band").ne_missing(pl.col("band_now"))).sum(),
        gained=(~had & has).sum(),
        lost=(had & ~has).sum(),
        dimensions_only=(stayed & moved).sum(),
    ).row(0, named=True)
    return Rescored(as_of=run.as_of, scores=len(after), is_written=is_written, findings=scored.findings, **counts)
