"""How one customer's score comes about, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs
import polars as pl

from scorewell.configuration import Adjustment, Project, Scorecard, score_name
from scorewell.configuration.scores import card_of
from scorewell.discovery import Plugins
from scorewell.history import History
from scorewell.history.projects import history_if_kept
from scorewell.replay import Scored, is_past, plugins_for, scored_as_of
from scorewell.runner.children import children_of
from scorewell.runner.documents import document_of
from scorewell.runner.improvements import Improvement, improvements
from scorewell.runner.people import Overridden, PulseBeside, overridden, pulse_beside
from scorewell.runner.remembering import past_of_customer, records_of
from scorewell.runner.selection import check_score, customer_id
from scorewell.runner.tree_of_one import Node, explained
from scorewell.scoring import with_hysteresis, with_lines
from scorewell.scoring.columns import IN_CIRCLE
from scorewell.scoring.lifts import at_best, below_models
from scorewell.scoring.uses import metrics_used

__all__ = ["Adjusted", "Explanation", "explain"]


@attrs.frozen(kw_only=True)
class Adjusted:
    """An adjustment that changed the score: what it says, why, and the points it added or took."""

    rule: str
    because: str
    contribution: float


@attrs.frozen(kw_only=True)
class Explanation:
    """``baseline`` plus the contributions of the tree, the adjustments, the override and ``rounding`` is ``score``.

    ``score``, ``baseline`` and all contributions are in the scorecard's scale. ``root`` is None where the customer has
    no scorecard; ``reason`` says in words why there is no number, or why it is stale; None where all is well.
    ``band_held`` says that the band is not the score's own but one that the scorecard's hysteresis keeps.
    ``improvements`` are single changes that would lift the score, the greatest first.
    """

    customer_id: str
    name: str | None
    score_name: str
    project: str
    as_of: datetime
    run_id: str
    segment: str | None
    stage: str | None
    scorecard: str | None
    scale: tuple[float, float]
    score: float | None
    band: str | None
    band_held: bool = False
    status: str
    reason: str | None
    coverage: float | None
    baseline: float | None
    root: Node | None
    adjustments: tuple[Adjusted, ...]
    override: Overridden | None = None
    rounding: float
    improvements: tuple[Improvement, ...]
    pulse: PulseBeside | None = None

    def document(self) -> dict[str, Any]:
        """Nested dicts, lists, text and numbers, ready for JSON."""
        return {**document_of(self), "scale": list(self.scale)}


def explain(
    project: Project,
    customer: str,
    *,
    as_of: datetime,
    score: str | None = None,
    plugins: Plugins | None = None,
    now: datetime | None = None,
) -> Explanation:
    """Explain a score of ``customer`` (an id, or a name that only one customer has) as of ``as_of`` (aware).

    ``score`` is the name of one of the project's scores; default the first. The whole population is measured and
    fitted, as in a run; nothing is delivered. ``now`` as in ``run``. Raises ScorewellError where the customers cannot
    be read, NobodySelected for an unknown score and where nobody or several customers are meant.
    """
    check_score(project, score)
    plugins = plugins_for(project, plugins)
    hooks = plugins.hooks()
    with history_if_kept(project) as history:
        # Everybody, as in a run: what fails on another customer is left out for this one too.
        records = records_of(project, history)
        whole = scored_as_of(project, as_of, plugins=plugins, hooks=hooks, records=records, now=now)
        return _explained(whole.of_score(score or score_name(project)), customer, history, now)


def _explained(whole: Scored, customer: str, history: History | None, now: datetime | None) -> Explanation:
    project, metrics, as_of = whole.project, whole.metrics, whole.as_of
    identity = customer_id(metrics.frame, customer)
    everybody = _everybody(whole)
    measured = everybody.filter(pl.col("customer_id") == identity)
    own = whole.scores.filter(pl.col("customer_id") == identity)
    if history is not None:
        own = with_hysteresis(with_lines(own, project), past_of_customer(history, identity, as_of), project)
    scores = own.row(0, named=True)
    name = card_of(project, scores["segment"], scores["stage"])
    card = None if name is None else project.scorecards[name]
    scale = (0.0, 100.0) if card is None else card.scale
    is_in_circle = IN_CIRCLE in measured.columns and measured[IN_CIRCLE].item() is True
    root: Node | None = None
    lifts: tuple[Improvement, ...] = ()
    # Who is not active was never scored: a tree would say of every metric that it does not apply.
    if name is not None and scores["status"] != "inactive":
        root = _root(whole, name, measured, scores, now)
        lifts = _improvements(whole, name, everybody, root, scores)
    return Explanation(
        customer_id=identity,
        name=scores.get("name"),
        score_name=scores["score_name"],
        project=project.name,
        as_of=as_of,
        run_id=whole.run_id,
        segment=scores["segment"],
        stage=scores["stage"],
        scorecard=name,
        scale=scale,
        score=scores["score"],
        band=scores["band"],
        band_held=scores.get("band_held") or False,
        status=scores["status"],
        reason=_IN_CIRCLE if is_in_circle else _reason(project, name, scores, metrics.stale),
        coverage=scores["coverage"],
        baseline=scores["baseline"],
        root=root,
        adjustments=() if card is None else _adjustments(card, scores),
        override=overridden(scores, history, as_of),
        rounding=scores.get("contribution.rounding") or 0.0,
        improvements=lifts,
        pulse=pulse_beside(project, identity, scores["score"], scale, as_of),
    )


def _everybody(whole: Scored) -> pl.DataFrame:
    """The metrics; of parents with what their children come to, with which each improvement scores them again."""
    metrics = whole.metrics
    if "children" not in whole.scores.columns:
        return metrics.frame
    return whole.fitted.with_children(metrics.frame.lazy(), metrics.failed, stale=metrics.stale)


def _root(whole: Scored, name: str, measured: pl.DataFrame, scores: Mapping[str, Any], now: datetime | None) -> Node:
    """The tree of the customer's scorecard ``name``."""
    project, metrics = whole.project, whole.metrics
    return explained(
        whole.fitted,
        name,
        _as_scored(project, measured, scores),
        scores,
        failed=metrics.failed,
        children=children_of(project, name, scores["customer_id"], metrics.frame, whole.scores),
        as_known_today=metrics.as_known_today if is_past(project, whole.as_of, now) else {},
    )


