"""From a moment to scores: what a run, a backfill, a comparison and an explanation all begin with. No sinks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import attrs
import polars as pl

from scorewell.api.v1 import Finding, Level, ScorewellError
from scorewell.configuration import Project, live_project, scores_of, shadow_projects
from scorewell.discovery import Observers, Plugins
from scorewell.history.pulses import with_recorded_pulses
from scorewell.metrics import MetricsTable, as_known_today_findings, metrics_as_of, metrics_over
from scorewell.replay.emptiness import emptiness
from scorewell.replay.fits import stored_fits
from scorewell.replay.identity import run_id
from scorewell.replay.learning import fitted_as_of
from scorewell.replay.misfits import misfits_told, with_misread_failed
from scorewell.replay.periods import PeriodFits, period_starts
from scorewell.replay.records import Records
from scorewell.scoring import FittedProject, StoredFit, isolated, unexplained, with_overrides

__all__ = [
    "Scored",
    "Shadow",
    "in_order",
    "is_past",
    "measured_over",
    "scored_as_of",
    "scored_from",
    "scored_over",
    "told_once",
    "without_forgotten",
]

_SEVERITY = {Level.ERROR: 0, Level.WARNING: 1, Level.NOTE: 2}


@attrs.frozen(kw_only=True, eq=False)
class Shadow:
    """The scores by a scorecard that is not in force yet, of the customers that it is to score. Fields as in
    ``Scored``."""

    project: Project
    fitted: FittedProject = attrs.field(repr=False)
    scores: pl.DataFrame = attrs.field(repr=False)


@attrs.frozen(kw_only=True, eq=False)
class Scored:
    """Everybody's scores as of a moment, and all they came from.

    ``project`` is the configuration as it counted at the moment. ``scores`` is the scores frame (``api.v1.Run.scores``)
    of every customer; ``fitted`` says with what failed on the way. ``shadows`` are, by scorecard, the scores of those
    customers whose scorecard it is to replace.
    """

    project: Project
    run_id: str
    as_of: datetime
    metrics: MetricsTable = attrs.field(repr=False)
    fitted: FittedProject = attrs.field(repr=False)
    scores: pl.DataFrame = attrs.field(repr=False)
    findings: tuple[Finding, ...]
    shadows: Mapping[str, Shadow] = attrs.field(factory=dict, repr=False)

    def of_score(self, name: str) -> Scored:
        """The part of one score, as a run prints it.

        It may be another than the project would give with this score alone: a scorecard that two scores use learns from
        the customers of the first.
        """
        names = list(scores_of(self.project))
        fitted = self.fitted.each_score()[names.index(name)]
        own = self.scores.filter(pl.col("score_name") == name)
        return attrs.evolve(self, project=fitted.project, fitted=fitted, scores=own)


def scored_as_of(
    project: Project,
    as_of: datetime,
    *,
    plugins: Plugins,
    hooks: Observers,
    records: Records | None = None,
    now: datetime | None = None,
) -> Scored:
    """Measure, fit and score everybody as of ``as_of`` (aware).

    ``records`` are what the project remembers, and what is learned is added to them. ``now`` (aware) is what
    the clock says: of a moment before today, a finding tells which tables do not know what they held then.
    Raises ScorewellError where the customers cannot be read and for a damaged fit.
    """
    project = with_recorded_pulses(project)
    # Before anything is measured, which may take long: a fit that is missing or damaged stops the run.
    stored = stored_fits(live_project(project, as_of))
    metrics = metrics_as_of(project, as_of, hooks=hooks)
    return scored_from(
        project,
        metrics,
        as_of,
        plugins=plugins,
        hooks=hooks,
        records=Records() if records is None else records,
        now=now,
        stored=stored,
    )


def scored_over(
    project: Project,
    moments: Sequence[datetime],
    *,
    plugins: Plugins,
    hooks: Observers,
    records: Records | None = None,
    now: datetime | None = None,
) -> Iterator[Scored]:
    """As ``scored_as_of`` for each of the moments (aware), the earliest first, with few scans of the data.

    Raises as it does, when the moment's turn has come.
    """
    project = with_recorded_pulses(project)
    records = Records() if records is None else records
    wanted = sorted(set(moments))
    starts = {start for moment in wanted for start in _missing(project, moment, records.periods)}
    tables: dict[datetime, MetricsTable] = {}
    for moment, table in measured_over(project, wanted, starts, hooks):
        if moment in starts:
            tables[moment] = table
        if moment in wanted:
            yield scored_from(
                project,
                table,
                moment,
                plugins=plugins,
                hooks=hooks,
                records=records,
                now=now,
                stored=stored_fits(live_project(project, moment)),
                tables=tables,
            )


def measured_over(
    project: Project, wanted: Collection[datetime], starts: Collection[datetime], hooks: Observers
) -> Iterator[tuple[datetime, MetricsTable]]:
    """The metrics as of each moment (aware) that is wanted or the start of a period, in order.

    A start at which there is nothing yet is passed over. Raises as ``metrics_over`` where a wanted moment fails.
    """
    left = sorted({*wanted, *starts})
    while left:
        done = 0
        try:
            for table in metrics_over(project, left, hooks=hooks):
                yield left[done], table
                done += 1
        except ScorewellError:
            # The project began in the middle of its first period, which is told when something is to be learned.
            if left[done] in wanted:
                raise
            done += 1
        left = left[done:]


def _missing(project: Project, moment: datetime, periods: PeriodFits) -> Iterator[datetime]:
    """The moments at which something that counts at ``moment`` has yet to learn."""
    for one in (live_project(project, moment), *shadow_projects(project, moment).values()):
        for name, start in period_starts(one, moment).items():
            if periods.find(one, name, start) is None:
                yield start


def scored_from(
    project: Project,
    metrics: MetricsTable,
    as_of: datetime,
    *,
    plugins: Plugins,
    hooks: Observers,
    records: Records,
    now: datetime | None = None,
    stored: Mapping[str, StoredFit],
    tables: Mapping[datetime, MetricsTable] | None = None,
) -> Scored:
    """As ``scored_as_of``, of metrics that were measured; ``tables`` are those of other moments."""
    metrics = with_misread_failed(project, without_forgotten(metrics, records))
    if records.overrides is not None:
        frame = with_overrides(metrics.frame, records.overrides(as_of), list(scores_of(project)))
        metrics = attrs.evolve(metrics, frame=frame)
    at_moment = _Moment(
        project=project,
        metrics=metrics,
        as_of=as_of,
        plugins=plugins,
        hooks=hooks,
        records=records,
        tables=tables or {},
    )
    live = live_project(project, as_of)
    with misfits_told(live, metrics.frame.schema):
        fitted, scores, told = at_moment.scored(live, stored)
    shadows, of_shadows = at_moment.shadows()
    of_moment = _of_moment(live, metrics, as_of, now)
    findings = (*metrics.findings, *told, *emptiness(live, metrics, scores), *of_moment, *of_shadows)
    return Scored(
        project=live,
        run_id=at_moment.run_id,
        as_of=as_of,
        metrics=metrics,
        fitted=fitted,
        scores=scores,
        findings=in_order(dict.fromkeys(findings)),
        shadows=shadows,
    )


@attrs.frozen(kw_only=True, eq=False)
class _Moment:
    """What every configuration that counts at a moment is scored with, the live one and its drafts.

    ``tables`` are the metrics as of other moments, as far as they were measured already.
    """

    project: Project
    metrics: MetricsTable
    as_of: datetime
    plugins: Plugins
    hooks: Observers
    records: Records
    tables: Mapping[datetime, MetricsTable]

    @property
    def run_id(self) -> str:
        return run_id(self.project, self.as_of)

    def scored(
        self, one: Project, stored: Mapping[str, StoredFit]
    ) -> tuple[FittedProject, pl.DataFrame, tuple[Finding, ...]]:
        """What one configuration learns, the scores that it gives, and what is to be said of both."""
        metrics = self.metrics
        fitted, learning = fitted_as_of(
            one,
            metrics,
            self.as_of,
            versions=self.plugins.versions(),
            stored=stored,
            periods=self.records.periods,
            measured=self._measured,
            hooks=self.hooks,
        )
        with self.hooks.step("score", self.project.name):
            fitted, scores = isolated(fitted, metrics.frame, metrics.failed, stale=metrics.stale, finite=True)
        # What is written is the moment in the project's zone, whoever asked in which.
        local = self.as_of.astimezone(ZoneInfo(self.project.timezone))
        told = (*learning, *fitted.findings(metrics.frame), *unexplained(scores, fitted.fingerprints))
        return fitted, _stamped(scores, local, self.run_id), told

    def shadows(self) -> tuple[dict[str, Shadow], tuple[Finding, ...]]:
        """The drafts by scorecard, and what is to be said of them."""
        shadows: dict[str, Shadow] = {}
        findings: list[Finding] = []
        for name, one in shadow_projects(self.project, self.as_of).items():
            try:
                fitted, scores, told = self.scored(one, stored_fits(one))
            except ScorewellError as error:
                findings.append(_unscored(name, error))
                continue
            # Where a draft rolls up children, those were scored too, by their own scorecards.
            own = scores.filter(pl.col("scorecard") == fitted.fingerprints[name])
            shadows[name] = Shadow(project=one, fitted=fitted, scores=own)
            findings += told
        return shadows, tuple(findings)

    def _measured(self, moment: datetime) -> MetricsTable:
        known = self.tables.get(moment)
        table = metrics_as_of(self.project, moment, hooks=self.hooks) if known is None else known
        return without_forgotten(table, self.records)


def without_forgotten(metrics: MetricsTable, records: Records) -> MetricsTable:
    """The metrics without the customers that were forgotten, with a finding that counts them."""
    if records.forgotten is None:
        return metrics
    is_forgotten = records.forgotten(metrics.frame.get_column("customer_id"))
    count = int(is_forgotten.sum())
    if not count:
        return metrics
    told = Finding(
        id="forgotten-customers",
        level=Level.NOTE,
        where="customers",
        message=f"forgotten customers that the source still has, left out: {count}",
        count=count,
        hint="remove them from the source too",
    )
    return attrs.evolve(metrics, frame=metrics.frame.filter(~is_forgotten), findings=(*metrics.findings, told))


def is_past(project: Project, as_of: datetime, now: datetime | None) -> bool:
    """Whether a moment lies before the day that it is now in the project's zone; without a clock nobody can say."""
    if now is None:
        return False
    zone = ZoneInfo(project.timezone)
    return as_of.astimezone(zone).date() < now.astimezone(zone).date()


