"""A made-up book of customers as reports receive it: a project and its metrics table, without sources or files."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import polars as pl

from scorewell.api.v1 import Audience, Column, Condition, Finding, Level
from scorewell.configuration.bands import coloured, default_bands
from scorewell.configuration.model import (
    Adjustment,
    Customers,
    Dimension,
    Metric,
    Project,
    Scorecard,
    ScoredMetric,
    Segment,
)
from scorewell.discovery import Plugins
from scorewell.metrics import MetricsTable
from scorewell.reporting import Past, reports, visible_to
from scorewell.reporting.customer_pages import customer_pages
from scorewell.reporting.formats import Formats
from scorewell.reporting.material import materials
from scorewell.reporting.model import CustomerPage
from scorewell.scoring import fit
from scorewell_standard.aggregators import Minimum, WeightedAverage
from scorewell_standard.normalizers import Linear

AS_OF = datetime(2026, 3, 1, tzinfo=UTC)
RUN_ID = "3f2a9c0b7d114e55"
INTERNAL_WORDS = (
    "gross margin",
    "Commercial",
    "champion",
    "Chase the invoice",
    "Invoice unpaid",
    "Call the sponsor",
    "Dana Whitfield",
    "dana",
    "1,234,567",
    "Key account",
    "key_accounts",
    "at risk",
    "At risk",
    "at_risk",
    "profit_share",
    "secret-unit",
    "Strategic account",
)

METRICS = {
    "active_days": Metric(
        label="Active days",
        unit="days",
        audience="customer",
        controllable="customer",
        description="Days in the last 30 on which anybody signed in.",
        advice={
            "customer": "Invite the teams that have not signed in yet: most start within a week of an invitation.",
            "internal": "Call the sponsor and offer an enablement session.",
        },
    ),
    "seats_used": Metric(
        label="Seats in use",
        unit="%",
        audience="customer",
        controllable="customer",
        advice={"customer": "Assign the free seats, or tell us if you planned for fewer."},
    ),
    "key_features": Metric(
        label="Key features adopted",
        audience="customer",
        controllable="both",
        advice={"customer": "Plan an hour with us: automation and reporting are set up in one session."},
    ),
    "urgent_open": Metric(
        label="Urgent tickets open",
        audience="customer",
        controllable="vendor",
        better="lower",
        advice={"customer": "We have assigned a lead to every open urgent ticket."},
    ),
    "first_reply": Metric(
        label="Time to first reply", unit="hours", audience="customer", controllable="vendor", better="lower"
    ),
    "satisfaction": Metric(
        label="Satisfaction with support",
        audience="customer",
        controllable="nobody",
        description="Mean rating of closed tickets, 1 to 5.",
    ),
    "training": Metric(
        label="People trained",
        unit="%",
        audience="customer",
        controllable="customer",
        advice={"customer": "Book the free onboarding course for the newcomers."},
    ),
    "sponsors": Metric(label="Executive champion", description="champion known to us", controllable="vendor"),
    "profit_share": Metric(
        label="gross margin",
        unit="secret-unit",
        controllable="vendor",
        advice={"internal": "Chase the invoice before the call."},
    ),
}


def _line(start: float, end: float, weight: float = 1.0, **more: Any) -> ScoredMetric:
    return ScoredMetric(weight=weight, normalizer=Linear(from_=start, to=end), **more)


def scorecard(**changes: Any) -> Scorecard:
    """A scorecard with four dimensions, one of them internal and one with an internal metric."""
    settings: dict[str, Any] = {
        "aggregator": WeightedAverage(),
        "dimensions": {
            "product_usage": Dimension(
                weight=45,
                aggregator=WeightedAverage(),
                description="How much of what you bought is in daily use.",
                metrics={
                    "active_days": _line(0, 22, 2),
                    "seats_used": _line(0.2, 0.95, 2),
                    "key_features": _line(0, 8),
                },
            ),
            "support": Dimension(
                weight=25,
                aggregator=WeightedAverage(),
                metrics={"urgent_open": _line(4, 0), "first_reply": _line(24, 1), "satisfaction": _line(1, 5)},
            ),
            "enablement": Dimension(
                weight=20,
                aggregator=Minimum(),
                label="Skills and sponsorship",
                metrics={"training": _line(0, 0.8), "sponsors": _line(0, 2)},
            ),
            "commercial": Dimension(
                weight=10,
                aggregator=WeightedAverage(),
                label="Commercial",
                audience="internal",
                metrics={"profit_share": _line(0, 60)},
            ),
        },
        "adjustments": (
            Adjustment(when=Condition("unpaid > 0"), at_most=55, because="Invoice unpaid for more than 60 days"),
            Adjustment(when=Condition("is_reference"), add=4, because="Strategic account"),
        ),
        "bands": coloured(default_bands((0.0, 100.0))),
    }
    return Scorecard(**(settings | changes))


def project(**changes: Any) -> Project:
    """The project; ``changes`` replace its settings."""
    settings: dict[str, Any] = {
        "name": "Northwind Cloud",
        "sources": {},
        "customers": Customers(
            source="crm",
            roles={role: Column(role) for role in ("name", "owner", "revenue", "currency", "renewal", "start")},
            attributes=(Column("plan"), Column("unpaid"), Column("is_reference")),
        ),
        "metrics": METRICS,
        "scorecards": {"standard": scorecard()},
        "segments": {
            "key_accounts": Segment(when=Condition("plan = 'key'"), scorecard="standard", label="Key accounts"),
            "mid_market": Segment(when=Condition("plan = 'mid'"), scorecard="standard"),
            "small_business": Segment(when=Condition("plan = 'small'"), scorecard="standard"),
        },
    }
    return Project(**(settings | changes))


_FIRST = (
    "Alder",
    "Beacon",
    "Cobalt",
    "Dunmore",
    "Ember",
    "Fairway",
    "Granite",
    "Harbor",
    "Ivory",
    "Juniper",
    "Kestrel",
    "Lumen",
    "Meridian",
    "Nimbus",
    "Orchard",
    "Pinnacle",
    "Quarry",
    "Ridgeway",
    "Summit",
    "Tidewater",
)
_SECOND = ("Logistics", "Health", "Analytics", "Foods", "Robotics", "Insurance", "Media", "Textiles", "Energy", "Labs")
_OWNERS = ("Dana Whitfield", "Joaquín Peña", "Mei Tanaka", "Aoife Byrne")


def metrics_frame(customers: int = 60, seed: int = 7) -> pl.DataFrame:
    """A metrics table's frame: healthy, middling and poor customers, with data missing here and there."""
    chance = random.Random(seed)  # noqa: S311 - made-up figures
    rows = []
    for number in range(customers):
        health = chance.betavariate(2.6, 1.5)

        def near(worst: float, best: float, spread: float = 0.16, health: float = health) -> float:
            part = min(1.0, max(0.0, chance.gauss(health, spread)))
            return worst + (best - worst) * part

        plan = chance.choices(["key", "mid", "small", "trial"], [2, 3, 5, 0.15])[0]
        size = {"key": 240_000, "mid": 48_000, "small": 7_500, "trial": 0}[plan]
        name = f"{_FIRST[number % 20]} {_SECOND[number // 20 % 10]}" + (f" {number // 200}" if number >= 200 else "")
        rows.append(
            {
                "customer_id": f"a-{number:05d}",
                "name": name,
                "owner": _OWNERS[number % 4],
                "revenue": round(size * chance.uniform(0.5, 2.0)),
                "currency": "EUR",
                "renewal": date(2026, 3, 1) + timedelta(days=chance.randint(3, 360)),
                "start": date(2026, 3, 1) - timedelta(days=chance.randint(40, 1500)),
                "plan": plan,
                "unpaid": int(health < 0.45 and chance.random() < 0.5),
                "is_reference": health > 0.8 and chance.random() < 0.2,
                "active_days": float(round(near(1, 23))),
                "seats_used": round(near(0.2, 1.0), 3),
                "key_features": float(round(near(1, 9))),
                "urgent_open": float(round(near(5, 0))),
                "first_reply": round(near(26, 1), 2),
                "satisfaction": round(near(1.5, 5), 2) if chance.random() < 0.7 else None,
                "training": round(near(0.1, 0.9), 2) if chance.random() < 0.9 else None,
                "sponsors": float(round(near(0, 2.4))),
                "profit_share": round(near(5, 70), 1),
                "@active": chance.random() > 0.03,
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None).sort("customer_id")


FINDINGS = (
    Finding(
        id="unknown-customers",
        level=Level.WARNING,
        where="tickets",
        message="37 rows belong to no known customer",
        count=37,
        examples=("a-99120", "a-99121", "legacy-7"),
        hint="scorewell check shows them all",
    ),
    Finding(
        id="null-condition",
        level=Level.NOTE,
        where="segments.key_accounts.when",
        message="the condition was null and counts as false",
        count=2,
        examples=("a-00013", "a-00044"),
    ),
)


def scored(project_: Project, frame: pl.DataFrame, failed: tuple[str, ...] = ()) -> pl.DataFrame:
    """The scores frame of these metrics."""
    return fit(project_, frame).score(frame.lazy(), failed=failed).collect()


def pages(
    project_: Project | None = None, frame: pl.DataFrame | None = None, audience: Audience = "customer", **changes: Any
) -> dict[str, str]:
    """The rendered pages by path."""
    project_ = project() if project_ is None else project_
    frame = metrics_frame() if frame is None else frame
    failed = changes.pop("failed", {})
    settings: dict[str, Any] = {
        "as_of": AS_OF,
        "run_id": RUN_ID,
        "audience": audience,
        "theme": None,
        "settings": {},
        "findings": FINDINGS,
        "plugins": Plugins([]),
    }
    table = SimpleNamespace(frame=frame, failed=failed, stale={}, findings=())
    scores = changes.pop("scores", None)
    scores = scored(project_, frame, tuple(failed)) if scores is None else scores
    return {page.path: page.content for page in reports(project_, table, scores, **(settings | changes))}


def page_models_of(
    audience: Audience,
    *,
    project_: Project | None = None,
    frame: pl.DataFrame | None = None,
    failed: tuple[str, ...] = (),
    scores: pl.DataFrame | None = None,
    past: Past | None = None,
) -> list[tuple[str, CustomerPage]]:
    """The models of customers' pages, by customer. ``past`` is shown as it is, whoever reads it."""
    shown = visible_to(project() if project_ is None else project_, audience)
    frame = metrics_frame() if frame is None else frame
    [made_from] = materials(
        shown,
        MetricsTable(frame=frame, failed=dict.fromkeys(failed, "unreadable"), findings=()),
        scored(shown, frame, failed) if scores is None else scores,
        as_of=AS_OF,
        run_id=RUN_ID,
        audience=audience,
        formats=Formats(),
        past=past,
    )
    return list(customer_pages(made_from))
