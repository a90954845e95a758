"""Which metrics must be known in earlier windows too, and the columns of a metrics table that hold them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scorewell.api.v1 import Normalizer
from scorewell.configuration.model import Dimension, Project, Scorecard, ScoredMetric

__all__ = ["looks_back", "past_column", "past_columns", "past_windows"]


def past_column(metric: str, k: int) -> str:
    """The column with the metric in its ``k``-th earlier window; it begins with ``@``, so it never meets a metric."""
    return f"@past.{metric}.{k}"


def past_windows(project: Project) -> Mapping[str, int]:
    """How many earlier windows of each metric the scorecards look at; metrics of which they need none are left out."""
    most: dict[str, int] = {}
    for card in project.scorecards.values():
        for name, scored in _metrics(card):
            most[name] = max(most.get(name, 0), looks_back(scored.normalizer))
    return {name: most[name] for name in project.metrics if most.get(name, 0) > 0}


def looks_back(normalizer: Normalizer | None) -> int:
    """How many earlier windows a normalizer looks at, or what would score in its place; None looks at none."""
    most = 0
    while normalizer is not None:
        most = max(most, normalizer.past_windows)
        normalizer = normalizer.fallback
    return most


def past_columns(project: Project) -> tuple[str, ...]:
    """All columns that hold earlier windows, in the order of the metrics."""
    return tuple(past_column(name, k) for name, most in past_windows(project).items() for k in range(1, most + 1))


def _metrics(part: Scorecard | Dimension) -> Iterator[tuple[str, ScoredMetric]]:
    yield from part.metrics.items()
    for dimension in part.dimensions.values():
        yield from _metrics(dimension)
