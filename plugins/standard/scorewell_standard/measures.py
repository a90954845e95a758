"""Measures: what customer-success teams count, beyond what an SQL aggregate says in a word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from scorewell.api.v1 import (
    Column,
    Component,
    Expression,
    Measure,
    Partial,
    Partials,
    Rows,
    ScorewellError,
    frozen,
    setting,
)

__all__ = ["COMPONENTS", "ActiveDays", "Change", "Csat", "DaysSince", "Latest", "Nps", "Open"]


@frozen
class DaysSince(Measure):
    """How many local days ago the latest row was, or the latest date in a column.

    Days on the calendar: seen as of 1 March 00:00, any hour of 28 February is 1 day ago. A date to come is negative.
    Without rows, or without a date in any of them: missing. Without ``column`` the table must declare a ``time``.
    """

    name = "days_since"

    column: Column | None = setting("the column with a date or time; default the rows' own time", default=None)

    def partials(self, rows: Rows) -> Mapping[str, Partial]:
        if self.column is None:
            today = rows.expression(Expression("cast(as_of as date)"))
            return {"days": Partial("min", (today - rows.day).dt.total_days())}
        quoted = '"' + self.column.replace('"', '""') + '"'
        return {"days": Partial("min", rows.expression(Expression(f"cast(as_of as date) - cast({quoted} as date)")))}

    def finish(self, partials: Partials) -> pl.Expr:
        return partials["days"].cast(pl.Float64)


@frozen
class ActiveDays(Measure):
    """On how many different local days of the window there was a row. 0 without rows."""

    name = "active_days"
    window_required = True

    def partials(self, rows: Rows) -> Mapping[str, Partial]:
        return {"days": Partial("distinct", rows.day)}

    def finish(self, partials: Partials) -> pl.Expr:
        return partials["days"]


@frozen
class Open(Measure):
    """How many rows have begun and not ended: tickets, invoices, contracts, people in a role. 0 without rows.

    The table must declare ``until``; a row whose end is empty, or later than the moment, is open. With a window only
    rows that began in it count.
    """

    name = "open"

    def partials(self, rows: Rows) -> Mapping[str, Partial]:
        if not rows.has_until:
            raise ScorewellError(
                "open needs to know when a row ended, and the table does not say",
                hint="until: <the column with the end> in the table's settings",
            )
        return {"open": Partial("count", rows.where(rows.until.is_null()).count)}

    def finish(self, partials: Partials) -> pl.Expr:
        return partials["open"]


@frozen
class Change(Measure):
    """How much a measure changed against the window before, as a share of what it was: −0.2 is a fifth less.

    (now − before) / |before|. From nothing to nothing is 0; from nothing to something has no share: missing. Missing in
    either window is missing. Each window is seen as it was known at its own end.
    """

    name = "change"
    window_required = True

    of: Measure = setting("the measure that is compared, by name, with settings, or an SQL aggregate")

    def partials(self, rows: Rows) -> Mapping[str, Partial]:
        windows = {"now": rows, "before": rows.before(1)}
        return {
            f"{when}.{name}": partial
            for when, seen in windows.items()
            for name, partial in self.of.partials(seen).items()
        }

    def finish(self, partials: Partials) -> pl.Expr:
        now, before = (
            self.of.finish(
                {
                    name.removeprefix(f"{when}."): value
                    for name, value in partials.items()
                    if name.startswith(f"{when}.")
                }
            ).cast(pl.Float64)
            for when in ("now", "before")
        )
        share = (now - before) / pl.when(before != 0).then(before.abs())
        return pl.when((now == 0) & (before == 0)).then(0.0).otherwise(share)


@frozen
class Nps(Measure):
    """The Net Promoter Score of answers from 0 to 10: the percentage of 9 and 10 less that of 0 to 6; −100 to 100.

    Answers outside 0–10 and fractions count as missing. Without answers: missing. Reichheld, "The One Number You Need
    to Grow", Harvard Business Review, December 2003.
    """

    name = "nps"

    column: Column = setting("the column with the answers, whole numbers from 0 to 10")

    def partials(self, rows: Rows) -> Mapping[str, Partial]:
        answer = rows.column(self.column)
        valid = answer.is_between(0, 10) & (answer % 1 == 0)
        return {
            "answers": Partial("count", rows.where(valid).count),
            "promoters": Partial("count", rows.where(valid & (answer >= 9)).count),
            "detractors": Partial("count", rows.where(valid & (answer <= 6)).count),
        }

    def finish(self, partials: Partials) -> pl.Expr:
        difference = (partials["promoters"] - partials["detractors"]) * 100
        return pl.when(partials["answers"] > 0).then(difference / partials["answers"])


@frozen
class Csat(Measure):
    """Customer satisfaction: the percentage of answers that are satisfied, 0 to 100.

    Satisfied are 4 and 5 of 1 to 5 (the two best boxes) unless the settings say otherwise. Answers outside the scale
    count as missing. Without answers: missing. The mean of the answers is ``avg(column)`` instead.
    """

    name = "csat"

    column: Column = setting("the column with the answers")
    scale: tuple[float, float] = setting("the least and the greatest answer", default=(1.0, 5.0))
    satisfied_from: float = setting("the least answer that is satisfied", default=4.0)

    def problems(self) -> Iterator[str]:
        low, high = self.scale
        if low >= high:
            yield f"scale is {low:g} to {high:g}: the least answer comes first"
        elif not low < self.satisfied_from <= high:
            yield f"satisfied_from is {self.satisfied_from:g}: it must be above {low:g} and at most {high:g}, the scale"

    def partials(self, rows: Rows) -> Mapping[str, Partial]:
        answer = rows.column(self.column)
        valid = answer.is_between(*self.scale)
        return {
            "answers": Partial("count", rows.where(valid).count),
            "satisfied": Partial("count", rows.where(valid & (answer >= self.satisfied_from)).count),
        }

    def finish(self, partials: Partials) -> pl.Expr:
        return pl.when(partials["answers"] > 0).then(partials["satisfied"] * 100 / partials["answers"])


@frozen
class Latest(Measure):
    """A column's value, a number or a category, in the latest row that has one.

    Of a table without ``time`` it is the value itself. Of rows at the same moment the greatest value is taken, so that
    the order of rows never matters. Without rows: missing.
    """

    name = "latest"

    column: Column = setting("the column with the value")

    def partials(self, rows: Rows) -> Mapping[str, Partial]:
        value = rows.column(self.column)
        return {"value": Partial("last", value, by=rows.time) if rows.has_time else Partial("max", value)}

    def finish(self, partials: Partials) -> pl.Expr:
        return partials["value"]


COMPONENTS: tuple[type[Component], ...] = (DaysSince, ActiveDays, Open, Change, Nps, Csat, Latest)
