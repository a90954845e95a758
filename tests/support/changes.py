"""Two sides of a change, and its causes, which are held against the change of every printed score."""

from __future__ import annotations

from typing import Any

import polars as pl
from tests.support.scorecards import customers, project, scorecard, scored

from scorewell.api.v1 import Condition
from scorewell.configuration.model import Project, Scorecard, Segment
from scorewell.scoring import Side, changes, fit
from scorewell_standard.normalizers import Linear


def side(of: Project, metrics: pl.DataFrame, **options: Any) -> Side:
    fitted = fit(of, metrics)
    return Side(fitted=fitted, metrics=metrics, scores=fitted.score(metrics.lazy()).collect(), **options)


def adds_up(before: Side, after: Side) -> pl.DataFrame:
    """The causes, whose points were compared with every change of a printed score."""
    found = changes(before, after)
    keys = ["customer_id", "score_name"]
    both = before.scores.join(after.scores, on=keys, suffix="_after").drop_nulls(["score", "score_after"])
    told = found.group_by(keys).agg(pl.col("points").sum())
    gap = pl.col("score_after") - pl.col("score") - pl.col("points").fill_null(0.0)
    largest = both.join(told, on=keys, how="left").select(gap.abs().max()).item()
    assert largest is None or largest < 1e-9
    assert found.join(both, on=keys, how="anti").is_empty()
    assert not found.select(*keys, "kind", "name").is_duplicated().any()
    return found


def causes(before: Side, after: Side, customer: str = "1") -> list[tuple[str, str, float]]:
    """The kind, name and points of a customer's causes."""
    found = adds_up(before, after).filter(pl.col("customer_id") == customer)
    return [(kind, name, round(points, 6)) for kind, name, points in found.select("kind", "name", "points").rows()]


def only(found: pl.DataFrame) -> tuple[Any, ...]:
    """The single cause of a single customer, without whose and of which score it is."""
    return found.drop("customer_id", "score_name").row(0) if len(found) == 1 else tuple(found.rows())


def whole(*parts: Any, **settings: Any) -> Scorecard:
    """A scorecard without rounding."""
    return scorecard(*parts, precision=None, **settings)


TWO = project(whole(metrics={"a": scored(), "b": scored(weight=3.0)}))
"""A scorecard of two metrics."""
HERE = customers(a=[10], b=[80])
"""A customer of it."""
PLACES = project(
    {"one": whole(metrics={"a": scored()}), "other": whole(metrics={"a": scored(Linear(from_=0.0, to=200.0))})},
    segments={"small": Segment(when=Condition("seats < 10"), scorecard="one"), "large": Segment(scorecard="other")},
)
"""Two segments, each with a scorecard of its own."""
