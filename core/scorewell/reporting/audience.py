"""Who may see what, enforced on the project before anything is scored: what is pruned here can appear nowhere later."""

from __future__ import annotations

from collections.abc import Mapping

from scorewell.api.v1 import Audience
from scorewell.configuration.evolving import evolved
from scorewell.configuration.model import Dimension, Metric, Project, Score, Scorecard, ScoredMetric, Segment
from scorewell.configuration.scores import scorecards_of

__all__ = ["visible_to"]


_UNREVIEWED: Mapping[str, None] = {"because": None, "owner": None, "review_by": None}


def visible_to(project: Project, audience: Audience) -> Project:
    """The project as ``audience`` may see it; scores computed from it rest on visible parts alone.

    For customers every scorecard keeps only the metrics with ``audience: customer``, the dimensions that still hold
    one (none of a dimension marked ``audience: internal``) and the adjustments marked for customers. A scorecard that
    ends up without any metric is left out: its customers have none and get no page; so is a score of such scorecards.

    Hidden metrics stay in ``project.metrics``, because rules of segments and conditions may need their values, but
    lose every word a reader could see. Segments lose their labels. Why weights and thresholds are what they are, who
    decides about them and when to look again is for internal readers.
    """
    if audience == "internal":
        return project
    cards = {name: _scorecard(project, card) for name, card in project.scorecards.items()}
    shown = {name: card for name, card in cards.items() if card.dimensions or card.metrics}
    return evolved(
        project,
        metrics={name: _wordless(metric) for name, metric in project.metrics.items()},
        scorecards=shown,
        segments=_segments(project.segments, shown),
        scores=_scores(project.scores, shown),
        thresholds={},
    )


def _scores(scores: Mapping[str, Score], shown: Mapping[str, Scorecard]) -> dict[str, Score]:
    """The scores that a customer may see anything of."""
    return {
        name: evolved(score, segments=_segments(score.segments, shown), scorecard=_visible(score.scorecard, shown))
        for name, score in scores.items()
        if not scorecards_of(score).isdisjoint(shown)
    }


def _segments(segments: Mapping[str, Segment], shown: Mapping[str, Scorecard]) -> dict[str, Segment]:
    return {
        name: evolved(segment, label=None, scorecard=_visible(segment.scorecard, shown) or {})
        for name, segment in segments.items()
    }


def _wordless(metric: Metric) -> Metric:
    if metric.audience == "customer":
        advice = {who: text for who, text in metric.advice.items() if who == "customer"}
        return evolved(metric, advice=advice, **_UNREVIEWED)
    return evolved(metric, label=None, unit=None, description=None, advice={}, controllable=None, **_UNREVIEWED)


def _visible(card: str | Mapping[str, str] | None, shown: Mapping[str, Scorecard]) -> str | Mapping[str, str] | None:
    """A scorecard, or one per stage, as far as there is anything left of it."""
    if card is None or isinstance(card, str):
        return card if card in shown else None
    return {stage: each for stage, each in card.items() if each in shown}


def _scorecard(project: Project, card: Scorecard) -> Scorecard:
    return evolved(
        card,
        dimensions=_dimensions(project, card.dimensions),
        metrics=_metrics(project, card.metrics),
        adjustments=tuple(
            evolved(adjustment, owner=None, review_by=None)
            for adjustment in card.adjustments
            if adjustment.audience == "customer"
        ),
        bands=tuple(evolved(band, **_UNREVIEWED) for band in card.bands),
        roll_up=None,
        label=None,
        **_UNREVIEWED,
    )


def _dimensions(project: Project, dimensions: Mapping[str, Dimension]) -> dict[str, Dimension]:
    kept: dict[str, Dimension] = {}
    for name, dimension in dimensions.items():
        if dimension.audience == "internal":
            continue
        if dimension.roll_up is not None:
            # Children's scores are shown to a parent only where that is said.
            kept |= {name: evolved(dimension, **_UNREVIEWED)} if dimension.audience == "customer" else {}
            continue
        inner = _dimensions(project, dimension.dimensions)
        metrics = _metrics(project, dimension.metrics)
        if inner or metrics:
            kept[name] = evolved(dimension, dimensions=inner, metrics=metrics, **_UNREVIEWED)
    return kept


def _metrics(project: Project, metrics: Mapping[str, ScoredMetric]) -> dict[str, ScoredMetric]:
    return {name: evolved(scored, **_UNREVIEWED) for name, scored in metrics.items() if _is_visible(project, name)}


def _is_visible(project: Project, metric: str) -> bool:
    return project.metrics[metric].audience == "customer"