def _improvements(
    whole: Scored, name: str, everybody: pl.DataFrame, root: Node, scores: Mapping[str, Any]
) -> tuple[Improvement, ...]:
    """What would lift the customer's score, each change alone."""
    is_own = pl.col("customer_id") == scores["customer_id"]
    at_their_best = {
        leaf.path: at_best(leaf, everybody, whole.scores).filter(is_own) for leaf in below_models(whole.fitted, name)
    }
    measured, failed = everybody.filter(is_own), whole.metrics.failed
    return improvements(whole.fitted, name, measured, root, failed, segment=scores["segment"], at_best=at_their_best)


def _as_scored(project: Project, measured: pl.DataFrame, scores: Mapping[str, Any]) -> pl.DataFrame:
    """The customer's metrics with the values that were scored: some are relative to the segment."""
    relative = [name for name, metric in project.metrics.items() if metric.relative_to is not None]
    return measured.with_columns(pl.lit(scores[f"metric.{name}"], pl.Float64).alias(name) for name in relative)


def _adjustments(card: Scorecard, scores: Mapping[str, Any]) -> tuple[Adjusted, ...]:
    """The adjustments that moved the score, in order."""
    moved = []
    for position, adjustment in enumerate(card.adjustments, 1):
        points = scores.get(f"contribution.adjustment.{position}") or 0.0
        if points:
            moved.append(Adjusted(rule=_rule(adjustment), because=adjustment.because, contribution=points))
    return tuple(moved)


def _rule(adjustment: Adjustment) -> str:
    if adjustment.at_most is not None:
        return f"at most {adjustment.at_most:g}"
    if adjustment.at_least is not None:
        return f"at least {adjustment.at_least:g}"
    if adjustment.add is not None:
        return f"{adjustment.add:+g}"
    return f"set to {adjustment.replace:g}"


_IN_CIRCLE = "it is its own ancestor: its parents lead back to itself, so none of them can be scored first"


def _reason(project: Project, scorecard: str | None, scores: Mapping[str, Any], stale: Mapping[str, str]) -> str | None:
    """Why there is no number, or why it is not to be relied on, in words; None where there is one and all is well."""
    if scores["status"] == "stale" and scorecard is not None:
        used = metrics_used(project, project.scorecards[scorecard])
        return next((why for metric, why in sorted(stale.items()) if metric in used), None)
    if scores["status"] == "unassigned" and scores["segment"] is not None:
        return f"segment {scores['segment']} has no scorecard for the stage {scores['stage'] or '(none)'}"
    if scores["status"] == "insufficient_data" and scorecard is not None:
        return _too_little(project.scorecards[scorecard], scores["coverage"])
    return {
        "error": "a metric or a part of the scorecard failed, or a metric is required and missing",
        "inactive": f"not an active customer: {project.customers.active}",
        "unassigned": "no segment's rule takes this customer",
        "not_applicable": "no part of the scorecard applies to this customer",
    }.get(scores["status"])


def _too_little(card: Scorecard, coverage: float | None) -> str:
    if coverage is None or coverage >= card.minimum_coverage:
        return "no part of the scorecard has a score"
    return f"data for {coverage:.0%} of the weight; {card.minimum_coverage:.0%} is needed"
