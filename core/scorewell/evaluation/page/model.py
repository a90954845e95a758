"""The model of a comparison's page: text and numbers ready to print. The template can reach nothing else.

It keeps the promises of the report model: versioned, numbers formatted, percentages of a drawing as decimal text.
"""

from __future__ import annotations

from typing import Literal

import attrs

from scorewell.reporting.model import BandColour, Fact, SegmentRow, State

__all__ = [
    "VERSION",
    "Bar",
    "CauseRow",
    "Cell",
    "Chart",
    "ComparisonPage",
    "Condition",
    "Histogram",
    "MatrixRow",
    "Mover",
    "Part",
    "RestlessRow",
    "ScorecardRow",
    "Standing",
]

VERSION = 1


@attrs.frozen
class Condition:
    """A condition with what became of it; ``state`` says it in words and by a sign."""

    text: str
    state: State
    figures: str


@attrs.frozen
class Cell:
    """How many move from one band to another, and their value. ``heat`` is 0 (nobody) to 4."""

    customers: str | None
    value: str | None
    direction: Literal["up", "down", "same", "lost", "gained", "none"]
    heat: int
    described: str


@attrs.frozen
class MatrixRow:
    """A band as it is, with those of its customers in each band that is proposed, and all of them."""

    state: State
    cells: tuple[Cell, ...]
    customers: str
    value: str | None


@attrs.frozen
class Bar:
    """A rectangle of a chart; ``classes`` are the style's names of its band."""

    x: str
    y: str
    width: str
    height: str
    classes: str = ""


@attrs.frozen
class Histogram:
    """Customers by points; ``outline`` is a path along the tops as it is, ``bars`` what is proposed."""

    bars: tuple[Bar, ...]
    outline: str
    most: str
    described: str


@attrs.frozen
class Chart:
    """Shares per band at each of some moments, as columns."""

    label: str
    note: str
    bars: tuple[Bar, ...]
    width: str
    described: str


@attrs.frozen
class Standing:
    """A customer's score with one of the configurations; without one ``state`` says why."""

    score: str | None
    state: State


@attrs.frozen
class Part:
    """A part of a customer's change: what changed, and the points that it comes to."""

    label: str
    note: str | None
    points: str


@attrs.frozen
class Mover:
    """A customer whose score is another one, or that has one in one configuration alone."""

    name: str
    segment: str | None
    owner: str | None
    current: Standing
    proposed: Standing
    change: str | None
    value: str | None
    parts: tuple[Part, ...] = ()


@attrs.frozen
class CauseRow:
    """Something that moves scores: how many it moves, and by how many points on average."""

    label: str
    note: str | None
    customers: str
    points: str
    state: State


@attrs.frozen
class ScorecardRow:
    """Customers that another scorecard scores."""

    current: str
    proposed: str
    customers: str
    value: str | None


@attrs.frozen
class RestlessRow:
    """A number that tells how restless each configuration is."""

    label: str
    current: str
    proposed: str


@attrs.frozen
class ComparisonPage:
    """What would be different with ``proposed`` in place of ``current``, for internal readers.

    ``matrix_heads`` are the bands that are proposed. ``charts`` and ``restless`` are empty without a look back.
    """

    version: int
    title: str
    project: str
    score: str
    as_of: str
    current: str
    proposed: str
    headline: str
    summary: tuple[str, ...]
    facts: tuple[Fact, ...]
    conditions: tuple[Condition, ...]
    matrix_heads: tuple[State, ...]
    matrix: tuple[MatrixRow, ...]
    matrix_totals: MatrixRow
    spreads: tuple[SegmentRow, ...]
    histogram: Histogram
    causes: tuple[CauseRow, ...]
    more_causes: str | None
    falls: tuple[Mover, ...]
    more_falls: str | None
    rises: tuple[Mover, ...]
    more_rises: str | None
    lost: tuple[Mover, ...]
    more_lost: str | None
    gained: tuple[Mover, ...]
    more_gained: str | None
    scorecards: tuple[ScorecardRow, ...]
    charts: tuple[Chart, ...]
    first_moment: str
    last_moment: str
    restless: tuple[RestlessRow, ...]
    over: str
    how: tuple[str, ...]
    legend: tuple[State, ...]
    value: str | None
    palette: tuple[BandColour | None, ...]
