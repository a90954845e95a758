"""The bands a scorecard has when it says nothing of them, their colours, their edges, and how far they are kept."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import attrs

from scorewell.configuration.model import Band, Scorecard

__all__ = ["coloured", "default_bands", "edges", "kept"]

# From bad to good. Each has at least 4.5 : 1 against white (WCAG 2.2 AA), and the lightness differs where the hue may
# not be told apart.
_COLORS = ("#a61b1b", "#b4530a", "#8a6500", "#4f7a1f", "#1b7a4b")
_PICKS = {1: (4,), 2: (0, 4), 3: (0, 2, 4), 4: (0, 1, 3, 4)}


def default_bands(scale: tuple[float, float]) -> tuple[Band, ...]:
    """At risk up to 40, stable up to 70, healthy up to 100: on another scale, the same shares of it."""
    low, high = scale

    def edge(share: int) -> float:
        return high if share == 100 else low + (high - low) * share / 100

    names = (("at_risk", 40), ("stable", 70), ("healthy", 100))
    return tuple(Band(name=name, up_to=edge(share)) for name, share in names)


def coloured(bands: tuple[Band, ...]) -> tuple[Band, ...]:
    """The bands with a colour each, low to high from red to green."""
    count = len(bands)
    picks = _PICKS.get(count) or tuple(round(number * 4 / (count - 1)) for number in range(count))

    def with_color(band: Any, pick: int) -> Band:
        colored: Band = band if band.color is not None else attrs.evolve(band, color=_COLORS[pick])
        return colored

    return tuple(with_color(band, pick) for band, pick in zip(bands, picks, strict=True))


def edges(card: Scorecard) -> tuple[tuple[float, float], ...]:
    """The lower and the upper end of each band, from low to high; which of two neighbours holds an edge, the kind of
    the edges says. The first begins and the last ends with the scale."""
    low, high = card.scale
    between = [band.up_to if band.up_to is not None else following.from_ for band, following in pairwise(card.bands)]
    ends = [low, *(low if edge is None else edge for edge in between), high]
    return tuple(pairwise(ends))


def kept(card: Scorecard) -> tuple[tuple[float | None, float | None], ...]:
    """The lowest and the highest score with which a customer stays in each band by the scorecard's hysteresis of points
    or thresholds; None at a side where it ends at its edge, and at the outer sides of the first and the last."""
    rule, last = card.hysteresis, len(card.bands) - 1
    found: list[tuple[float | None, float | None]] = []
    for position, (band, (low, high)) in enumerate(zip(card.bands, edges(card), strict=True)):
        below: float | None = None
        above: float | None = None
        if rule is not None and rule.points is not None:
            below, above = round(low - rule.points, 9), round(high + rule.points, 9)
        elif rule is not None and band.name in rule.leave:
            below, above = rule.leave[band.name].below, rule.leave[band.name].above
        found.append((below if position > 0 else None, above if position < last else None))
    return tuple(found)
