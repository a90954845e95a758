"""The steps between two sets of rules, and what each changes, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import attrs

from scorewell.configuration.model import Dimension, RollUp, Scorecard, ScoredMetric
from scorewell.scoring.tree import leaves, tree

__all__ = ["WEIGHTS", "Step", "changed_places", "of_setting"]


@attrs.frozen
class Step:
    """One change: ``kind`` is ``population``, ``weights``, ``thresholds``, ``metrics`` or ``configuration``."""

    kind: str
    name: str = ""


WEIGHTS = Step("weights")
_UNSPELLED = "otherwise"
_MOST_SPELLED = 5  # levels of one setting that a line has room for


def of_setting(name: str) -> Step:
    """The change of a setting, wherever it stands."""
    return Step("configuration", name)


def changed_places(
    step: Step, old: Scorecard | Dimension, new: Scorecard | Dimension, prefix: str = ""
) -> Iterator[str]:
    """What a step changes, place by place."""
    place = prefix.rstrip(".")
    if step.kind == "configuration" and hasattr(old, step.name):
        was, is_now = getattr(old, step.name), getattr(new, step.name)
        if repr(was) != repr(is_now):
            yield f"{place} {_changed(was, is_now)}".strip()
    if step == WEIGHTS and isinstance(old, Dimension) and isinstance(new, Dimension) and old.weight != new.weight:
        yield f"{place} {old.weight:g} → {new.weight:g}"
    for name in {**old.metrics, **new.metrics}:
        yield from _told_of_metric(step, name, f"{prefix}{name}", old.metrics.get(name), new.metrics.get(name))
    for name in {**old.dimensions, **new.dimensions}:
        was, is_now = old.dimensions.get(name), new.dimensions.get(name)
        if was is not None and is_now is not None:
            yield from changed_places(step, was, is_now, f"{prefix}{name}.")
        else:
            yield from _told_of_one(step, cast("Dimension", was or is_now), f"{prefix}{name}", is_new=was is None)


def _told_of_one(step: Step, dimension: Dimension, path: str, *, is_new: bool) -> Iterator[str]:
    if dimension.roll_up is not None and step == of_setting("roll_up"):
        yield f"{path} {'added' if is_new else 'removed'}"
    if step.kind == "metrics":
        for leaf in leaves(tree(_as_card(dimension))):
            if leaf.metric == step.name:
                yield f"{path}.{leaf.path} {'added' if is_new else 'removed'}"


def _as_card(dimension: Dimension) -> Scorecard:
    return Scorecard(
        aggregator=dimension.aggregator, dimensions=dimension.dimensions, metrics=dimension.metrics, bands=()
    )


def _told_of_metric(
    step: Step, name: str, path: str, old: ScoredMetric | None, new: ScoredMetric | None
) -> Iterator[str]:
    if old is None or new is None:
        if step == Step("metrics", name):
            yield f"{path} {'added' if old is None else 'removed'}"
        return
    if step == WEIGHTS and old.weight != new.weight:
        yield f"{path} {old.weight:g} → {new.weight:g}"
    if step == Step("thresholds", name) and repr(old.normalizer) != repr(new.normalizer):
        yield f"{path} {_changed(old.normalizer, new.normalizer)}"
    if step in (of_setting("when"), of_setting("missing")) and getattr(old, step.name) != getattr(new, step.name):
        yield f"{path} {_spelled(getattr(old, step.name))} → {_spelled(getattr(new, step.name))}"


def _changed(old: object, new: object) -> str:
    """The settings of a component that differ; its kind where that does."""
    if type(old) is not type(new) or isinstance(old, RollUp) or not attrs.has(type(old)):
        return f"{_spelled(old)} → {_spelled(new)}"
    names = [field.name for field in attrs.fields(cast("Any", type(old)))]
    pairs = [(name, getattr(old, name), getattr(new, name)) for name in names]
    told = [(name.rstrip("_"), _spelled(was), _spelled(now)) for name, was, now in pairs if repr(was) != repr(now)]
    return ", ".join(
        f"{name} changed" if was == now == _UNSPELLED else f"{name} {was} → {now}" for name, was, now in told
    )


def _spelled(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, RollUp):
        return f"by {value.by}" + (" no better than the worst" if value.floor else "")
    if isinstance(value, float | int):
        return f"{value:g}"
    if isinstance(value, tuple) and all(isinstance(each, float | int) for each in value):
        return "–".join(f"{each:g}" for each in value)
    if isinstance(value, Mapping) and 0 < len(value) <= _MOST_SPELLED:
        return ", ".join(f"{name}: {_spelled(each)}" for name, each in value.items())
    name = value if isinstance(value, str) else getattr(value, "name", None)
    return str(name) if isinstance(name, str) else _UNSPELLED
