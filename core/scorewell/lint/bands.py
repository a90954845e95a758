"""Bands that no printed score can reach, and what components say of their own settings."""

from __future__ import annotations

import math
from collections.abc import Iterator

from scorewell.api.v1 import Component, Finding, Level
from scorewell.configuration.bands import Span, kept, spans
from scorewell.configuration.model import Project, Scorecard
from scorewell.lint.kinds import found
from scorewell.lint.reach import attainable
from scorewell.lint.walking import walked
from scorewell.messages import why

__all__ = ["doubtful_settings", "unreachable_bands", "wide_hysteresis"]


def doubtful_settings(project: Project) -> Iterator[Finding]:
    """What components doubt of their own settings, as gaps between steps."""
    for path, value in walked(project):
        if isinstance(value, Component):
            try:
                yield from [found(doubt.id, path, f"{value.name}: {doubt.message}") for doubt in value.doubts()]
            except Exception as error:  # noqa: BLE001 - a plugin's failure is told as the plugin's, whatever it raised
                yield Finding(
                    id="mistake",
                    level=Level.ERROR,
                    where=path,
                    message=f"{value.name} failed while looking for doubts: {why(error)}",
                    hint="this is a mistake in the plugin: tell its authors",
                )


def unreachable_bands(project: Project) -> Iterator[Finding]:
    """Bands between whose edges no score of the precision lies, or which normalizers or adjustments keep all out of."""
    for name, card in project.scorecards.items():
        for number, span in enumerate(spans(card), 1):
            if not _holds_a_score(span, card):
                message = f"no score can be {span.band.name}: {_why(card, span)}"
                yield found("band-out-of-reach", f"scorecards.{name}.bands.{number}", message)


def wide_hysteresis(project: Project) -> Iterator[Finding]:
    """Bands that are kept over the whole of a neighbour, which then cannot be reached from them."""
    for name, card in project.scorecards.items():
        if card.hysteresis is None:
            continue
        ends = spans(card)
        for position, (band, (below, above)) in enumerate(zip(card.bands, kept(card), strict=True)):
            over = [position - 1] if below is not None and below <= ends[position - 1].low else []
            over += [position + 1] if above is not None and above >= ends[position + 1].high else []
            for neighbour in over:
                message = f"a customer in {band.name} stays there over all of {card.bands[neighbour].name}"
                yield found("hysteresis-too-wide", f"scorecards.{name}.hysteresis", message)


def _holds_a_score(span: Span, card: Scorecard) -> bool:
    lowest, highest = _within(card)
    if card.precision is None:
        above = lowest < span.high or (lowest == span.high and span.has_high)
        return above and (highest > span.low or (highest == span.low and span.has_low))
    unit = 10.0**card.precision
    first = _whole(span.low, unit, up=True, strictly=not span.has_low)
    last = _whole(span.high, unit, up=False, strictly=not span.has_high)
    # Scores are rounded half up, and so are the ends of what is possible.
    least, most = (math.floor(round(end * unit + 0.5, 6)) for end in (lowest, highest))
    return max(first, least) <= min(last, most)


def _within(card: Scorecard) -> tuple[float, float]:
    """The lowest and the highest score after all adjustments."""
    low, high = attainable(card)
    for adjustment in card.adjustments:
        changed = low, high
        if adjustment.at_most is not None:
            changed = min(low, adjustment.at_most), min(high, adjustment.at_most)
        elif adjustment.at_least is not None:
            changed = max(low, adjustment.at_least), max(high, adjustment.at_least)
        elif adjustment.add is not None:
            changed = low + adjustment.add, high + adjustment.add
        elif adjustment.replace is not None:
            changed = adjustment.replace, adjustment.replace
        if adjustment.when is not None:  # some have it, some have not
            changed = min(low, changed[0]), max(high, changed[1])
        low, high = (min(max(end, card.scale[0]), card.scale[1]) for end in changed)
    return low, high


def _whole(edge: float, unit: float, *, up: bool, strictly: bool) -> int:
    """The nearest multiple of the precision on one side of an edge, in units; ``strictly`` leaves the edge out."""
    scaled = round(edge * unit, 6)
    whole = math.ceil(scaled) if up else math.floor(scaled)
    if strictly and whole == scaled:
        whole += 1 if up else -1
    return whole


def _why(card: Scorecard, span: Span) -> str:
    lowest, highest = _within(card)
    if (lowest, highest) != card.scale and (lowest >= span.high or highest <= span.low):
        kept_by = "adjustments" if attainable(card) == card.scale else "normalizers"
        kept_by = "normalizers and adjustments" if kept_by == "normalizers" and card.adjustments else kept_by
        return f"its {kept_by} keep it within {lowest:g} and {highest:g}"
    decimals = "whole numbers" if card.precision == 0 else f"numbers of {card.precision} decimals"
    return f"scores are {decimals}, and there is none between {span.low:g} and {span.high:g}"
