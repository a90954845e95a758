"""One customer as pages read it: the texts of its metrics and dimensions, and what moved its score."""

from __future__ import annotations

import attrs

from scorewell.reporting.drivers import Step
from scorewell.reporting.lines import NodeColumns
from scorewell.reporting.model import MetricLine, State
from scorewell.reporting.outline import Leaf, Outline

__all__ = ["Metric", "Reading"]


@attrs.frozen
class Metric:
    """A metric of one customer. ``why`` is 0, or says why a value is missing (see ``lines``)."""

    leaf: Leaf
    line: MetricLine
    why: int
    step: Step | None

    @property
    def points(self) -> float:
        """What it adds to the score, as shown."""
        return 0.0 if self.step is None else self.step.points


@attrs.frozen
class Reading:
    """One customer. ``score``, ``completeness`` and ``baseline`` are ready to print; ``coverage`` is 0 to 1."""

    outline: Outline
    for_customer: bool
    status: str
    score: str | None
    fill: str
    band: State | None
    coverage: float | None
    completeness: str | None
    baseline: str | None
    baseline_fill: str | None
    metrics: tuple[Metric, ...]
    nodes: tuple[tuple[NodeColumns, int], ...]
    steps: tuple[Step, ...]

    @property
    def rated(self) -> tuple[Metric, ...]:
        """The metrics that were measured and rated."""
        return tuple(metric for metric in self.metrics if metric.why == 0)
