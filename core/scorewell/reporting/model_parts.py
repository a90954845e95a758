"""The report model's smaller parts: states, gauges, metrics, dimensions, improvements, drivers."""

from __future__ import annotations

from typing import Literal

import attrs

from scorewell.reporting.outline import Tone

__all__ = [
    "BandColour",
    "Branding",
    "DimensionPart",
    "Driver",
    "Edge",
    "Fact",
    "Gauge",
    "Improvement",
    "Item",
    "MetricLine",
    "ScoreLine",
    "State",
    "Step",
]


@attrs.frozen
class Branding:
    """Whose report it is: the theme's settings. ``logo`` is a data: URI; colours are readable on their background."""

    name: str
    logo: str | None
    accent_light: str
    accent_dark: str
    intro: str | None
    footer: str | None


@attrs.frozen
class State:
    """How good something is, in words. ``tone`` chooses the sign, and the colour where the band has none of its own;
    ``band`` is the band's position in the page's palette; ``classes`` are the style's names for both."""

    words: str
    tone: Tone
    band: int | None = None
    classes: str = attrs.field(init=False)

    @classes.default
    def _classes(self) -> str:
        return f"is-{self.tone}" if self.band is None else f"is-{self.tone} band-{self.band}"


@attrs.frozen
class BandColour:
    """A band's own colour, as ``#rrggbb``, in a shade that can be seen on a light page and one for a dark page."""

    light: str
    dark: str


@attrs.frozen
class Edge:
    """An edge between two bands on the gauge: a short line across the arc."""

    x1: str
    y1: str
    x2: str
    y2: str


@attrs.frozen
class Gauge:
    """The score on its scale. ``described`` says it in one sentence for those who do not see the drawing."""

    score: str
    scale: str
    fill: str
    state: State
    edges: tuple[Edge, ...]
    described: str


@attrs.frozen
class ScoreLine:
    """A further score, beside the headline score."""

    label: str
    score: str | None
    fill: str
    state: State


@attrs.frozen
class MetricLine:
    """A metric in the explanation of the score. ``note`` says why a value or a score is missing, or was filled in;
    ``reviews`` are what is written down of its weight and thresholds, empty on the customer's own page."""

    label: str
    description: str | None
    value: str | None
    normalized: str | None
    fill: str
    state: State
    share: str
    points: str | None
    note: str | None
    reviews: tuple[str, ...] = ()


@attrs.frozen
class DimensionPart:
    """A dimension with the metrics directly in it; ``depth`` 1 stands under the score, 0 is the score's own metrics.
    ``reviews`` are what is written down of its weight, empty on the customer's own page."""

    label: str
    description: str | None
    depth: int
    score: str | None
    fill: str
    state: State
    share: str
    method: str
    completeness: str
    is_complete: bool
    metrics: tuple[MetricLine, ...]
    reviews: tuple[str, ...] = ()


@attrs.frozen
class Item:
    """Something that goes well."""

    label: str
    value: str | None
    state: State
    group: str


@attrs.frozen
class Improvement:
    """Something to improve: what it is, where it stands, what it would gain, what to do and who can do it."""

    label: str
    value: str | None
    normalized: str
    fill: str
    state: State
    group: str
    gain: str | None
    advice: str | None
    who: str | None


@attrs.frozen
class Step:
    """A next step and who takes it."""

    who: str
    text: str


@attrs.frozen
class Fact:
    """A labelled value at the head of a page."""

    label: str
    value: str
    note: str | None = None


@attrs.frozen
class Driver:
    """A row of the waterfall from the baseline to the score; ``own`` is what an aggregator adds itself."""

    kind: Literal["baseline", "driver", "own", "exception", "rounding", "score"]
    label: str
    detail: str | None
    points: str
    state: State
    start: str
    width: str
