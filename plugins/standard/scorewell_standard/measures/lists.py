"""Measures of a list that the project keeps: how much of it a customer has reached or uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from scorewell.api.v1 import Column, Expression, Measure, Partial, Partials, Rows, frozen, setting
from scorewell_standard.measures.names import quoted

__all__ = ["Adoption", "Milestones"]


def _rows_of(rows: Rows, column: Column, names: Iterator[str]) -> dict[str, Partial]:
    """For each name, how many rows have it in the column; the whole number 3 may stand there as 3.0."""
    told = rows.column(column).cast(pl.String)
    return {f"rows of {name}": Partial("count", rows.where(told.is_in(_spelled(name))).count) for name in names}


def _spelled(name: str) -> list[str]:
    return [name, f"{name}.0"] if name.removeprefix("-").isdigit() else [name]


@frozen
class Milestones(Measure):
    """The share of the milestones due at a customer's age that it has reached: 1 is all, 0 none of them.

    A milestone is due once so many whole local days have passed since the customer's start, the first day counted. One
    that is not due yet counts neither way, reached or not. Missing while none is due, and without a start.
    """

    name = "milestones"

    column: Column = setting("the column with the name of the milestone that was reached")
    due: Mapping[str, int] = setting("for each milestone, how many days after the start it is due")
    start: str = setting("the role or attribute with the day on which the customer began", default="start")

    def problems(self) -> Iterator[str]:
        if not self.due:
            yield "due is empty: it lists the milestones, as in {first_login: 7, first_report: 30}"
        for name, days in self.due.items():
            if days < 0:
                yield f"due.{name} is {days}: days after the start are 0 or more"

    def partials(self, rows: Rows) -> Mapping[str, Partial]:
        age = rows.customer(Expression(f"cast(as_of as date) - cast({quoted(self.start)} as date)"))
        return {"age": Partial("customer", age)} | _rows_of(rows, self.column, iter(self.due))

    def finish(self, partials: Partials) -> pl.Expr:
        due = {name: (partials["age"] >= days).fill_null(value=False) for name, days in self.due.items()}
        reached = [is_due & (partials[f"rows of {name}"] > 0) for name, is_due in due.items()]
        how_many = pl.sum_horizontal(each.cast(pl.Int64) for each in due.values())
        return pl.sum_horizontal(each.cast(pl.Int64) for each in reached) / pl.when(how_many > 0).then(how_many)


@frozen
class Adoption(Measure):
    """The share of a list of features that was used, each in ``at_least`` rows or more, 0 to 1. 0 without rows."""

    name = "adoption"

    column: Column = setting("the column with the feature's name")
    features: tuple[str, ...] = setting("the features that count")
    at_least: int = setting("how many rows make a feature used", default=1)

    def problems(self) -> Iterator[str]:
        if not self.features:
            yield "features is empty: it lists what counts, as in [export, sharing]"
        twice = sorted({name for name in self.features if self.features.count(name) > 1})
        if twice:
            yield f"features has {', '.join(twice)} twice: it would count double"
        if self.at_least < 1:
            yield f"at_least is {self.at_least}: a feature is used in at least 1 row"

    def partials(self, rows: Rows) -> Mapping[str, Partial]:
        return _rows_of(rows, self.column, iter(self.features))

    def finish(self, partials: Partials) -> pl.Expr:
        used = pl.sum_horizontal(
            (partials[f"rows of {name}"] >= self.at_least).cast(pl.Int64) for name in self.features
        )
        return used / len(self.features)
