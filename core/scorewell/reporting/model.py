"""The report model: everything a page shows, as text and numbers ready to print. A template can reach nothing else.

The model is versioned: a field may be added within a version, never renamed, removed or given another meaning.
Numbers are formatted; ``fill``, ``start`` and ``width`` are percentages of a drawing's width as plain decimal text.
"""

from __future__ import annotations

import json
from typing import Any, Literal

import attrs

from scorewell.reporting.model_of_time import (
    Cause,
    Direction,
    Event,
    Happening,
    Mark,
    Month,
    Override,
    Pulse,
    Span,
    Tick,
    Timeline,
    Trend,
    Zone,
)
from scorewell.reporting.model_parts import (
    BandColour,
    Branding,
    DimensionPart,
    Driver,
    Edge,
    Fact,
    Gauge,
    Improvement,
    Item,
    MetricLine,
    ScoreLine,
    State,
    Step,
)

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
    """A customer in a list, with the way to its page; None where that is not delivered with the list."""

    href: str | None
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
