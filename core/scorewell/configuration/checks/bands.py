"""Bands: one kind of edge, ascending, over the whole scale."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from scorewell.configuration.checks.context import Context
from scorewell.configuration.model import Band, Scorecard
from scorewell.configuration.nodes import Keys, Sequence

__all__ = ["check_bands"]

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


def check_bands(context: Context, card: Scorecard, keys: Keys) -> None:
    """The bands as written; the default ones are right."""
    written = context.notes.find(keys)
    if not isinstance(written, Sequence) or not context.sound(*keys):
        return
    if not written.items:
        context.notes.at(keys, "expected at least one band")
        return
    for number, band in enumerate(card.bands, 1):
        inside = (*keys, str(number))
        # Bands are values, not columns: they are called what the company calls them.
        if not band.name.strip():
            context.notes.at((*inside, "name"), "expected a name")
        if band.color is not None and not _COLOR.fullmatch(band.color):
            context.notes.at((*inside, "color"), f"expected a colour as #1b7a4b, got {band.color!r}")
    for name, count in Counter(band.name for band in card.bands).items():
        if count > 1:
            context.notes.at(keys, f"{count} bands are named {name!r}")
    _edges(context, card, keys)


def _edges(context: Context, card: Scorecard, keys: Keys) -> None:
    bands = card.bands
    for number, band in enumerate(bands, 1):
        if (band.up_to is None) == (band.from_ is None):
            context.notes.at((*keys, str(number)), "expected exactly one of up_to and from")
            return
    if len({band.up_to is None for band in bands}) > 1:
        context.notes.at(keys, "all bands of a scorecard have the same kind of edge: up_to or from")
        return
    edges = [_edge(band) for band in bands]
    for number, (lower, upper) in enumerate(pairwise(edges), 2):
        if upper <= lower:
            context.notes.at((*keys, str(number)), f"bands go from low to high, and {upper:g} follows {lower:g}")
            return
    _ends(context, card, edges, keys)


def _ends(context: Context, card: Scorecard, edges: list[float], keys: Keys) -> None:
    bands = card.bands
    low, high = card.scale
    if bands[0].up_to is None:
        if edges[0] != low:
            context.notes.at((*keys, "1"), f"the first band begins at {edges[0]:g}, the scale at {low:g}")
        if edges[-1] > high:
            context.notes.at((*keys, str(len(bands))), f"{edges[-1]:g} is beyond the scale, which ends at {high:g}")
    else:
        if edges[-1] != high:
            where = (*keys, str(len(bands)))
            context.notes.at(where, f"the last band ends at {edges[-1]:g}, the scale at {high:g}")
        if edges[0] < low:
            context.notes.at((*keys, "1"), f"{edges[0]:g} is below the scale, which begins at {low:g}")


def _edge(band: Band) -> float:
    return band.up_to if band.up_to is not None else band.from_ or 0.0
