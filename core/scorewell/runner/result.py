"""What a run came to: the object that sinks are given, and that the command line tells of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property

import attrs
import polars as pl

from scorewell.api.v1 import Audience, Finding, Receipt, RenderedPage
from scorewell.configuration import Project
from scorewell.discovery import Plugins
from scorewell.history import History
from scorewell.metrics import MetricsTable
from scorewell.replay import Shadow
from scorewell.reporting import Past, reports, summary
from scorewell.runner.bands import bands
from scorewell.runner.past import changes_since_run_before, past_of_reports, said_without_a_past
from scorewell.runner.remembering import RecentScores
from scorewell.scoring import Failures, FittedProject, Side

__all__ = ["RunResult", "SinkFailure"]


@attrs.frozen(kw_only=True)
class SinkFailure:
    """A sink that did not deliver. ``sink`` is its place and name, as ``sinks.2 (html)``."""

    sink: str
    message: str
    error: BaseException = attrs.field(eq=False)


@attrs.frozen(kw_only=True, eq=False)
class RunResult:
    """Implements ``scorewell.api.v1.Run``.

    ``scores`` holds the delivered customers only; ``metrics`` holds everybody, because reports compare with everybody,
    and ``everyone`` the scores of everybody, for parents whose children are not delivered.
    ``transitions`` are the band changes of everybody since the run before (``scoring.TRANSITIONS``).
    ``fitted`` is what scored them, with what failed on the way; ``shadows`` are the scores of scorecards that are not
    in force yet. ``configuration`` is what counted at the moment, ``written`` what it was made of, with scorecards for
    other times; None for the same.
    ``history`` is where it was remembered, None where it was not; ``recent`` is what was read of it already.
    ``receipts`` and ``failures`` are empty while sinks deliver, and in a dry run.
    """

    id: str
    configuration: Project
    written: Project | None = attrs.field(default=None, repr=False)
    plugins: Plugins = attrs.field(repr=False)
    as_of: datetime
    metrics: MetricsTable = attrs.field(repr=False)
    scores: pl.DataFrame = attrs.field(repr=False)
    everyone: pl.DataFrame | None = attrs.field(default=None, repr=False)
    transitions: pl.DataFrame = attrs.field(repr=False)
    fitted: FittedProject = attrs.field(repr=False)
    findings: tuple[Finding, ...]
    shadows: Mapping[str, Shadow] = attrs.field(factory=dict, repr=False)
    receipts: tuple[Receipt, ...] = ()
    failures: tuple[SinkFailure, ...] = ()
    selection: str = ""
    dry_run: bool = False
    history: History | None = attrs.field(default=None, repr=False)
    recent: RecentScores = attrs.field(factory=RecentScores, repr=False)

    @cached_property
    def past(self) -> Past | None:
        """What was before, for reports; None where nothing of it is known."""
        if self.history is None:
            return said_without_a_past(self.configuration, self.as_of)
        return past_of_reports(self.history, self.configuration, self.as_of, self.recent)

    @cached_property
    def changes(self) -> pl.DataFrame | None:
        """Why the delivered scores changed since the run before (``scoring.changes``); None without one that can be
        compared with."""
        if self.history is None:
            return None
        now = Side(
            fitted=self.fitted,
            metrics=self.metrics.frame,
            scores=self.scores,
            failed=self.metrics.failed,
            stale=self.metrics.stale,
        )
        return changes_since_run_before(self.history, self.written or self.configuration, self.as_of, now, self.plugins)

    @property
    def broken(self) -> Failures:
        """Which normalizers and aggregators failed, by scorecard and path."""
        return self.fitted.failures

    @property
    def project(self) -> str:
        """The project's name."""
        return self.configuration.name

    @property
    def bands(self) -> Mapping[str, str]:
        """The bands' names, over all scorecards from low to high, with their colours as ``#rrggbb``."""
        return bands(self.configuration)

    @property
    def scales(self) -> Mapping[str, tuple[float, float]]:
        """From where to where each scorecard's scores go, by the column ``scorecard``."""
        cards = self.configuration.scorecards
        return {digest: cards[name].scale for name, digest in self.fitted.fingerprints.items()}

    def reports(
        self, audience: Audience, theme: str | None = None, settings: Mapping[str, str] | None = None
    ) -> Iterator[RenderedPage]:
        """The rendered pages of the delivered customers; for the internal audience also the portfolio."""
        past = self.past
        if past is not None and audience == "internal":
            past = attrs.evolve(past, changes=self.changes)
        return reports(
            self.configuration,
            self.metrics,
            self.scores,
            as_of=self.as_of,
            run_id=self.id,
            audience=audience,
            theme=theme,
            settings=settings or {},
            findings=self.findings,
            plugins=self.plugins,
            fitted=self.fitted,
            past=past,
            everyone=self.everyone,
        )

    def summary(self, locale: str = "en") -> pl.DataFrame:
        """Twelve columns for each row of ``scores``, with the reasons in words."""
        return summary(
            self.configuration,
            self.metrics,
            self.scores,
            as_of=self.as_of,
            run_id=self.id,
            locale=locale,
            broken=self.broken,
        )
