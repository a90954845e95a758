"""Measures of answers to surveys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import polars as pl

from scorewell.api.v1 import Column, Measure, Partial, Partials, Rows, frozen, setting

__all__ = ["Ces", "Csat", "Nps"]

EASY_FROM = 5.0


@frozen
class Nps(Measure):
    """The Net Promoter Score of answers from 0 to 10: the percentage of 9 and 10 less that of 0 to 6; −100 to 100.

    With ``scale: 1-10``, the older form, detractors are 1 to 6. Answers off the scale and fractions count as missing.
    Without answers: missing. Reichheld, "The One Number You Need to Grow", Harvard Business Review, December 2003.
    """

    name = "nps"

    column: Column = setting("the column with the answers, whole numbers")
    scale: Literal["0-10", "1-10"] = setting("the least and the greatest answer that could be given", default="0-10")

    def partials(self, rows: Rows) -> Mapping[str, Partial]:
        answer = rows.numbers(self.column)
        valid = answer.is_between(int(self.scale.partition("-")[0]), 10) & (answer % 1 == 0)
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
        answer = rows.numbers(self.column)
        valid = answer.is_between(*self.scale)
        return {
            "answers": Partial("count", rows.where(valid).count),
            "satisfied": Partial("count", rows.where(valid & (answer >= self.satisfied_from)).count),
        }

    def finish(self, partials: Partials) -> pl.Expr:
        return pl.when(partials["answers"] > 0).then(partials["satisfied"] * 100 / partials["answers"])


@frozen
class Ces(Measure):
    """The Customer Effort Score: how easy the customer found it, as the mean answer or the percentage of easy ones.

    "The company made it easy for me to handle my issue", from 1 (strongly disagree) to 7 (strongly agree): the mean is
    1 to 7, the share 0 to 100, easy being 5 to 7 unless the settings say otherwise. Higher is easier. Answers outside
    the scale count as missing. Without answers: missing. Dixon, Toman and DeLisi, "The Effortless Experience", 2013.
    """

    name = "ces"

    column: Column = setting("the column with the answers")
    scale: tuple[float, float] = setting("the least and the greatest answer", default=(1.0, 7.0))
    as_: Literal["mean", "share"] = setting("the mean answer, or the percentage of easy ones", default="mean")
    easy_from: float = setting("with share, the least answer that is easy", default=EASY_FROM)

    def problems(self) -> Iterator[str]:
        low, high = self.scale
        if low >= high:
            yield f"scale is {low:g} to {high:g}: the least answer comes first"
        elif self.as_ == "share" and not low < self.easy_from <= high:
            yield f"easy_from is {self.easy_from:g}: it must be above {low:g} and at most {high:g}, the scale"
        elif self.as_ == "mean" and self.easy_from != EASY_FROM:
            yield f"easy_from is {self.easy_from:g}, but only as: share uses it"

    def partials(self, rows: Rows) -> Mapping[str, Partial]:
        answer = rows.numbers(self.column)
        valid = rows.where(answer.is_between(*self.scale))
        if self.as_ == "mean":
            told = Partial("sum", valid.column(self.column))
        else:
            told = Partial("count", valid.where(answer >= self.easy_from).count)
        return {"answers": Partial("count", valid.count), "told": told}

    def finish(self, partials: Partials) -> pl.Expr:
        told = partials["told"] if self.as_ == "mean" else partials["told"] * 100
        return pl.when(partials["answers"] > 0).then(told / partials["answers"])
