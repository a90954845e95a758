"""The report model's parts that tell of time: trend, timeline, causes of a change, what people decided and said."""

from __future__ import annotations

from typing import Literal

import attrs

from scorewell.reporting.model_parts import State

__all__ = [
    "Cause",
    "Direction",
    "Event",
    "Happening",
    "Mark",
    "Month",
    "Override",
    "Pulse",
    "Span",
    "Tick",
    "Timeline",
    "Trend",
    "Zone",
]


Direction = Literal["up", "down", "level"]


@attrs.frozen
class Trend:
    """A labelled figure of how the score moved; ``direction`` is its sign, None for what has none."""

    label: str
    value: str
    direction: Direction | None = None
    note: str | None = None


@attrs.frozen
class Tick:
    """A moment on the axis of time. ``x`` is a percentage of the drawing's width."""

    x: str
    label: str


@attrs.frozen
class Zone:
    """A band's part of a timeline, from ``y`` down ``height`` of 160 units."""

    state: State
    y: str
    height: str
    edge: str | None
    """The score at its upper edge; None for the topmost, empty where another edge stands in its place."""


Happening = Literal["rise", "fall", "action", "pulse", "break", "override"]


@attrs.frozen
class Mark:
    """Something at a moment of a timeline. ``x`` is a percentage of the width, ``y`` of 160 units down; None where it
    stands below the line. ``sign`` is what is written in it: a pulse's rating."""

    kind: Happening
    x: str
    y: str | None
    state: State
    text: str
    sign: str | None = None


@attrs.frozen
class Span:
    """A time during which somebody had overridden the score; percentages of the drawing's width."""

    start: str
    width: str
    text: str


@attrs.frozen
class Event:
    """The same in words: what happened on a day. ``sign`` as in ``Mark``."""

    kind: Happening
    day: str
    text: str
    detail: str | None
    state: State
    sign: str | None = None


@attrs.frozen
class Month:
    """The last score of a month."""

    label: str
    score: str
    state: State


@attrs.frozen
class Timeline:
    """The score over at most two years. ``line`` and ``dots`` are SVG paths in a box of 1,000 by 160, broken where
    there was no score or it was made in another way; ``now`` is the run's moment, with the future to its right.

    ``described``, ``months`` and ``events`` say the same in words."""

    described: str
    line: str
    dots: str
    zones: tuple[Zone, ...]
    bottom: str
    top: str
    ticks: tuple[Tick, ...]
    grid: str
    now: str
    end: str | None
    """Where the score of now stands, of 160 units down; None where there is none."""
    end_state: State
    marks: tuple[Mark, ...]
    spans: tuple[Span, ...]
    renewal: Tick | None
    is_renewal_beyond: bool
    has_lane: bool
    events: tuple[Event, ...]
    more_events: str | None
    months: tuple[Month, ...]


@attrs.frozen
class Cause:
    """A row of the waterfall from the score before to the score now."""

    kind: Literal["before", "cause", "rounding", "after"]
    label: str
    detail: str | None
    points: str
    state: State
    start: str
    width: str


@attrs.frozen
class Override:
    """A person's decision about the score. For the customer there is the text alone."""

    text: str
    because: str | None
    author: str | None
    until: str | None


@attrs.frozen
class Pulse:
    """A person's judgement, beside the computed score. ``gap`` is how far apart they are, in words; internal always."""

    rating: str
    day: str
    author: str | None
    reason: str | None
    gap: str | None
    direction: Direction | None
