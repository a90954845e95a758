"""A small book, and comparisons over it whose every number can be told by heart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import polars as pl
from tests.support.small_project import Rows, card, latest, project, scored

from scorewell.api.v1 import Column, CustomerKey, Table
from scorewell.configuration import Band, Project, Scorecard, SourceTables
from scorewell.discovery import Plugins
from scorewell.evaluation import Comparison, compare, comparison_page, configurations, verdicts

AS_OF = datetime(2026, 3, 1, tzinfo=UTC)
# With a score by logins and one by rating: up, the same band, down, no score, lost, gained.
BOOK: dict[str, list[Any]] = {
    "id": ["a", "b", "c", "d", "e", "f"],
    "name": ["Acme", "Bolt", "Core", "Dome", "Echo", "Flux"],
    "logins": [20.0, 50.0, 90.0, None, 60.0, None],
    "rating": [80.0, 60.0, 10.0, None, None, 100.0],
    "revenue": [100.0, 200.0, 400.0, 50.0, None, 800.0],
}


def book_project(scorecard: Scorecard, book: dict[str, list[Any]] | None = None, **changes: Any) -> Project:
    """A project over the book: logins and rating are metrics, name, revenue and currency are roles."""
    book = BOOK if book is None else book
    made = project({"id": book["id"]}, scorecard)
    table = Table(customer=CustomerKey(column=Column("id")))
    settings = {
        "sources": {"crm": SourceTables(plugin=Rows(frame=pl.DataFrame(book)), tables={"": table})},
        "customers": attrs.evolve(
            made.customers, roles={role: Column(role) for role in ("name", "revenue", "currency") if role in book}
        ),
        "metrics": {name: latest(name) for name in ("logins", "rating")},
        **changes,
    }
    return attrs.evolve(made, **settings)


def by_logins(**settings: Any) -> Scorecard:
    """A score that is the logins."""
    return card(metrics={"logins": scored()}, **settings)


def by_rating(**settings: Any) -> Scorecard:
    """A score that is the rating."""
    return card(metrics={"rating": scored()}, **settings)


def compared(
    current: Project,
    proposed: Project,
    *,
    moments: Sequence[datetime] = (AS_OF,),
    value: str | None = None,
    score: str | None = None,
) -> Comparison:
    """The comparison of two projects, as of the moments."""
    one, other = configurations(current, proposed, labels=("now.yaml", "then.yaml"), score=score)
    return compare(one, other, moments, value=value)


def with_card(project: Project, scorecard: Scorecard) -> Project:
    """The project with another scorecard."""
    return attrs.evolve(project, scorecards={"standard": scorecard})


def compared_page() -> str:
    """A page with everything on it: a look back, conditions, sums in euros, more bands than before, a hostile name."""
    names = ["Acme", "Bolt & Söhne", "W" * 300, "<b>شركة الأفق", "Echo", "Flux"]
    current = book_project(by_logins(), {**BOOK, "name": names, "currency": ["EUR"] * 6})
    edges = {"critical": 20, "at_risk": 40, "stable": 60, "good": 80, "healthy": 100}
    bands = tuple(Band(name=name, up_to=edge) for name, edge in edges.items())
    moments = [AS_OF - timedelta(weeks=back) for back in range(12)]
    made = compared(current, with_card(current, by_rating(bands=bands)), moments=moments)
    told = verdicts(["moved_down > 5%", "largest_fall > 1000", "value_moved_to_critical > 100000"], made.figures)
    return comparison_page(made, told, plugins=Plugins([]))
