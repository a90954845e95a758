"""The parts of what scores change by: which settings, which metrics, which exceptions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import polars as pl

from scorewell.configuration import Project
from scorewell.evaluation.pairing import CUSTOMER
from scorewell.replay import Scored
from scorewell.reporting.causes import cause_label, labels_of
from scorewell.reporting.outline import outline
from scorewell.scoring import Side, changes, used_scorecards

__all__ = ["causes_of", "parts_of"]


def parts_of(current: Scored, proposed: Scored, customers: Collection[str]) -> pl.DataFrame:
    """The rows of ``scoring.changes`` of these customers, from ``current`` to ``proposed``, with a ``label`` to read.

    Who has a score on one side alone has none, and nobody has where the two scores have different names.
    """
    sides = [
        Side(
            fitted=each.fitted,
            # Everybody's metrics: the children of a parent are among them.
            metrics=each.metrics.frame,
            scores=each.scores.filter(pl.col(CUSTOMER).is_in(list(customers))),
            failed=each.metrics.failed,
            stale=each.metrics.stale,
        )
        for each in (current, proposed)
    ]
    parts = changes(*sides)
    labels = dict(pair for each in (current, proposed) for pair in _labels(each.project))
    words = [_label(*row, labels=labels) for row in parts.select("kind", "name", "detail").iter_rows()]
    return parts.with_columns(pl.Series("label", words, dtype=pl.String))


def causes_of(parts: pl.DataFrame) -> pl.DataFrame:
    """What moves scores at all, the strongest first: ``kind, name, label, detail, customers, points``.

    ``customers`` are those whom it moves, ``points`` what it moves them by on average. Rounding is left out.
    """
    causes = ["kind", "name", "label", "detail"]
    return (
        parts.filter(pl.col("kind") != "rounding")
        .group_by(causes)
        .agg(
            pl.len().cast(pl.Int64).alias("customers"),
            # Sorted, because a mean of floats depends on their order, and the same comparison must give the same bytes.
            pl.col("points").sort().mean(),
            pl.col("points").abs().sort().sum().alias("total"),
        )
        .sort(-pl.col("total").round(6), *causes)
        .drop("total")
    )


def _label(kind: str, name: str, detail: str, *, labels: Mapping[str, str]) -> str:
    """A cause as readers know it, more exactly where what is known of it tells more."""
    of_metric = {"added": "{name}: added to the scorecard", "removed": "{name}: removed from the scorecard"}
    of_exception = {"began": "Exception applies now: {name}", "ended": "Exception no longer applies: {name}"}
    known = {"metrics": of_metric, "adjustment": of_exception}.get(kind, {})
    words = known.get(detail.rpartition(" ")[2])
    return cause_label(kind, name, labels) if words is None else words.format(name=cause_label("data", name, labels))


def _labels(project: Project) -> Iterator[tuple[str, str]]:
    for name in used_scorecards(project):
        yield from labels_of(outline(project, name)).items()
