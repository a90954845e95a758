"""Logistic regression, fitted: a sum of polars expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import polars as pl

from scorewell_ml.documents import Document

__all__ = ["CategoryTerm", "LogisticModel", "NumberTerm"]


@attrs.frozen
class NumberTerm:
    """What a number adds to the margin: ``(value - mean) * slope + present`` within [low, high], beyond which the
    nearer end holds; ``absent`` where it is missing. Zero on average over the customers it was learned from."""

    mean: float
    slope: float
    low: float
    high: float
    present: float
    absent: float

    def of(self, value: pl.Expr) -> pl.Expr:
        points = (value.clip(self.low, self.high) - self.mean) * self.slope + self.present
        return pl.when(value.is_not_null()).then(points).otherwise(self.absent)


@attrs.frozen
class CategoryTerm:
    """What a category adds to the margin; ``absent`` where it is missing or was not seen. Zero on average."""

    points: Mapping[str, float]
    absent: float

    def of(self, value: pl.Expr) -> pl.Expr:
        if not self.points:
            return pl.lit(self.absent)
        known = list(self.points)
        return value.replace_strict(
            known, [self.points[each] for each in known], default=self.absent, return_dtype=pl.Float64
        )


@attrs.frozen
class LogisticModel:
    """The margin (log odds of the outcome) is ``expected`` plus one term a feature."""

    expected: float
    terms: tuple[NumberTerm | CategoryTerm, ...]

    def shapley(self, columns: Sequence[pl.Expr]) -> pl.Expr:
        """The terms as a struct of fields "0", "1", …: where features count as independent, a linear model's term less
        its mean is the feature's exact Shapley value."""
        return pl.struct(
            term.of(column).alias(str(position))
            for position, (term, column) in enumerate(zip(self.terms, columns, strict=True))
        )

    def plain(self) -> dict[str, Any]:
        """As it is stored."""
        return {"expected": self.expected, "terms": [attrs.asdict(term) for term in self.terms]}

    @classmethod
    def read(cls, stored: Document, features: int) -> LogisticModel:
        """From what ``plain`` wrote. Raises ScorewellError for anything else."""
        expected, listed = stored.fields("expected", "terms")
        terms = tuple(_term(each) for each in listed.items())
        if len(terms) != features:
            raise listed.refused(f"{len(terms)} terms: expected {features}")
        return cls(expected.number(), terms)


def _term(stored: Document) -> NumberTerm | CategoryTerm:
    if isinstance(stored.value, Mapping) and "points" in stored.value:
        points, absent = stored.fields("points", "absent")
        if not isinstance(points.value, Mapping):
            raise points.refused("expected points by category")
        return CategoryTerm({name: points.field(name).number() for name in points.value}, absent.number())
    numbers = [each.number() for each in stored.fields("mean", "slope", "low", "high", "present", "absent")]
    return NumberTerm(*numbers)
