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
    "BandColour",
    "BandPart",
    "Branding",
    "CustomerList",
    "CustomerPage",
    "CustomerRow",
    "DimensionPart",
    "Driver",
    "Edge",
    "Fact",
    "Gauge",
    "Improvement",
    "Item",
    "Link",
    "MetricLine",
    "Note",
    "PageModel",
    "PortfolioPage",
    "Reason",
    "ScoreLine",
    "SegmentRow",
    "State",
    "Step",
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


@attrs.frozen
class CustomerPage:
    """One customer's page. The customer's own (``audience`` customer) has no facts and no drivers. ``scores`` are those
    beside the headline score; ``children`` those that a parent's score is rolled up from."""

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


PageModel = CustomerPage | PortfolioPage | CustomerList


def to_json(model: PageModel) -> str:
    """The model as JSON, byte-identical for equal models."""
    return json.dumps(model, default=_fields, ensure_ascii=False, indent=1)


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in attrs.fields(type(value))}
