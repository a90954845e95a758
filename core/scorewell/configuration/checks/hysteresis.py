"""Hysteresis: one way to keep bands, with thresholds beyond the edges of bands that there are."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from scorewell.configuration.bands import spans
from scorewell.configuration.checks.context import Context
from scorewell.configuration.model import Leave, Scorecard
from scorewell.configuration.nodes import Keys

__all__ = ["check_hysteresis"]

_WAYS = ("points", "leave", "readings")


def check_hysteresis(context: Context, card: Scorecard, keys: Keys) -> None:
    """As written in a scorecard; of bands that are mistaken nothing more is told."""
    rule, inside = card.hysteresis, (*keys, "hysteresis")
    if rule is None or not context.sound(*inside):
        return
    given = [way for way in _WAYS if context.written((*inside, way))]
    if len(given) != 1:
        context.notes.at(inside, "expected exactly one of points, leave and readings")
        return
    if rule.points is not None and rule.points <= 0:
        context.notes.at((*inside, "points"), f"expected more than 0 points, got {rule.points:g}")
    if rule.readings is not None and rule.readings < 2:
        context.notes.at((*inside, "readings"), f"expected 2 or more scores in a row, got {rule.readings}")
    if given == ["leave"]:
        _leave(context, card, rule.leave, (*inside, "leave"))


def _leave(context: Context, card: Scorecard, thresholds: Mapping[str, Leave], keys: Keys) -> None:
    if not thresholds:
        context.notes.at(keys, "expected a band at least, as at_risk: {above: 45}")
    if not card.bands or not context.sound(*keys[:2], "bands"):
        return
    ends = {span.band.name: (span.low, span.high) for span in spans(card)}
    for name, leave in thresholds.items():
        if name not in ends:
            context.unknown("band", name, tuple(ends), (*keys, name))
        for side, mistake in _mistakes(card, name, leave, ends):
            context.notes.at((*keys, name, *side), mistake)


def _mistakes(
    card: Scorecard, name: str, leave: Leave, ends: Mapping[str, tuple[float, float]]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """What is wrong with the thresholds of one band, and at which of them."""
    if leave.below is None and leave.above is None:
        yield (), "expected below or above"
    low, high = ends.get(name, (math.inf, -math.inf))
    if leave.below is not None:
        if name == card.bands[0].name:
            yield ("below",), f"there is no band below {name!r}"
        elif leave.below > low:
            yield ("below",), f"{leave.below:g} lies in {name!r}, which begins at {low:g}"
    if leave.above is not None:
        if name == card.bands[-1].name:
            yield ("above",), f"there is no band above {name!r}"
        elif leave.above < high:
            yield ("above",), f"{leave.above:g} lies in {name!r}, which ends at {high:g}"