def _of_moment(live: Project, metrics: MetricsTable, as_of: datetime, now: datetime | None) -> tuple[Finding, ...]:
    """What is to be said of a moment that is not today."""
    if is_past(live, as_of, now):
        return as_known_today_findings(live, metrics.as_known_today)
    if now is None or as_of <= now:
        return ()
    told = Finding(
        id="future-moment",
        level=Level.WARNING,
        where="as_of",
        message=f"the moment {as_of:%Y-%m-%d %H:%M} is still to come: what happens until then is not in the data",
        hint="if that is a typo, give an earlier moment",
    )
    return (told,)


def _unscored(name: str, error: ScorewellError) -> Finding:
    """What is said of a draft that cannot be scored: what is live does not suffer by it."""
    return Finding(
        id="draft-not-scored",
        level=Level.WARNING,
        where=f"scorecards.{name}",
        message=f"it is not scored beside the one that it replaces: {error.message}",
        hint=error.hint,
    )


def _stamped(scores: pl.DataFrame, as_of: datetime, identity: str) -> pl.DataFrame:
    """The scores with the moment behind the stage and the run at the end."""
    moment = pl.lit(as_of).cast(pl.Datetime("us", str(as_of.tzinfo))).alias("as_of")
    before = scores.columns[: scores.columns.index("stage") + 1]
    return scores.select(*before, moment, pl.exclude(before), pl.lit(identity).alias("run_id"))


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The worst first, then by place: the order in which sources happened to answer must not show."""
    return tuple(sorted(findings, key=lambda found: (_SEVERITY[found.level], found.where, found.id, found.message)))


def told_once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Of the findings of many moments each at its place once, as the last of them tells it; in order."""
    return in_order({(found.id, found.where): found for found in findings}.values())
