"""The bands of a whole project, where each scorecard may have its own."""

from __future__ import annotations

from collections.abc import Mapping

from scorewell.configuration import Project
from scorewell.configuration.bands import coloured, spans

__all__ = ["bands"]


def bands(project: Project) -> Mapping[str, str]:
    """Name to colour (``#rrggbb``), over all scorecards from low to high.

    Scorecards on different scales are compared by the share of the scale that a band ends at; a band that several
    scorecards have stands where the first of them puts it, in its colour there.
    """
    found: dict[str, tuple[float, str]] = {}
    for card in project.scorecards.values():
        low, high = card.scale
        for band, span in zip(coloured(card.bands), spans(card), strict=True):
            found.setdefault(band.name, ((span.high - low) / (high - low), band.color or ""))
    return {name: color for name, (_, color) in sorted(found.items(), key=lambda item: item[1][0])}
