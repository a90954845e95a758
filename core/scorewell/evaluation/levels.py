"""Which band of one configuration stands at the height of which band of another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from scorewell.configuration import Project
from scorewell.reporting.outline import BandRange, band_ranges
from scorewell.scoring import used_scorecards

__all__ = ["levels", "ranked_bands"]


def levels(current: Sequence[str], proposed: Sequence[str]) -> tuple[dict[str, float], dict[str, float]]:
    """The height of each band of two scorecards, whose bands are named from low to high, on one common ladder.

    Bands of the same name, in the same order on both sides, stand at the same height. Those between two of them are
    matched by order: as many on both sides stand at the same heights, else they are spread evenly, the lowest of all
    and the highest of all at the ends of the ladder.
    """
    shared = SequenceMatcher(None, current, proposed, autojunk=False).get_matching_blocks()
    heights: tuple[dict[str, float], dict[str, float]] = ({}, {})
    rung = start = other_start = 0
    for block in shared:
        is_last = block.size == 0  # difflib ends with an empty block
        for side, names in ((0, current[start : block.a]), (1, proposed[other_start : block.b])):
            heights[side].update(_between(names, rung, is_lowest=rung == 0, is_highest=is_last))
        for name in current[block.a : block.a + block.size]:
            rung += 1
            heights[0][name] = heights[1][name] = float(rung)
        start, other_start = block.a + block.size, block.b + block.size
    return heights


def _between(names: Sequence[str], below: int, *, is_lowest: bool, is_highest: bool) -> Iterator[tuple[str, float]]:
    """The bands that have no namesake, evenly between the rung ``below`` them and the next."""
    steps = len(names) + 1 - is_lowest - is_highest
    for position, name in enumerate(names):
        yield name, below + ((position + (not is_lowest)) / steps if steps else 0.5)


def ranked_bands(project: Project) -> dict[str, BandRange]:
    """The bands of all scorecards in use by name, from low to high, those of the same rank side by side.

    ``project`` has a single score. A band of several scorecards stands where the first of them has it; a label that not
    all of them give it is that of the first.
    """
    ranked = [
        (position / max(len(bands) - 1, 1), band)
        for bands in (band_ranges(project.scorecards[name]) for name in used_scorecards(project))
        for position, band in enumerate(bands)
    ]
    found: dict[str, tuple[float, BandRange]] = {}
    for rank, band in ranked:
        found.setdefault(band.name, (rank, band))
    return {name: band for name, (_, band) in sorted(found.items(), key=lambda item: item[1][0])}
