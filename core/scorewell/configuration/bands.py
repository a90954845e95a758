"""The bands a scorecard has when it says nothing of them, their colours, what each holds, and how far it is kept."""

from __future__ import annotations

import attrs

from scorewell.configuration.evolving import evolved
from scorewell.configuration.model import Band, Scorecard

__all__ = ["Span", "coloured", "default_bands", "kept", "spans"]

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
    return tuple(
        band if band.color is not None else evolved(band, color=_COLORS[pick])
        for band, pick in zip(bands, picks, strict=True)
    )


@attrs.frozen
class Span:
    """What a band holds of the scale: its lower and its upper edge, and whether they belong to it."""

    band: Band
    low: float
    high: float
    has_low: bool
    has_high: bool


def spans(card: Scorecard) -> tuple[Span, ...]:
    """What each band holds, from low to high. The first begins and the last ends with the scale; an edge between two
    belongs to the lower where bands are written by ``up_to``, to the upper where by ``from``."""
    found: list[Span] = []
    low, has_low = card.scale[0], True
    for band, following in zip(card.bands, (*card.bands[1:], None), strict=True):
        high, has_high = card.scale[1], True
        if following is not None and band.up_to is not None:
            high = band.up_to
        elif following is not None:
            high, has_high = following.from_ or 0.0, False
        found.append(Span(band, low, high, has_low, has_high))
        low, has_low = high, not has_high
    return tuple(found)


def kept(card: Scorecard) -> tuple[tuple[float | None, float | None], ...]:
    """The lowest and the highest score with which a customer stays in each band by the scorecard's hysteresis of points
    or thresholds; None at a side where it ends at its edge, and at the outer sides of the first and the last."""
    rule, last = card.hysteresis, len(card.bands) - 1
    found: list[tuple[float | None, float | None]] = []
    for position, span in enumerate(spans(card)):
        below: float | None = None
        above: float | None = None
        if rule is not None and rule.points is not None:
            below, above = round(span.low - rule.points, 9), round(span.high + rule.points, 9)
        elif rule is not None and span.band.name in rule.leave:
            below, above = rule.leave[span.band.name].below, rule.leave[span.band.name].above
        found.append((below if position > 0 else None, above if position < last else None))
    return tuple(found)
