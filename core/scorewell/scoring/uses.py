"""Which metrics a scorecard's scores rest on: its parts, and all that its conditions, bounds and roll-ups look at."""

from __future__ import annotations

from collections.abc import Iterator

from scorewell.api.v1 import Aggregator, Condition, Expression
from scorewell.configuration.inside import inside
from scorewell.configuration.model import Project, Scorecard
from scorewell.dialect import names_in
from scorewell.scoring.tree import leaves, roll_ups, tree

__all__ = ["all_metrics_used", "metrics_used", "names_used"]


def metrics_used(project: Project, card: Scorecard) -> frozenset[str]:
    """The names of the metrics without which the scorecard's scores would be others."""
    return names_used(card) & project.metrics.keys()


def names_used(card: Scorecard) -> frozenset[str]:
    """The names of metrics, roles and attributes without which the scorecard's scores would be others."""
    root = tree(card)
    names = {leaf.metric for leaf in leaves(root)}
    names |= {node.roll_up.by for node in roll_ups(root) if node.roll_up is not None}
    for sql in _sql(card):
        names |= names_in(sql)
    return frozenset(names)


def all_metrics_used(project: Project, card: Scorecard) -> frozenset[str]:
    """As ``metrics_used``, with those that these are derived from, at any distance."""
    found, further = frozenset[str](), metrics_used(project, card)
    while further:
        found |= further
        formulas = (project.metrics[name].sql for name in further)
        named = frozenset[str]().union(*(names_in(sql) for sql in formulas if sql is not None))
        further = (named & project.metrics.keys()) - found
    return found


def _sql(value: object) -> Iterator[Expression | Condition]:
    """Every expression over customers in the settings; those of aggregators name parts."""
    if isinstance(value, Expression | Condition):
        yield value
        return
    if isinstance(value, Aggregator):
        return
    for each in inside(value):
        yield from _sql(each)
