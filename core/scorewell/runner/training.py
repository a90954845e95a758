"""Training: measure, learn everything there is to learn, and store it for the runs to come."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path

import attrs
import polars as pl

from scorewell.api.v1 import Finding, Level
from scorewell.configuration import Project, live_project, shadow_projects
from scorewell.discovery import Observers, Plugins
from scorewell.history.projects import history_if_kept
from scorewell.history.pulses import with_recorded_pulses
from scorewell.metrics import MetricsTable, metrics_as_of, outcomes_as_of
from scorewell.replay import fit_file, model_card_file, plugins_for, without_forgotten, written
from scorewell.runner.model_card import model_card
from scorewell.runner.remembering import records_of
from scorewell.runner.selection import check_scorecards
from scorewell.scoring import (
    Failures,
    FittedProject,
    StoredFit,
    Trained,
    failure_findings,
    few_values,
    fit,
    has_models,
    has_statistics,
    outcomes_of_project,
    populations,
    settings_of_scorecard,
    train,
    untrained_models,
    used_scorecards,
)
from scorewell.scoring.tree import leaves, tree

__all__ = ["FitResult", "NewFit", "train_project"]


@attrs.frozen(kw_only=True)
class NewFit:
    """A fit that was stored. ``model_card`` is None for a scorecard without models."""

    stored: StoredFit
    file: Path
    model_card: Path | None


@attrs.frozen(kw_only=True)
class FitResult:
    """What was learned. ``failed`` are the scorecards of which nothing was stored, since something in them failed."""

    project: Project
    as_of: datetime
    fits: tuple[NewFit, ...]
    failed: tuple[str, ...]
    findings: tuple[Finding, ...]


def train_project(
    project: Project,
    *,
    as_of: datetime,
    scorecards: Collection[str] = (),
    customers: Collection[str] | None = None,
    plugins: Plugins | None = None,
) -> FitResult:
    """Learn statistics and train models as of ``as_of`` (aware), and store them: a file for each scorecard that learns.

    Scorecards that are in force at the moment learn, and those that are scored in their shadow; ``scorecards`` limits
    it to some of them. ``customers`` (ids) limits the examples that models are trained on, not the population of the
    statistics. Where something in a scorecard fails, its former file stays. Nothing is learned from customers that the
    project's history has forgotten.

    Raises NobodySelected for an unknown scorecard; ScorewellError where the customers or the outcomes cannot be read,
    HistoryError where the history cannot.
    """
    check_scorecards(project, scorecards)
    plugins = plugins_for(project, plugins)
    hooks = plugins.hooks()
    project = with_recorded_pulses(project)
    counting = (live_project(project, as_of), *shadow_projects(project, as_of).values())
    used = dict.fromkeys(name for one in counting for name in used_scorecards(one))
    chosen = [name for name in used if not scorecards or name in scorecards]
    metrics = _metrics(project, as_of, hooks)
    findings = [*metrics.findings, *_unknown(metrics.frame, customers)]
    outcomes = pl.DataFrame(schema={"customer_id": pl.String, "happened": pl.Boolean})
    if any(has_models(project.scorecards[name]) for name in chosen):
        labels = outcomes_as_of(project, as_of)
        findings += labels.findings
        outcomes = labels.frame if customers is None else _among(labels.frame, customers)
    learning = _Learning(project, as_of, metrics, outcomes, None if customers is None else len(customers))
    with hooks.step("fit", project.name):
        for counts in counting:
            fitted = fit(counts, metrics.frame, plugins.versions())
            for one in fitted.each_score():
                for name in (name for name in one.used if name in chosen):
                    chosen.remove(name)  # of a scorecard that two scores use, the first counts, as in a run
                    learning.store(one, name)
    return FitResult(
        project=project,
        as_of=as_of,
        fits=tuple(learning.fits),
        failed=tuple(learning.failed),
        findings=tuple(dict.fromkeys((*findings, *learning.findings))),
    )


def _metrics(project: Project, as_of: datetime, hooks: Observers) -> MetricsTable:
    metrics = metrics_as_of(project, as_of, hooks=hooks)
    with history_if_kept(project) as history:
        return without_forgotten(metrics, records_of(project, history))


@attrs.define
class _Learning:
    """Goes from scorecard to scorecard and keeps what came of each."""

    project: Project
    as_of: datetime
    metrics: MetricsTable
    outcomes: pl.DataFrame
    chosen: int | None
    fits: list[NewFit] = attrs.field(factory=list)
    failed: list[str] = attrs.field(factory=list)
    findings: list[Finding] = attrs.field(factory=list)

    def store(self, fitted: FittedProject, name: str) -> None:
        """Learn and store what this scorecard learns, if it learns anything and nothing fails."""
        card = self.project.scorecards[name]
        models = has_models(card)
        if not models and not has_statistics(self.project, card):
            return
        trained = train(fitted, name, self.metrics.frame, self.outcomes) if models else Trained()
        failures = [*self._failed_metrics(name), *failure_findings(_of(name, fitted.failures, trained.failures))]
        self.findings += failures
        if failures:
            self.failed.append(name)
            return
        stored = StoredFit(
            project=self.project.name,
            scorecard=name,
            as_of=self.as_of.isoformat(),
            configuration=self.project.fingerprint,
            versions=dict(fitted.versions),
            customers=populations(fitted.project, self.metrics.frame)[name],
            examples=trained.examples,
            happened=trained.happened,
            statistics=fitted.statistics.get(name, {}),
            values=fitted.values.get(name, {}),
            learned=trained.learned,
            untrained=trained.untrained,
            settings=settings_of_scorecard(self.project, name),
            outcomes=outcomes_of_project(self.project),
        )
        self.findings += few_values({name: card}, fitted.values)
        self.findings += untrained_models({name: card}, {name: trained.learned}, {name: trained.untrained})
        file, about = fit_file(self.project, name), model_card_file(self.project, name)
        if models:
            written(about, model_card(self.project, stored, self.chosen))
        else:
            about.unlink(missing_ok=True)
        # Last: whoever finds the fit finds its model card.
        written(file, stored.to_json())
        self.fits.append(NewFit(stored=stored, file=file, model_card=about if models else None))

    def _failed_metrics(self, name: str) -> Iterator[Finding]:
        for metric in dict.fromkeys(leaf.metric for leaf in leaves(tree(self.project.scorecards[name]))):
            if metric in self.metrics.failed:
                yield Finding(
                    id="metric-failed",
                    level=Level.ERROR,
                    where=f"metrics.{metric}",
                    message=f"{self.metrics.failed[metric]}; nothing was learned for scorecard {name!r}",
                )


def _of(name: str, *several: Failures) -> Failures:
    """The failures of one scorecard."""
    return {name: {path: failure for each in several for path, failure in each.get(name, {}).items()}}


def _among(labels: pl.DataFrame, customers: Collection[str]) -> pl.DataFrame:
    return labels.filter(pl.col("customer_id").is_in(list(customers)))


def _unknown(metrics: pl.DataFrame, customers: Collection[str] | None) -> Iterator[Finding]:
    known = set(metrics.get_column("customer_id"))
    unknown = sorted(set(customers or ()) - known)
    if unknown:
        yield Finding(
            id="unknown-customers",
            level=Level.WARNING,
            where="customers",
            message=f"ids in the list that no customer has: {len(unknown)}",
            count=len(unknown),
            examples=tuple(unknown[:3]),
        )
