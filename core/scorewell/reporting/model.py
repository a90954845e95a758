"""The report model: everything a page shows, as text and numbers ready to print. A template can reach nothing else.

The model is versioned: a field may be added within a version, never renamed, removed or given another meaning.
Numbers are formatted; ``fill``, ``start`` and ``width`` are percentages of a drawing's width as plain decimal text.
"""

from __future__ import annotations

import json
from typing import Any, Literal

import attrs

from scorewell.reporting.outline import Tone

__all__ = [
    "VERSION",
    "BandChange",
    "BandColour",
    "BandPart",
    "Branding",
    "Cause",
    "Course",
    "CourseRow",
    "CustomerList",
    "CustomerPage",
    "CustomerRow",
    "DimensionPart",
    "Direction",
    "Driver",
    "Edge",
    "Event",
    "Fact",
    "Flow",
    "Gauge",
    "Happening",
    "Improvement",
    "Item",
    "Layer",
    "Link",
    "Mark",
    "MetricLine",
    "Month",
    "Movement",
    "Note",
    "Override",
    "PageModel",
    "PortfolioPage",
    "Pulse",
    "Reason",
    "ScoreLine",
    "SegmentRow",
    "Span",
    "State",
    "Step",
    "Tick",
    "Timeline",
    "Trend",
    "Zone",
    "to_json",
]

VERSION = 1


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
    """The score at its upper edge; None for the topmost."""


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


@attrs.frozen
class CustomerPage:
    """One customer's page. The customer's own (``audience`` customer) has no facts, no drivers and no pulse. ``scores``
    are those beside the headline score; ``children`` those that a parent's score is rolled up from; ``causes`` what
    changed since the run before, whose moment is ``changed_since``. What needs a past is empty without one."""

    version: int
    audience: Literal["internal", "customer"]
    title: str
    name: str
    customer_id: str
    as_of: str
    run_id: str
    headline: str
    summary: tuple[str, ...]
    status: str
    gauge: Gauge | None
    facts: tuple[Fact, ...]
    going_well: tuple[Item, ...]
    improvements: tuple[Improvement, ...]
    more_improvements: str | None
    steps: tuple[Step, ...]
    drivers: tuple[Driver, ...]
    missing: tuple[str, ...]
    parts: tuple[DimensionPart, ...]
    how: tuple[str, ...]
    palette: tuple[BandColour | None, ...]
    scores: tuple[ScoreLine, ...] = ()
    children: tuple[CustomerRow, ...] = ()
    more_children: str | None = None
    trend: tuple[Trend, ...] = ()
    timeline: Timeline | None = None
    causes: tuple[Cause, ...] = ()
    changed_since: str | None = None
    override: Override | None = None
    pulse: Pulse | None = None


@attrs.frozen
class Link:
    """A way to another page of the same report."""

    href: str
    label: str
    is_current: bool = False


@attrs.frozen
class Note:
    """A finding in words."""

    level: str
    where: str
    message: str
    examples: str | None
    hint: str | None


@attrs.frozen
class BandPart:
    """A band's share of something: customers or revenue. ``start`` and ``width`` place it in a stacked bar."""

    state: State
    customers: str
    amount: str | None
    share: str
    start: str
    width: str


@attrs.frozen
class SegmentRow:
    """How the customers of one segment, or all customers in one score, are distributed over the bands."""

    label: str
    customers: str
    median: str | None
    bands: tuple[BandPart, ...]
    described: str


@attrs.frozen
class Reason:
    """Why a customer's score is low: a driver with its value and the points it costs."""

    label: str
    value: str | None
    points: str


@attrs.frozen
class CustomerRow:
    """A customer in a list of the portfolio, with the way to its page."""

    href: str
    name: str
    segment: str | None
    owner: str | None
    revenue: str | None
    renewal: str | None
    score: str | None
    fill: str
    state: State
    completeness: str | None
    reasons: tuple[Reason, ...]
    change: str | None = None
    """Since the run before; None without one."""
    direction: Direction | None = None


@attrs.frozen
class Flow:
    """The customers that went from one band to another since the run before."""

    before: State
    now: State
    direction: Direction
    customers: str
    amount: str | None


@attrs.frozen
class BandChange:
    """A customer in another band than before, with what moved its score most."""

    href: str
    name: str
    owner: str | None
    revenue: str | None
    before: State
    now: State
    scores: str
    direction: Direction
    cause: str | None
    points: str | None


@attrs.frozen
class Movement:
    """What changed since the run before, whose moment is ``since``."""

    since: str
    facts: tuple[Trend, ...]
    flows: tuple[Flow, ...]
    changes: tuple[BandChange, ...]
    more: str | None


@attrs.frozen
class Layer:
    """A band in the drawing of the last runs: an SVG path of bars in a box of 1,000 by 100."""

    state: State
    bars: str


@attrs.frozen
class CourseRow:
    """The same of one run in words: how many customers were in each band."""

    day: str
    customers: tuple[str, ...]


@attrs.frozen
class Course:
    """How the customers of the report were distributed over the bands in the last runs, one bar a run."""

    described: str
    layers: tuple[Layer, ...]
    ticks: tuple[Tick, ...]
    top: str
    rows: tuple[CourseRow, ...]


@attrs.frozen
class PortfolioPage:
    """The portfolio, for internal readers. ``scores`` is empty where there is one score; else the headline is first."""

    version: int
    title: str
    project: str
    as_of: str
    run_id: str
    headline: str
    summary: tuple[str, ...]
    facts: tuple[Fact, ...]
    bands: tuple[BandPart, ...]
    bands_described: str
    needs: tuple[CustomerRow, ...]
    needs_order: str
    more_needs: str | None
    segments: tuple[SegmentRow, ...]
    statuses: tuple[Fact, ...]
    notes: tuple[Note, ...]
    more_notes: str | None
    lists: tuple[Link, ...]
    has_revenue: bool
    palette: tuple[BandColour | None, ...]
    scores: tuple[SegmentRow, ...] = ()
    movement: Movement | None = None
    course: Course | None = None


@attrs.frozen
class CustomerList:
    """A page of the list of all customers."""

    version: int
    title: str
    project: str
    as_of: str
    run_id: str
    headline: str
    rows: tuple[CustomerRow, ...]
    lists: tuple[Link, ...]
    has_revenue: bool
    palette: tuple[BandColour | None, ...]
    has_change: bool = False


PageModel = CustomerPage | PortfolioPage | CustomerList


def to_json(model: PageModel) -> str:
    """The model as JSON, byte-identical for equal models."""
    return json.dumps(model, default=_fields, ensure_ascii=False, indent=1)


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in attrs.fields(type(value))}
