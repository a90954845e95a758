"""What pages say in sentences. No sentence holds a customer's name: a name may be of any length and direction."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scorewell.reporting.colours import DARK, LIGHT, is_colour, readable_on
from scorewell.reporting.model import BandColour, State
from scorewell.reporting.outline import BandRange, Leaf, Tone

__all__ = [
    "CUSTOMER_STATES",
    "INTERNAL_STATES",
    "MISSING",
    "NOTHING_COSTS",
    "STATUS",
    "STATUS_HEADLINES",
    "TOO_OLD",
    "band_states",
    "band_words",
    "capped",
    "counted",
    "id_to_show",
    "joined",
    "name_to_show",
    "palette",
    "who_acts",
]

CUSTOMER_STATES: dict[Tone, str] = {
    "high": "Going well",
    "mid": "Room to improve",
    "low": "Needs attention",
    "none": "No data",
}
INTERNAL_STATES: dict[Tone, str] = {"high": "Good", "mid": "Fair", "low": "Poor", "none": "No data"}

STATUS = {
    "scored": "Scored",
    "partial": "Scored, with data missing",
    "stale": "Scored, from data that is too old",
    "insufficient_data": "Not enough data",
    "not_applicable": "Nothing applies",
    "unassigned": "In no segment",
    "inactive": "Not active",
    "error": "Failed",
}
STATUS_HEADLINES = {
    "insufficient_data": "Too little data for a score",
    "not_applicable": "No score: none of the scorecard's metrics applies",
    "unassigned": "No score: no segment takes this customer",
    "inactive": "No score: not an active customer",
    "error": "No score: it could not be computed this time",
}
CUSTOMER_HEADLINES = {
    "insufficient_data": "There is not yet enough data for a complete picture",
    "not_applicable": "Nothing to measure yet",
    "error": "The figures could not be computed this time",
}

TOO_OLD = "Some of these figures use data that is no longer updated, so they may be out of date."

NOTHING_COSTS = "nothing costs points"

MISSING = {1: "no data", 2: "does not apply", 3: "could not be read"}

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
_LONGEST_NAME = 120


def counted(number: int, shown: str, one: str, many: str | None = None) -> str:
    """``1 customer``, ``2 customers``."""
    return f"{shown} {one if number == 1 else many or one + 's'}"


def joined(words: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def capped(words: list[str], most: int) -> str:
    """The first few in one sentence part: ``a, b and 7 more``."""
    return joined(words) if len(words) <= most else f"{', '.join(words[:most])} and {len(words) - most} more"


def id_to_show(customer_id: str) -> str:
    """A customer's id, likewise."""
    return name_to_show(customer_id, "")


def name_to_show(name: str | None, customer_id: str) -> str:
    """A name without control characters and reversals of direction, of at most 120 characters; else the id."""
    for text in (name or "", customer_id):
        shown = _CONTROLS.sub(" ", text).strip()
        if shown:
            return shown if len(shown) <= _LONGEST_NAME else shown[: _LONGEST_NAME - 1].rstrip() + "…"
    return "(no name)"


def band_states(bands: Iterable[BandRange], *, for_customer: bool) -> dict[str, State]:
    """Each band by its name: its words, its tone, its place in the page's palette."""
    return {
        band.name: State(band_words(band, for_customer=for_customer), band.tone, position)
        for position, band in enumerate(bands)
    }


def palette(bands: Iterable[BandRange]) -> tuple[BandColour | None, ...]:
    """The bands' own colours, in shades that can be told from the page."""
    return tuple(
        BandColour(readable_on(LIGHT, band.colour), readable_on(DARK, band.colour))
        if band.colour is not None and is_colour(band.colour)
        else None
        for band in bands
    )


def band_words(band: BandRange, *, for_customer: bool) -> str:
    """A band's name. Customers read its label; without one, words for its rank: ``at_risk`` is ours, not theirs."""
    return band.label or (CUSTOMER_STATES[band.tone] if for_customer else band.shown)


def who_acts(leaf: Leaf, *, for_customer: bool) -> str | None:
    """Who can improve a metric."""
    if leaf.controllable is None or leaf.controllable == "nobody":
        return None
    if for_customer:
        return {"customer": "You", "vendor": "We", "both": "Together"}[leaf.controllable]
    return {"customer": "the customer", "vendor": "us", "both": "both sides"}[leaf.controllable]
