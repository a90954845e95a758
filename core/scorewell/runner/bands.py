"""The bands of a whole project, where each scorecard may have its own."""

from __future__ import annotations

from collections.abc import Mapping

from scorewell.configuration import Project, Scorecard
from scorewell.configuration.bands import coloured

__all__ = ["bands"]


def bands(project: Project) -> Mapping[str, str]:
    """Name to colour (``#rrggbb``), over all scorecards from low to high.

    Scorecards on different scales are compared by the share of the scale that a band ends at; a band that several
    scorecards have stands where the first of them puts it, in its colour there.
    """
    found: dict[str, tuple[float, str]] = {}
    for card in project.scorecards.values():
        for band, edge in zip(coloured(card.bands), _edges(card), strict=True):
            found.setdefault(band.name, (edge, band.color or ""))
    return {name: color for name, (_, color) in sorted(found.items(), key=lambda item: item[1][0])}


def _edges(card: Scorecard) -> list[float]:
    """Where each band ends, as a share of the scale."""
    low, high = card.scale
    ends = [
        band.up_to if band.up_to is not None else following.from_
        for band, following in zip(card.bands, card.bands[1:], strict=False)
    ]
    return [((high if end is None else end) - low) / (high - low) for end in (*ends, high)]
