"""The facts about a customer that internal readers see at the head of its page: people, money, dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import attrs
import polars as pl

from scorewell.reporting.formats import Formats
from scorewell.reporting.material import Material
from scorewell.reporting.model import Fact
from scorewell.reporting.outline import humanised

__all__ = ["FactColumn", "days_until", "fact_columns", "facts_of", "money_column", "text_column"]


@attrs.frozen
class FactColumn:
    """A fact's text and what is said beside it, one element a customer."""

    label: str
    values: Sequence[str | None]
    notes: Sequence[str | None]


def fact_columns(material: Material, customers: pl.DataFrame) -> list[FactColumn]:
    """The facts that the project has a column for."""
    blank = [None] * customers.height
    columns = []
    for role, label in (("owner", "Owner"), ("manager", "Manager")):
        if material.role(role):
            columns.append(FactColumn(label, text_column(customers[role]), blank))
    if material.role("revenue"):
        columns.append(FactColumn("Revenue", money_column(material, customers), blank))
    if material.role("renewal"):
        days = days_until(customers["renewal"], material.as_of.date())
        columns.append(
            FactColumn("Renewal", _dates(customers["renewal"], material.formats), [_when(each) for each in days])
        )
    labels = {name: segment.label or humanised(name) for name, segment in material.project.segments.items()}
    columns.append(FactColumn("Segment", [labels.get(name) for name in customers["@segment"]], blank))
    if material.project.stages:
        columns.append(
            FactColumn("Stage", [None if name is None else humanised(name) for name in customers["@stage"]], blank)
        )
    if material.role("start"):
        columns.append(FactColumn("Customer since", _dates(customers["start"], material.formats), blank))
    if "go_live" in material.customers.columns and "go_live" not in material.project.metrics:
        columns.append(FactColumn("Live since", _dates(customers["go_live"], material.formats), blank))
    if "@children" in customers.columns:
        counts = [None if count is None else material.formats.count(count) for count in customers["@children"]]
        columns.append(FactColumn("Children", counts, blank))
    if material.role("parent"):
        columns.append(FactColumn("Belongs to", text_column(customers["parent"]), blank))
    return columns


def facts_of(columns: list[FactColumn], row: int) -> tuple[Fact, ...]:
    """One customer's facts; what is not known is left out."""
    return tuple(
        Fact(column.label, value, column.notes[row]) for column in columns if (value := column.values[row]) is not None
    )


def text_column(values: pl.Series) -> list[str | None]:
    """Any column as text of at most 120 characters; an empty text is null."""
    text = values.cast(pl.String, strict=False).str.strip_chars().str.slice(0, 120)
    return text.replace("", None).to_list()


def money_column(material: Material, customers: pl.DataFrame) -> list[str | None]:
    """The revenue with each customer's currency."""
    revenue = pl.col("revenue").cast(pl.Float64, strict=False)
    if not material.role("currency"):
        return customers.select(material.formats.money(revenue, None)).to_series().to_list()
    currencies = customers["currency"].cast(pl.String).unique(maintain_order=True).to_list()
    text = material.formats.money(revenue, None)
    for currency in currencies:
        if currency is not None:
            shown = material.formats.money(revenue, currency[:20])
            text = pl.when(pl.col("currency").cast(pl.String) == currency).then(shown).otherwise(text)
    return customers.select(text.alias("shown"))["shown"].to_list()


def days_until(values: pl.Series, today: dt.date) -> list[int | None]:
    """Whole days from the moment to each date; null for what is no date."""
    if not values.dtype.is_temporal():
        values = values.cast(pl.String).str.to_date("%Y-%m-%d", strict=False)
    return [None if day is None else (day - today).days for day in values.cast(pl.Date)]


def renewal_notes(material: Material, customers: pl.DataFrame) -> list[str | None]:
    """How far off each customer's renewal is: ``in 34 days``; null where it is not known."""
    if not material.role("renewal"):
        return [None] * customers.height
    return [_when(days) for days in days_until(customers["renewal"], material.as_of.date())]


def _dates(values: pl.Series, formats: Formats) -> list[str | None]:
    if not values.dtype.is_temporal():
        return text_column(values)
    days = values.cast(pl.Date)
    words = {day: formats.day(day) for day in days.drop_nulls().unique()}
    return [None if day is None else words[day] for day in days]


def _when(days: int | None) -> str | None:
    if days is None:
        return None
    if days == 0:
        return "today"
    return f"in {days} days" if days > 1 else "tomorrow" if days == 1 else "passed"
