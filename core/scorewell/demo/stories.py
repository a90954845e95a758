"""What happens to a customer, and why: the causes that everything measurable follows from.

A story is never written to a file. It sets how much the product is used and how content the people are on each day,
when the sponsor leaves, whether invoices are paid; the tables show the traces, and some stories end in churn.
Days are whole numbers: 0 is the first day of the data, ``DAYS`` the day the data end.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from scorewell.demo.chance import Stream

__all__ = ["CHURN", "DAYS", "Story", "mood", "shares", "usage_level"]

DAYS = 730

Story = Literal[
    "steady",
    "growing",
    "sponsor_left",
    "faded",
    "unpaid",
    "stalled",
    "burdened",
    "seasonal",
    "recovered",
]

CHURN: dict[Story, tuple[float, int, int]] = {
    "steady": (0.03, 60, 500),
    "growing": (0.01, 60, 500),
    "sponsor_left": (0.78, 115, 200),
    "faded": (0.82, 105, 190),
    "unpaid": (0.60, 95, 150),
    "stalled": (0.70, 60, 200),
    "burdened": (0.62, 110, 200),
    "seasonal": (0.03, 60, 500),
    "recovered": (0.0, 60, 500),
}
"""How likely a story ends in churn, and how many days after it began to turn, at least and at most."""


def shares(*, guided: bool, new: bool, seasonal_trade: bool) -> dict[Story, float]:
    """How often each story happens. ``guided`` customers have a sponsor and a CSM; ``new`` ones are being onboarded."""
    if new:
        return {"steady": 45, "growing": 25, "stalled": 30}
    if seasonal_trade:
        return {"seasonal": 70, "growing": 10, "faded": 10, "unpaid": 10}
    if guided:
        return {
            "steady": 25,
            "growing": 17,
            "sponsor_left": 20,
            "faded": 6,
            "unpaid": 9,
            "stalled": 5,
            "burdened": 10,
            "recovered": 8,
        }
    return {"steady": 32, "growing": 16, "faded": 24, "unpaid": 12, "stalled": 7, "burdened": 3, "recovered": 6}


def _slope(day: int, begin: int, length: int, before: float, after: float) -> float:
    """``before`` until ``begin``, ``after`` from ``length`` days later on, a straight line between."""
    return before + (after - before) * min(max((day - begin) / length, 0.0), 1.0)


def _season(on: date, trade: str) -> float:
    """The quiet weeks of a trade: schools in summer and around New Year, travel in late winter."""
    month_day = (on.month, on.day)
    if trade == "Education":
        quiet = (7, 1) <= month_day <= (8, 31) or month_day >= (12, 20) or month_day <= (1, 8)
    else:
        quiet = (1, 18) <= month_day <= (3, 12)
    return 0.4 if quiet else 1.05


def usage_level(story: Story, day: int, on: date, *, signup: int, onset: int, leaves: bool, trade: str) -> float:
    """How much the product is used that day, 1 being the customer's own normal."""
    start = _slope(day, signup, 60, 0.4, 1.0)
    end = 0.0 if leaves else 0.35
    match story:
        case "steady":
            level = 1.0
        case "growing":
            level = _slope(day, max(signup, 0), DAYS, 0.75, 1.3)
        case "sponsor_left":
            level = _slope(day, onset + 10, 110, 1.0, 0.1 + end)
        case "faded":
            level = _slope(day, onset, 130, 1.0, 0.06 + end)
        case "unpaid":
            level = _slope(day, onset, 120, 1.0, 0.4 + end)
        case "stalled":
            level, start = _slope(day, onset, 120, 0.3, 0.12 + end), 1.0
        case "burdened":
            level = _slope(day, onset, 120, 1.0, 0.4 + end)
        case "seasonal":
            level = _season(on, trade)
        case "recovered":
            level = min(_slope(day, onset, 60, 1.0, 0.35), 1.0) + _slope(day, onset + 75, 80, 0.0, 0.7)
    holidays = 0.35 if (on.month, on.day) >= (12, 23) or (on.month, on.day) <= (1, 2) else 1.0
    return start * level * holidays


def mood(story: Story, day: int, *, onset: int, temper: float, chance: Stream) -> float:
    """How content the people are that day, 0 to 1: what ratings, surveys and the CSM's judgement follow."""
    match story:
        case "growing":
            level = 0.88
        case "steady" | "seasonal":
            level = 0.78
        case "sponsor_left" | "faded":
            level = _slope(day, onset + 10, 80, 0.76, 0.38)
        case "unpaid":
            level = _slope(day, onset, 90, 0.72, 0.45)
        case "stalled":
            level = 0.45
        case "burdened":
            level = _slope(day, onset, 60, 0.75, 0.2)
        case "recovered":
            level = _slope(day, onset, 40, 0.76, 0.4) + _slope(day, onset + 80, 60, 0.0, 0.4)
    return min(max(chance.near(level + temper, 0.22), 0.0), 1.0)
