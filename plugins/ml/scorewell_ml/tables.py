"""What a learner is given: features with the direction they may have, and whether the outcome happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import attrs
import polars as pl

from scorewell.api.v1 import Examples, Part, ScorewellError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["LEAST_IN_CATEGORY", "Feature", "LearnsFrom", "Table", "column", "table"]

LearnsFrom = Literal["values", "scores"]

LEAST_IN_CATEGORY = 10
"""A category of fewer customers, and an absence that concerns fewer, has nothing of its own to teach."""


@attrs.frozen
class Feature:
    """A metric as a learner sees it. ``effect`` is what a greater value may do to the risk: lower it (-1), raise it
    (1), or whatever the data say (0)."""

    name: str
    kind: Literal["number", "category"]
    effect: Literal[-1, 0, 1]


@attrs.frozen(eq=False)
class Table:
    """``columns`` has one column a feature, by its name: Float64 or String, null where missing."""

    features: tuple[Feature, ...]
    columns: pl.DataFrame
    happened: NDArray[np.bool_]

    def rows(self, chosen: NDArray[np.intp]) -> Table:
        """Only these rows."""
        return Table(self.features, self.columns[chosen], self.happened[chosen])


def table(examples: Examples, learns_from: LearnsFrom, free: Sequence[str]) -> Table:
    """The examples as a learner sees them; ``free`` are the metrics whose direction the data decide.

    Raises ScorewellError for a free one that is none of the metrics.
    """
    names = [part.name for part in examples.parts]
    for name in free:
        if name not in names:
            raise ScorewellError(f"free: {name!r} is none of its metrics, which are {', '.join(names)}")
    if learns_from == "scores":
        features = tuple(Feature(name, "number", 0 if name in free else -1) for name in names)
        return Table(features, examples.scores.select(names), examples.happened.to_numpy())
    features = tuple(
        Feature(part.name, part.kind, _effect(part.better, is_free=part.kind == "category" or part.name in free))
        for part in examples.parts
    )
    return Table(features, examples.values.select(names), examples.happened.to_numpy())


def taught(values: pl.Series) -> tuple[str, ...]:
    """The categories of so many customers that they have something to teach, sorted."""
    counts = values.drop_nulls().value_counts().filter(pl.col("count") >= LEAST_IN_CATEGORY)
    return tuple(sorted(counts[values.name].to_list()))


def column(part: Part, learns_from: LearnsFrom) -> pl.Expr:
    """What the same feature is of a customer who is scored. Raises ScorewellError for a dimension: it has no value."""
    if learns_from == "scores":
        return part.measured
    if part.value is None:
        raise ScorewellError(f"{part.name!r} is a dimension: a model stands over metrics only")
    return part.value


def _effect(better: Literal["higher", "lower"], *, is_free: bool) -> Literal[-1, 0, 1]:
    if is_free:
        return 0
    return -1 if better == "higher" else 1
