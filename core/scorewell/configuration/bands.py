"""The bands a scorecard has when it says nothing of them, and the colours of those that name none."""

from __future__ import annotations

from typing import Any

import attrs

from scorewell.configuration.model import Band

__all__ = ["coloured", "default_bands"]

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
