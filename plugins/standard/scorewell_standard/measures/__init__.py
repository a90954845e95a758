"""Measures: what customer-success teams count, beyond what an SQL aggregate says in a word."""

from __future__ import annotations

from scorewell.api.v1 import Component
from scorewell_standard.measures.answers import Ces, Csat, Nps
from scorewell_standard.measures.change import Change
from scorewell_standard.measures.cycle import Cycle
from scorewell_standard.measures.days import ActiveDays, DaysSince
from scorewell_standard.measures.latest import Latest
from scorewell_standard.measures.lists import Adoption, Milestones
from scorewell_standard.measures.open import Open
from scorewell_standard.measures.ratio import Ratio
from scorewell_standard.measures.stickiness import Stickiness
from scorewell_standard.measures.trend import Trend

__all__ = [
    "COMPONENTS",
    "ActiveDays",
    "Adoption",
    "Ces",
    "Change",
    "Csat",
    "Cycle",
    "DaysSince",
    "Latest",
    "Milestones",
    "Nps",
    "Open",
    "Ratio",
    "Stickiness",
    "Trend",
]

COMPONENTS: tuple[type[Component], ...] = (
    DaysSince,
    ActiveDays,
    Open,
    Change,
    Trend,
    Cycle,
    Milestones,
    Adoption,
    Ratio,
    Stickiness,
    Nps,
    Csat,
    Ces,
    Latest,
)
