"""What turned out to be empty: nobody active, a segment with nobody, a metric that nobody has a value of."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from scorewell.api.v1 import Finding, Level
from scorewell.configuration import Project, each_score
from scorewell.metrics import ACTIVE, MetricsTable
from scorewell.metrics.customers import nobody_active

__all__ = ["emptiness"]


def emptiness(project: Project, metrics: MetricsTable, scores: pl.DataFrame) -> Iterator[Finding]:
    """Findings about a whole run: ``scores`` and ``metrics`` hold every customer."""
    for score, one in each_score(project):
        section = f"scores.{score}.segments" if project.scores else "segments"
        present = scores.filter(pl.col("score_name") == score)["segment"].unique()
        for name, segment in one.segments.items():
            if name in present:
                continue
            yield Finding(
                id="empty-segment",
                level=Level.WARNING,
                where=f"{section}.{name}",
                message="no customer is in it",
                hint=None if segment.when is None else f"check its rule: {segment.when}",
            )
    active = metrics.frame.filter(pl.col(ACTIVE))
    if active.is_empty():
        yield nobody_active(project)
    for name in project.metrics:
        if name not in metrics.failed and len(active) and active[name].null_count() == len(active):
            yield Finding(
                id="metric-without-data",
                level=Level.WARNING,
                where=f"metrics.{name}",
                message="no active customer has a value",
                count=len(active),
            )
