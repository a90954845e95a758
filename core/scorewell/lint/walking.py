"""A project's objects, each with its path in the configuration; and the parts of scorecards with their shares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from scorewell.api.v1 import Aggregator
from scorewell.configuration.model import Dimension, Project, Scorecard, ScoredMetric, SourceTables
from scorewell.configuration.written import UNWRITTEN
from scorewell.discovery import yaml_name

__all__ = ["Leaf", "leaves", "nodes", "walked"]


def walked(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """``value`` and everything in it, the settings of components included."""
    yield path, value
    if isinstance(value, SourceTables):
        yield from walked(value.plugin, path)
        for name, table in value.tables.items():
            yield from walked(table, f"{path}.tables.{name}" if name else path)
        return
    kind = type(value)
    if attrs.has(kind):
        for field in attrs.fields(kind):
            if field.name not in UNWRITTEN.get(kind, ()):
                yield from walked(getattr(value, field.name), _below(path, yaml_name(field)))
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from walked(each, _below(path, str(name)))
    elif isinstance(value, (tuple, list)):
        for number, each in enumerate(value, 1):
            yield from walked(each, _below(path, str(number)))


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


@attrs.frozen
class Leaf:
    """A metric's place in a scorecard. ``share`` is its part of the whole weight, 0–1; ``above`` are the aggregators
    over it, from the root down; ``may_not_apply`` says whether a condition on the way may take it out."""

    path: str
    metric: str
    settings: ScoredMetric
    share: float
    above: tuple[Aggregator, ...]
    may_not_apply: bool


def leaves(node: Scorecard | Dimension, path: str) -> Iterator[Leaf]:
    """The metrics below a scorecard or dimension, shares and conditions seen from it."""
    yield from _leaves(node, path, 1.0, (), may_not_apply=False)


def _leaves(
    node: Scorecard | Dimension, path: str, share: float, above: tuple[Aggregator, ...], *, may_not_apply: bool
) -> Iterator[Leaf]:
    total = sum(part.weight for part in node.metrics.values()) + sum(part.weight for part in node.dimensions.values())
    each = share / (total or 1.0)
    above = (*above, node.aggregator)
    for name, settings in node.metrics.items():
        may_not = may_not_apply or settings.when is not None
        yield Leaf(f"{path}.metrics.{name}", name, settings, each * settings.weight, above, may_not)
    for name, dimension in node.dimensions.items():
        may_not = may_not_apply or dimension.when is not None
        inside = f"{path}.dimensions.{name}"
        yield from _leaves(dimension, inside, each * dimension.weight, above, may_not_apply=may_not)


def nodes(project: Project) -> Iterator[tuple[str, Scorecard | Dimension]]:
    """Every scorecard and every dimension, with its path."""

    def below(node: Scorecard | Dimension, path: str) -> Iterator[tuple[str, Scorecard | Dimension]]:
        yield path, node
        for name, dimension in node.dimensions.items():
            yield from below(dimension, f"{path}.dimensions.{name}")

    for name, card in project.scorecards.items():
        yield from below(card, f"scorecards.{name}")
