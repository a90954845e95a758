"""A scorecard as a tree of nodes, and which scorecards have trees of the same shape."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from scorewell.api.v1 import Aggregator, Condition
from scorewell.configuration.model import Dimension, Scorecard, ScoredMetric

__all__ = ["Leaf", "Node", "has_models", "leaves", "models", "nodes", "shape", "tree"]


@attrs.frozen
class Leaf:
    """A metric's place in the tree. ``path`` is dotted, as in ``product_usage.active_days``."""

    path: str
    metric: str
    settings: ScoredMetric


@attrs.frozen
class Node:
    """The root (path "") or a dimension. ``children`` are dimensions first, then metrics, as configured."""

    path: str
    weight: float
    aggregator: Aggregator
    when: Condition | None
    minimum_coverage: float | None
    children: tuple[Node | Leaf, ...]

    @property
    def height(self) -> int:
        """1 for a node of leaves only."""
        return 1 + max((child.height for child in self.children if isinstance(child, Node)), default=0)


def tree(card: Scorecard) -> Node:
    """The scorecard's tree."""
    return Node("", 1.0, card.aggregator, None, card.minimum_coverage, _children("", card))


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


def models(root: Node) -> Iterator[Node]:
    """The nodes whose aggregator learns."""
    return (node for node in nodes(root) if node.aggregator.learns)


def has_models(card: Scorecard) -> bool:
    """Whether an aggregator of the scorecard learns."""
    return any(True for _ in models(tree(card)))


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
        tuple(_shape(child) for child in part.children),
    )
