"""The children that a parent's score is rolled up from, each with what it weighs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import polars as pl

from scorewell.configuration import Project
from scorewell.configuration.scales import of_hundred
from scorewell.configuration.scores import card_of
from scorewell.scoring import ACTIVE
from scorewell.scoring.roll_up import COUNT, PARENT, Hierarchy, parent_of, weight_of
from scorewell.scoring.tree import roll_ups, tree

__all__ = ["ChildScore", "children_of"]


@attrs.frozen(kw_only=True)
class ChildScore:
    """A child: ``normalized`` is its score as 0–100, null without one; ``weight`` is what it weighs as a child."""

    customer_id: str
    name: str | None
    normalized: float | None
    status: str
    weight: float


def children_of(
    project: Project, scorecard: str, customer: str, metrics: pl.DataFrame, scores: pl.DataFrame
) -> Mapping[str, tuple[ChildScore, ...]]:
    """The children of ``customer`` by the path of the node that rolls them up, those that weigh most first.

    ``metrics`` and ``scores`` hold everybody; ``project`` has a single score.
    """
    nodes = list(roll_ups(tree(project.scorecards[scorecard])))
    if not nodes:
        return {}
    is_active = pl.col(ACTIVE) if ACTIVE in metrics.columns else pl.lit(value=True)
    by = {node.path: node.roll_up.by for node in nodes if node.roll_up}
    known = [name for name in dict.fromkeys(by.values()) if name in metrics.columns and name != COUNT]
    active = metrics.filter(is_active).select("customer_id", *known, parent_of(metrics.schema).alias(PARENT))
    # One that is its own ancestor has no number of children, and is asked for them all the same.
    is_parent = pl.col("children").is_not_null() | (pl.col("customer_id") == customer)
    parents = scores.filter(is_parent).select("customer_id")
    everybody = Hierarchy.among(active, parents, known).kin
    kin = everybody.filter(pl.col(PARENT) == customer).select(
        "customer_id", *(weight_of(name, everybody.schema).alias(path) for path, name in by.items())
    )
    shown = ["name"] if "name" in scores.columns else []
    rows = kin.join(scores.select("customer_id", "segment", "stage", "score", "status", *shown), on="customer_id")
    return {
        node.path: tuple(
            ChildScore(
                customer_id=row["customer_id"],
                name=row.get("name"),
                normalized=_of_hundred(project, row),
                status=row["status"],
                weight=row[node.path],
            )
            for row in rows.sort(pl.col(node.path), "customer_id", descending=[True, False]).iter_rows(named=True)
        )
        for node in nodes
    }


def _of_hundred(project: Project, row: Mapping[str, Any]) -> float | None:
    name = card_of(project, row["segment"], row["stage"])
    if row["score"] is None or name is None:
        return None
    return of_hundred(row["score"], project.scorecards[name].scale)
