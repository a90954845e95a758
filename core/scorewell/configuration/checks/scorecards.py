"""Scorecards: parts and their weights, adjustments, scale."""

from __future__ import annotations

import math

from scorewell.api.v1 import Aggregator, ScorewellError
from scorewell.configuration.checks.bands import check_bands
from scorewell.configuration.checks.context import Context
from scorewell.configuration.checks.hysteresis import check_hysteresis
from scorewell.configuration.model import Adjustment, Dimension, Scorecard, ScoredMetric
from scorewell.configuration.nodes import Keys, Scalar
from scorewell.configuration.past_windows import looks_back
from scorewell.messages import why

__all__ = ["check_scorecards"]

_RESERVED = frozenset(("adjustment", "override", "own", "roll_up", "rounding"))
_EFFECTS = ("at_most", "at_least", "add", "replace")


def check_scorecards(context: Context) -> None:
    """Each scorecard. One that no segment uses is no mistake."""
    for name, card in context.project.scorecards.items():
        keys = ("scorecards", name)
        context.identifier("scorecard", name, keys)
        low, high = card.scale
        if low >= high:
            context.notes.at((*keys, "scale"), f"expected the lower end first, got {low:g} to {high:g}")
            low, high = -math.inf, math.inf  # what lies in such a scale, nobody can say
        else:
            check_bands(context, card, (*keys, "bands"))
            check_hysteresis(context, card, keys)
        _node(context, card, keys, (low, high))
        for number, adjustment in enumerate(card.adjustments, 1):
            _adjustment(context, adjustment, (*keys, "adjustments", str(number)), (low, high))

    for part in context.notes.part_names:
        _part_name(context, part)
    for node, points in context.notes.points:
        card_of = context.project.scorecards.get(node.keys[1]) if node.keys[0] == "scorecards" else None
        if card_of is not None and card_of.scale[0] < card_of.scale[1] and not _inside(points, card_of.scale):
            _outside(context, points, node.keys, card_of.scale)


def _inside(value: float, scale: tuple[float, float]) -> bool:
    return scale[0] <= value <= scale[1]


def _node(context: Context, node: Scorecard | Dimension, keys: Keys, scale: tuple[float, float]) -> None:
    _names(context, keys)
    _weights(context, node, keys)
    _start(context, node, (*keys, "aggregator"), scale)
    if context.written((*keys, "roll_up")):
        _roll_up(context, node, keys)
    for name, metric in node.metrics.items():
        _past(context, name, metric, (*keys, "metrics", name, "normalizer"))
        if isinstance(metric.missing, float) and not _inside(metric.missing, scale):
            _outside(context, metric.missing, (*keys, "metrics", name, "missing"), scale)
    for name, dimension in node.dimensions.items():
        _node(context, dimension, (*keys, "dimensions", name), scale)


def _start(context: Context, node: Scorecard | Dimension, keys: Keys, scale: tuple[float, float]) -> None:
    """An aggregator that starts somewhere starts within the scale."""
    aggregator: object = node.aggregator
    # One that could not be made is None, whatever the annotation says: that was told already.
    if not isinstance(aggregator, Aggregator) or not math.isfinite(scale[0]):
        return
    try:
        # Of one that cannot be right nobody can say where it starts, and what is wrong was told with its settings.
        if any(True for _ in aggregator.problems()):
            return
        aggregator.baseline(scale, None)
    except ScorewellError as error:
        context.notes.at(keys, f"{aggregator.name}: {error.message}")
    except Exception as error:  # noqa: BLE001 - a plugin's failure is told as the plugin's, whatever it raised
        context.notes.at(keys, f"{aggregator.name} failed: {why(error)}")


def _part_name(context: Context, part: Scalar) -> None:
    """The name of a part, in a setting of the aggregator of its node."""
    keys, depth = part.keys, 2
    while keys[depth] == "dimensions":
        depth += 2
    node = keys[:depth]
    parts = (*context.names(*node, "dimensions"), *context.names(*node, "metrics"))
    if part.raw not in parts:
        context.unknown("part", part.raw, parts, keys)


