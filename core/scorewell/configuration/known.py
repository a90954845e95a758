"""What is known of customers: tables, who they are, what became of them, what people think, and what is measured."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from scorewell.api.v1 import (
    Audience,
    Column,
    Condition,
    Duration,
    Expression,
    Measure,
    Source,
    Table,
    frozen,
    setting,
)
from scorewell.configuration.writing_down import BECAUSE, OWNER, REVIEW_BY, written_down

__all__ = [
    "ROLES",
    "Actions",
    "Comparison",
    "Customers",
    "DatedOutcomes",
    "GoLive",
    "Metric",
    "Outcomes",
    "Pulse",
    "SourceTables",
]

ROLES = ("name", "owner", "manager", "revenue", "currency", "start", "go_live", "renewal", "parent")

_RELATIVE_TO = "segment: the value is the difference from the median of the customer's segment"


def _ninety_days() -> Duration:
    return Duration.parse("90d")


@frozen
class SourceTables:
    """A configured source and what the project says of its tables (the key "" is the single, inline table)."""

    plugin: Source = setting("the source plugin")
    tables: Mapping[str, Table] = setting("what the columns of each table mean")


@frozen
class GoLive:
    """The events of which a customer's first says when it went live."""

    source: str = setting("the table with the events")
    where: Condition | None = setting("which rows count, such as milestone = 'go_live'; default all", default=None)


@frozen
class Customers:
    """Which table lists the customers, and what its columns are to us."""

    source: str = setting(
        "the table with one row per customer; in a table with a time, the customer's latest row counts"
    )
    active: Condition | None = setting("which customers are scored; the others are listed as inactive", default=None)
    roles: Mapping[str, Column] = setting("columns with a meaning of their own: " + ", ".join(ROLES), factory=dict)
    go_live: GoLive | None = setting(
        "when a customer went live, where events tell it and no column of the customers' table", default=None
    )
    attributes: tuple[Column, ...] = setting("further columns that conditions and expressions may use", factory=tuple)


@frozen
class DatedOutcomes:
    """What became of customers, and when."""

    source: str = setting("the table with one row per event, with its customer and its time")
    outcome: Expression = setting("whether it happened, or a text that says what, as 'churned'; null: not known")


@frozen
class Outcomes:
    """What became of each customer: what models learn from."""

    source: str = setting("the table with the outcomes: one row per customer, or, with a time, one row per event")
    outcome: Expression = setting(
        "whether it happened, as Churn = 'Yes', or of a table with a time also a text that says what, as 'churned'; "
        "null: not known"
    )
    dated: DatedOutcomes | None = setting(
        "the same with its dates, of another table: what overrides are held against, where models learn from a table "
        "without a time",
        default=None,
    )


@frozen
class Actions:
    """What was done for customers: marks on the timelines of reports."""

    source: str = setting("the table with one row per action, with its customer and its time")
    play: Column = setting("its column with what was done, such as Executive review")
    owner: Column | None = setting("its column with who did it", default=None)
    result: Column | None = setting("its column with what came of it", default=None)


@frozen
class Comparison:
    """What a metric is relative to; beside its measure's settings, or in the metric."""

    relative_to: Literal["segment"] | None = setting(_RELATIVE_TO, default=None)


@frozen
class Pulse:
    """What people who know a customer think of it, 1 to 5: the metric ``pulse``. No customer ever sees it."""

    source: str = setting(
        "the table with the pulses; `pulses` means those recorded by `scorewell pulse`, unless a source has that name",
        default="pulses",
    )
    column: Column = setting("its column with the pulse, 1 to 5", default=Column("pulse"))
    reason: Column | None = setting("its column with the reason", default=None)
    note: Column | None = setting("its column with the note", default=None)
    by: Column | None = setting("its column with the author", default=None)
    within: Duration = setting(
        "for how many whole local days a pulse counts; after that it is missing", factory=_ninety_days
    )
    label: str = setting("the name in reports", default="Pulse")
    audience: Literal["internal"] = setting("who may see it in a report: only internal readers", default="internal")
    advice: str | None = setting("what to do about a low pulse, for internal readers", default=None)


@frozen
class Metric:
    """One value a customer: measured from a table, or derived from other metrics by ``sql``."""

    source: str | None = setting("the table that is measured", default=None)
    measure: Measure | None = setting("a measure, by name or with settings, or an SQL aggregate", default=None)
    sql: Expression | None = setting("an expression of other metrics, roles and attributes", default=None)
    window: Duration | None = setting("how many whole local days before the moment count", default=None)
    where: Condition | None = setting("which rows count", default=None)
    min_rows: int = setting(
        "with fewer rows, with or without a value, the metric is missing; `where: rating is not null` counts answers",
        default=0,
    )
    fresh_within: Duration | None = setting(
        "a customer whose newest row that counts is older than this, or has none, is missing", default=None
    )
    min_age: Duration | None = setting(
        "a customer whose first row that counts is younger than this, or has none, is missing", default=None
    )
    relative_to: Literal["segment"] | None = setting(_RELATIVE_TO, default=None)
    better: Literal["higher", "lower"] = setting("which direction is good", default="higher")
    label: str | None = setting("the name in reports", default=None)
    unit: str | None = setting("the unit in reports; % shows a fraction times 100", default=None)
    description: str | None = setting("what it means, in a sentence for the reader", default=None)
    audience: Audience = setting("who may see it in a report", default="internal")
    controllable: Literal["customer", "vendor", "both", "nobody"] | None = setting("who can improve it", default=None)
    advice: Mapping[Audience, str] = setting("what to do about a poor value, per audience", factory=dict)
    because: str | None = written_down(BECAUSE)
    owner: str | None = written_down(OWNER)
    review_by: date | None = written_down(REVIEW_BY)
