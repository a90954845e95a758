"""One customer as pages read it: the texts of its metrics and dimensions, and what moved its score."""

from __future__ import annotations

import attrs

from scorewell.reporting.drivers import Step
from scorewell.reporting.lines import NodeColumns
from scorewell.reporting.model import MetricLine, State
from scorewell.reporting.outline import Leaf, Outline
from scorewell.reporting.room import Room

__all__ = ["Metric", "Reading"]


@attrs.frozen
class Metric:
    """A metric of one customer. ``why`` is 0, or says why a value is missing (see ``lines``)."""

    leaf: Leaf
    line: MetricLine
    why: int
    step: Step | None
    room: Room | None = None

    @property
    def is_scored(self) -> bool:
        """Whether the gain is of a score that was computed again: such gains do not add up."""
        return self.room is not None and self.room.is_scored

    @property
    def points(self) -> float:
        """What it adds to the score, as shown."""
        return 0.0 if self.step is None else self.step.points

    @property
    def gain(self) -> float:
        """The points that it could add at most; 0 where it alone adds none."""
        if self.is_scored:
            return self.room.points if self.room else 0.0
        lost = max(-self.points, 0.0)
        return lost if self.room is None else min(lost, self.room.points)

    @property
    def gain_shown(self) -> str | None:
        """The same to print, None for nothing."""
        if self.is_scored:
            return self.room.shown if self.room else None
        if self.step is None or self.gain <= 0:
            return None
        return self.step.shown[1:] if self.room is None or self.gain == -self.points else self.room.shown


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