def _roll_up(context: Context, node: Scorecard | Dimension, keys: Keys) -> None:
    inside = (*keys, "roll_up")
    for part in ("dimensions", "metrics", "aggregator"):
        if context.written((*keys, part)):
            message = (
                f"children give the whole score here, so there are no {part}: give children a dimension of their own"
            )
            context.notes.at((*keys, part), message)
    known = context.sound("customers") and context.written(("customers",))
    if known and "parent" not in context.names("customers", "roles"):
        message = "no role names the parents of customers: write parent: COLUMN among the roles of customers"
        context.notes.at(inside, message)
    if node.roll_up is None or not context.sound(*inside):
        return
    names = ("count", *context.population, *context.metrics)
    if known and node.roll_up.by not in names:
        context.unknown("name", node.roll_up.by, names, (*inside, "by"))


def _past(context: Context, name: str, scored: ScoredMetric, keys: Keys) -> None:
    """A normalizer that looks at earlier windows needs a metric that has some."""
    metric = context.project.metrics.get(name)
    if metric is None or not context.sound("metrics", name):
        return
    # One that could not be made is None, whatever the annotation says, and was told already.
    if not looks_back(scored.normalizer):
        return
    lacks = None
    if metric.sql is not None:
        lacks = "is derived, so it has none"
    elif metric.window is None or metric.measure is None:
        lacks = "has no window: write window: 30d there"
    elif metric.relative_to is not None:
        lacks = "is relative to the segment, which they are not: leave relative_to out there"
    if lacks is not None:
        context.notes.at(keys, f"{scored.normalizer.name} looks at earlier windows of the metric, and {name} {lacks}")


def _names(context: Context, keys: Keys) -> None:
    metrics, dimensions = context.names(*keys, "metrics"), context.names(*keys, "dimensions")
    if not metrics and not dimensions and not context.written((*keys, "roll_up")) and context.sound(*keys):
        context.notes.at(keys, "it has no parts: expected metrics or dimensions")
    for name in dimensions:
        inside = (*keys, "dimensions", name)
        context.identifier("dimension", name, inside)
        if name in metrics:
            context.notes.at(inside, f"{name!r} is a dimension and a metric in one place: a name has one meaning")
        if name in _RESERVED:
            context.notes.at(inside, f"{name!r} is reserved in the scores frame: no dimension can have that name")
    for name in metrics:
        inside = (*keys, "metrics", name)
        if name not in context.metrics:
            context.unknown("metric", name, context.metrics, inside)
        elif len(keys) == 2 and name in _RESERVED:
            context.notes.at(inside, f"{name!r} is reserved in the scores frame: put the metric into a dimension")


def _weights(context: Context, node: Scorecard | Dimension, keys: Keys) -> None:
    parts: dict[Keys, ScoredMetric | Dimension] = {}
    parts |= {(*keys, "metrics", name): metric for name, metric in node.metrics.items()}
    parts |= {(*keys, "dimensions", name): dimension for name, dimension in node.dimensions.items()}
    for inside, part in parts.items():
        if part.weight < 0:
            context.notes.at((*inside, "weight"), f"expected a weight of 0 or more, got {part.weight:g}")
    if parts and all(part.weight == 0 for part in parts.values()):
        context.notes.at(keys, "the weights of its parts are all zero: at least one must count")


def _adjustment(context: Context, adjustment: Adjustment, keys: Keys, scale: tuple[float, float]) -> None:
    if not context.sound(*keys):
        return
    effects = [effect for effect in _EFFECTS if context.written((*keys, effect))]
    if len(effects) != 1:
        got = f", got {' and '.join(effects)}" if effects else ""
        context.notes.at(keys, f"expected exactly one of {', '.join(_EFFECTS)}{got}")
    if not adjustment.because.strip():
        context.notes.at((*keys, "because"), "the reason is empty: readers of the report will see it")
    for effect in ("at_most", "at_least", "replace"):
        value = getattr(adjustment, effect)
        if value is not None and not _inside(value, scale):
            _outside(context, value, (*keys, effect), scale)


def _outside(context: Context, value: float, keys: Keys, scale: tuple[float, float]) -> None:
    context.notes.at(keys, f"{value:g} is outside the scale of {scale[0]:g} to {scale[1]:g}")
