"""Exact Shapley values of small trees, from tables: as many numbers as LightGBM's own, in a fraction of the time.

What a tree says of a customer, and what each feature contributes to it, depends only on which way each of its divisions
sends the customer. A tree of eight leaves has seven divisions, so there are 128 cases: they are worked out once, and a
customer's are looked up. The values are those of path-dependent TreeSHAP (Lundberg, Erion and Lee 2018), the idea of
working them out beforehand is Yang's (*Fast TreeSHAP*, 2021).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

import attrs
import numpy as np
import polars as pl
from lightgbm import Booster
from numpy.typing import NDArray

__all__ = ["MOST_LEAVES", "TreeTable", "explainer", "shapley_values", "tables"]

Numbers = NDArray[np.float64]
Truths = NDArray[np.bool_]

MOST_LEAVES = 10
ROWS_AT_ONCE = 16_384  # what one tree needs of them stays in the processor's cache


@attrs.frozen(eq=False)
class Division:
    """Who goes left: numbers up to ``threshold``, and, where ``absent_goes_left``, missing ones; or ``categories``, a
    truth for each code."""

    feature: int
    threshold: float = 0.0
    absent_goes_left: bool = False
    categories: Truths | None = None

    def goes_left(self, values: Numbers) -> Truths:

        if self.categories is not None:
            left: Truths = self.categories.take(values.astype(np.intp), mode="clip")
            return left
        # A missing number, NaN, is neither above nor below.
        return ~(values > self.threshold) if self.absent_goes_left else values <= self.threshold


@attrs.frozen(eq=False)
class TreeTable:
    """A tree: ``points[feature]`` has the feature's Shapley value in each case; bit k of a case is division k."""

    divisions: tuple[Division, ...]
    points: Mapping[int, Numbers]


@attrs.frozen
class _Leaf:
    """A leaf's value and the way to it: for each feature the divisions to pass, as (position, left), and the share of
    the customers who do, of those who come to them."""

    value: float
    passes: Mapping[int, tuple[tuple[int, bool], ...]]
    shares: Mapping[int, float]


@lru_cache(maxsize=8)
def explainer(text: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """What gives the Shapley values of rows by a model in LightGBM's format: a column for each of theirs, Float64.

    From tables where the trees are small enough, else by the library. Kept, for one customer may come after another.
    """
    booster = Booster(model_str=text)
    trees = tables(booster)
    return partial(_by_library, booster) if trees is None else partial(_from_tables, trees)


def _by_library(booster: Booster, values: pl.DataFrame) -> pl.DataFrame:
    if values.is_empty():
        return values
    predicted: Any = booster.predict(values.to_numpy(order="c"), pred_contrib=True)
    return pl.DataFrame(predicted[:, :-1], schema=values.columns)


def _from_tables(trees: Sequence[TreeTable], values: pl.DataFrame) -> pl.DataFrame:
    points = shapley_values(trees, [column.to_numpy() for column in values.iter_columns()])
    return pl.DataFrame(dict(zip(values.columns, points, strict=True)))


def tables(booster: Booster) -> tuple[TreeTable, ...] | None:
    """The trees of a model as tables; None where one has too many leaves for that."""
    trees = booster.dump_model()["tree_info"]
    if any(tree["num_leaves"] > MOST_LEAVES for tree in trees):
        return None
    return tuple(_table(tree["tree_structure"]) for tree in trees)


def shapley_values(trees: Sequence[TreeTable], columns: Sequence[Numbers]) -> list[Numbers]:
    """The Shapley value of each feature, summed over the trees; ``columns`` has the features' values, NaN missing."""

    rows = len(columns[0])
    sums = [np.zeros(rows) for _ in columns]
    for start in range(0, rows, ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        values = [column[part] for column in columns]
        found = np.empty(len(values[0]))
        for tree in trees:
            case = np.zeros(len(found), dtype=np.int16)
            for position, division in enumerate(tree.divisions):
                case |= division.goes_left(values[division.feature]).astype(np.int16) << position
            index = case.astype(np.intp)
            for feature, points in tree.points.items():
                points.take(index, out=found, mode="clip")
                sums[feature][part] += found
    return sums


# -- working a tree out ------------------------------------------------------------------------------------------------


def _table(structure: Mapping[str, Any]) -> TreeTable:

    divisions: list[Division] = []
    found = list(_leaves(structure, divisions, {}, {}))
    cases = np.arange(2 ** len(divisions))
    points: dict[int, Numbers] = {division.feature: np.zeros(len(cases)) for division in divisions}
    for leaf in found:
        follows = {
            feature: np.all([(cases >> position & 1) == left for position, left in passes], axis=0).astype(float)
            for feature, passes in leaf.passes.items()
        }
        for feature in leaf.passes:
            gain = follows[feature] - leaf.shares[feature]
            others = [each for each in leaf.passes if each != feature]
            points[feature] += (
                leaf.value * gain * _weight([follows[each] for each in others], [leaf.shares[each] for each in others])
            )
    return TreeTable(tuple(divisions), points)


def _weight(follows: Sequence[Numbers], shares: Sequence[float]) -> Numbers | float:
    """How much of a leaf the coalitions of the other features on its way reach, each weighed as Shapley says.

    The coefficient of zˢ in Π (share + follows · z) sums over the coalitions of s features; they weigh
    s! (u − s)! / (u + 1)!, where u are the others.
    """

    coefficients: list[Any] = [1.0]
    for follow, share in zip(follows, shares, strict=True):
        lower = [each * share for each in coefficients]
        upper = [each * follow for each in coefficients]
        coefficients = [below + above for below, above in zip([*lower, 0.0], [0.0, *upper], strict=True)]
    others = len(shares)
    weighed: Numbers | float = np.sum(
        [
            coefficient * (math.factorial(size) * math.factorial(others - size) / math.factorial(others + 1))
            for size, coefficient in enumerate(np.broadcast_arrays(*coefficients))
        ],
        axis=0,
    )
    return weighed


def _leaves(
    node: Mapping[str, Any],
    divisions: list[Division],
    passes: Mapping[int, tuple[tuple[int, bool], ...]],
    shares: Mapping[int, float],
) -> Iterator[_Leaf]:
    """The leaves below a node, in order; the divisions that are met are added."""
    if "split_feature" not in node:
        yield _Leaf(node["leaf_value"], passes, shares)
        return
    position, division = len(divisions), _division(node)
    divisions.append(division)
    feature = division.feature
    for child, left in ((node["left_child"], True), (node["right_child"], False)):
        share = _count(child) / node["internal_count"]
        yield from _leaves(
            child,
            divisions,
            {**passes, feature: (*passes.get(feature, ()), (position, left))},
            {**shares, feature: shares.get(feature, 1.0) * share},
        )


def _count(node: Mapping[str, Any]) -> int:
    count: int = node["internal_count" if "split_feature" in node else "leaf_count"]
    return count


def _division(node: Mapping[str, Any]) -> Division:

    if node["decision_type"] == "==":
        codes = [int(code) for code in str(node["threshold"]).split("||")]
        # One more than the greatest: whatever lies above it is clipped to it, and goes right.
        categories = np.zeros(max(codes) + 2, dtype=np.bool_)
        categories[codes] = True
        return Division(node["split_feature"], categories=categories)
    absent_goes_left = node["missing_type"] == "NaN" and node["default_left"]
    return Division(node["split_feature"], float(node["threshold"]), absent_goes_left)
