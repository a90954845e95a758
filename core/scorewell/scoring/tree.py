"""A scorecard as a tree of nodes, and which scorecards have trees of the same shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

import attrs

from scorewell.api.v1 import Aggregator, Condition, Normalizer
from scorewell.configuration.evolving import evolved
from scorewell.configuration.model import Dimension, RollUp, Scorecard, ScoredMetric

__all__ = [
    "ROLLED_UP",
    "Leaf",
    "Node",
    "has_models",
    "leaves",
    "models",
    "nodes",
    "roll_ups",
    "shape",
    "tree",
    "with_normalizers",
]

P = TypeVar("P", Scorecard, Dimension)

ROLLED_UP = "roll_up"
"""The path of the only part of a scorecard whose whole score comes from children."""


@attrs.frozen
class Leaf:
    """A metric's place in the tree. ``path`` is dotted, as in ``product_usage.active_days``."""

    path: str
    metric: str
    settings: ScoredMetric


@attrs.frozen
class Node:
    """The root (path "") or a dimension. ``children`` are dimensions first, then metrics, as configured.

    A node with ``roll_up`` has no children here: its score comes from the customer's own.
    """

    path: str
    weight: float
    aggregator: Aggregator
    when: Condition | None
    minimum_coverage: float | None
    children: tuple[Node | Leaf, ...]
    roll_up: RollUp | None = None

    @property
    def height(self) -> int:
        """1 for a node of leaves only."""
        return 1 + max((child.height for child in self.children if isinstance(child, Node)), default=0)


def tree(card: Scorecard) -> Node:
    """The scorecard's tree."""
    children = _children("", card)
    if card.roll_up is not None:
        children = (Node(ROLLED_UP, 1.0, card.aggregator, None, None, (), card.roll_up),)
    return Node("", 1.0, card.aggregator, None, card.minimum_coverage, children)


def _children(path: str, parent: Scorecard | Dimension) -> tuple[Node | Leaf, ...]:
    prefix = f"{path}." if path else ""
    dimensions = (
        Node(
            prefix + name,
            dimension.weight,
            dimension.aggregator,
            dimension.when,
            dimension.minimum_coverage,
            _children(prefix + name, dimension),
            dimension.roll_up,
        )
        for name, dimension in parent.dimensions.items()
    )
    metrics = (Leaf(prefix + name, name, settings) for name, settings in parent.metrics.items())
    return (*dimensions, *metrics)


def nodes(root: Node) -> Iterator[Node]:
    """All nodes, each before its children."""
    yield root
    for child in root.children:
        if isinstance(child, Node):
            yield from nodes(child)


def leaves(root: Node) -> Iterator[Leaf]:
    """All leaves, in their configured order."""
    for child in root.children:
        if isinstance(child, Node):
            yield from leaves(child)
        else:
            yield child


def roll_ups(root: Node) -> Iterator[Node]:
    """The nodes whose score comes from the customer's children."""
    return (node for node in nodes(root) if node.roll_up is not None)


def models(root: Node) -> Iterator[Node]:
    """The nodes whose aggregator learns."""
    return (node for node in nodes(root) if node.aggregator.learns)


def has_models(card: Scorecard) -> bool:
    """Whether an aggregator of the scorecard learns."""
    return any(True for _ in models(tree(card)))


def with_normalizers(card: Scorecard, normalizers: Mapping[str, Normalizer]) -> Scorecard:
    """The scorecard with other normalizers at some paths."""
    return _with_normalizers("", card, normalizers) if normalizers else card


def _with_normalizers(path: str, part: P, normalizers: Mapping[str, Normalizer]) -> P:
    prefix = f"{path}." if path else ""
    metrics = {
        name: evolved(scored, normalizer=normalizers.get(prefix + name, scored.normalizer))
        for name, scored in part.metrics.items()
    }
    dimensions = {
        name: _with_normalizers(prefix + name, dimension, normalizers) for name, dimension in part.dimensions.items()
    }
    return evolved(part, metrics=metrics, dimensions=dimensions)


def shape(card: Scorecard) -> object:
    """What two scorecards must share to be one plan; weights, statistics, conditions and normalizers may differ."""
    return card.scale, _shape(tree(card))


def _shape(part: Node | Leaf) -> object:
    if isinstance(part, Leaf):
        return part.path, part.settings.missing
    return (
        part.path,
        repr(part.aggregator),
        part.minimum_coverage is None,
        part.roll_up is None,
        tuple(_shape(child) for child in part.children),
    )
