"""Metrics that nothing uses, that measure the same, or whose direction and normalizer contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

from scorewell.api.v1 import Condition, Expression, Finding, Normalizer
from scorewell.configuration.model import Metric, Project
from scorewell.configuration.pulse import PULSE
from scorewell.dialect import names_in
from scorewell.discovery import settings_of
from scorewell.lint.kinds import found
from scorewell.lint.walking import leaves, walked

__all__ = ["contradicting_directions", "duplicate_metrics", "unused_metrics"]

_SAID_OF_IT = frozenset(
    ("better", "label", "unit", "description", "audience", "controllable", "advice", "because", "owner", "review_by")
)
"""Settings of a metric that tell of it and do not change its value."""


def unused_metrics(project: Project) -> Iterator[Finding]:
    """Those that no scorecard, condition or other metric names."""
    used = {leaf.metric for name, card in project.scorecards.items() for leaf in leaves(card, name)}
    used |= _named(project)
    used |= {PULSE} if project.pulse is not None else set()  # it stands beside the score, also where it is not in it
    for name in project.metrics:
        if name not in used:
            yield found("unused-metric", f"metrics.{name}", f"nothing uses {name}")


def _named(project: Project) -> set[str]:
    """Every word that may name a metric."""
    sections = (project.scorecards, project.segments, project.scores, project.stages, project.sources, project.sinks)
    words = {value for _, value in walked(sections) if isinstance(value, str)}
    texts = {word for word in words if isinstance(word, Expression | Condition)}
    texts |= {metric.sql for metric in project.metrics.values() if metric.sql is not None}
    # A plain text may be a metric's name too, as in the settings of a sink.
    return words.union(*(names_in(text) for text in texts))


def duplicate_metrics(project: Project) -> Iterator[Finding]:
    """Those of the same source, measure, window and conditions as an earlier one."""
    first: dict[tuple[object, ...], str] = {}
    for name, metric in project.metrics.items():
        same = first.setdefault(_definition(metric), name)
        if same != name:
            yield found("duplicate-metric", f"metrics.{name}", f"{name} measures the same as {same}")


def _definition(metric: Metric) -> tuple[str, ...]:
    # By representations: a measure's settings may hold what has no hash.
    return tuple(repr(getattr(metric, field.name)) for field in settings_of(Metric) if field.name not in _SAID_OF_IT)


def _rises(normalizer: Normalizer) -> bool | None:
    try:
        return normalizer.rises()
    except Exception:  # noqa: BLE001 - a plugin that fails to say has said nothing, and scores all the same
        return None


def contradicting_directions(project: Project) -> Iterator[Finding]:
    """Metrics whose normalizer gives the points to the other end than ``better`` says."""
    for name, card in project.scorecards.items():
        for leaf in leaves(card, f"scorecards.{name}"):
            normalizer, better = leaf.settings.normalizer, project.metrics[leaf.metric].better
            rises = _rises(normalizer)
            if rises is not None and rises != (better == "higher"):
                fewer, says = ("more", "says better: lower") if rises else ("fewer", "says better: higher")
                if not rises and project.origin and f"metrics.{leaf.metric}.better" not in project.origin:
                    says = "does not say better: lower"
                message = f"higher values get {fewer} points from {normalizer.name}, and {leaf.metric} {says}"
                yield found("against-better", f"{leaf.path}.normalizer", message)
