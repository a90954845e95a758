"""Contributions: from what the aggregators answered to points of the score, top down; products of effective weights."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import polars as pl

from scorewell.api.v1 import Combination, Part
from scorewell.scoring.columns import contribution, offset, own, score
from scorewell.scoring.tree import Node

__all__ = ["contribution_layers"]


def contribution_layers(
    root: Node,
    combinations: Mapping[str, Combination],
    parts: Mapping[str, Part],
    conditional: Collection[str],
    reference: float,
) -> tuple[list[dict[str, pl.Expr]], tuple[str, ...]]:
    """The layers with the points of leaves and nodes, 0–100, and the paths of the nodes that have points of their own.

    ``combinations`` and ``parts`` are by path; ``conditional`` are the nodes whose score may have been taken away
    after they were combined. Points are null where a node above has no score.
    """
    layers: list[dict[str, pl.Expr]] = []
    of_leaves: dict[str, pl.Expr] = {}
    own_points: list[str] = []
    factors = {"": pl.lit(1.0)}
    offered: set[str] = set()
    level = [root]
    while level:
        layer: dict[str, pl.Expr] = {}
        below: list[Node] = []
        for node in level:
            combination = combinations[node.path]
            has_score = pl.col(score(node.path)).is_not_null()
            factor = factors[node.path]
            if combination.scale is None or node.path in conditional:
                # Without its conditions the node may have had a score: then its scale says nothing of them.
                factor = pl.when(has_score).then(factor)
            shared = f"@factor.{node.path}"
            layer[shared] = factor if combination.scale is None else factor * combination.scale
            added = _added(node, combination, factor, is_offered=node.path in offered)
            if added is not None:
                layer[own(node.path)] = added
                own_points.append(node.path)
            for position, (child, weight) in enumerate(zip(node.children, combination.weights, strict=True)):
                if combination.offsets is not None:
                    layer[offset(child.path)] = pl.when(has_score).then(factor * combination.offsets[position])
                    offered.add(child.path)
                if isinstance(child, Node) and child.roll_up is None:
                    factors[child.path] = pl.col(shared) * weight
                    below.append(child)
                    continue
                points = pl.col(shared) * weight * (parts[child.path].score - reference)
                if child.path in offered:
                    points = _sum(pl.col(offset(child.path)), points)
                of_leaves[contribution(child.path)] = points
        layers.append(layer)
        level = below
    return [*layers, of_leaves], tuple(own_points)


def _added(node: Node, combination: Combination, factor: pl.Expr, *, is_offered: bool) -> pl.Expr | None:
    """A node's own points: what it adds itself, and what its parent gives it beyond its weight."""
    given = pl.col(offset(node.path))
    if combination.own is None:
        return given if is_offered else None
    itself = pl.when(pl.col(score(node.path)).is_not_null()).then(factor * combination.own)
    # What the parent gives counts also where the node has no score.
    return _sum(given, itself) if is_offered else itself


def _sum(given: pl.Expr, points: pl.Expr) -> pl.Expr:
    """What is given, and points that may be null."""
    both = given + points.fill_null(0.0)
    # Whether nothing is 0.0 or -0.0 depends on the length of a batch: a sum with one zero is skipped.
    return pl.when(both == 0.0).then(0.0).otherwise(both)
