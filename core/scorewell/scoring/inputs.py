"""What components see while they are compiled: the api's protocols over one plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import attrs
import polars as pl

from scorewell.api.v1 import Condition, Expression, Part, ScorewellError
from scorewell.dialect import condition, expression
from scorewell.scoring.cards import CARD, Cards

__all__ = ["FrozenStatistics", "MetricInputs", "NodeParts", "Statistic"]

Statistic = float | None | tuple[float, ...]
"""What was learned: a number (None: nothing to learn from) or a list of numbers."""


@attrs.frozen
class MetricInputs:
    """A normalizer's view of its customers (``Inputs``)."""

    better: Literal["higher", "lower"]
    scale: tuple[float, float]

    def points(self, score: pl.Expr | float) -> pl.Expr:
        low, high = self.scale
        # Typed: otherwise whole numbers would give a column of integers.
        points = score if isinstance(score, pl.Expr) else pl.lit(float(score))
        return points if (low, high) == (0, 100) else (points - low) / (high - low) * 100.0

    def expression(self, sql: Expression, *, value: pl.Expr | None = None) -> pl.Expr:
        return expression(sql, rename=_renamed(value)).cast(pl.Float64)

    def condition(self, sql: Condition, *, value: pl.Expr | None = None) -> pl.Expr:
        return condition(sql, rename=_renamed(value)).fill_null(value=False)


def _renamed(value: pl.Expr | None) -> Mapping[str, str]:
    if value is None:
        return {}
    if not value.meta.is_column():
        raise ScorewellError(f"'value' must be the column that normalize was given, not {value}")
    return {"value": value.meta.output_name()}


@attrs.frozen
class FrozenStatistics:
    """A normalizer's statistics over all scorecards of the plan that use it (``Statistics``).

    ``values`` has one mapping a scorecard; a scorecard that was never fitted has an empty one.
    """

    cards: Cards
    values: Sequence[Mapping[str, Statistic]]

    def __getitem__(self, name: str) -> pl.Expr:
        return self.cards.number([_number(name, each.get(name)) for each in self.values])

    def lookup(self, name: str, index: pl.Expr) -> pl.Expr:
        tables = [_table(name, each.get(name)) for each in self.values]
        if all(table == tables[0] for table in tables):
            return pl.lit(pl.Series(tables[0], dtype=pl.Float64)).gather(index)
        starts = [0]
        for table in tables[:-1]:
            starts.append(starts[-1] + len(table))
        start = pl.lit(pl.Series(starts, dtype=pl.UInt32)).gather(pl.col(CARD))
        together = pl.Series([number for table in tables for number in table], dtype=pl.Float64)
        return pl.lit(together).gather(start + index.cast(pl.UInt32))


def _number(name: str, statistic: Statistic) -> float | None:
    if isinstance(statistic, tuple):
        raise ScorewellError(f"the statistic {name!r} is a list: ask for it with lookup()")
    return statistic


def _table(name: str, statistic: Statistic) -> tuple[float, ...]:
    if not isinstance(statistic, tuple):
        if statistic is None:
            return ()
        raise ScorewellError(f"the statistic {name!r} is one number, not a list")
    return statistic


@attrs.frozen
class NodeParts:
    """An aggregator's view of its node (``Parts``)."""

    parts: tuple[Part, ...]
    total_weight: pl.Expr
    scale: tuple[float, float]

    def __len__(self) -> int:
        return len(self.parts)

    def __iter__(self) -> Iterator[Part]:
        return iter(self.parts)

    def __getitem__(self, index: int) -> Part:
        return self.parts[index]

    def condition(self, sql: Condition) -> pl.Expr:
        # In a scale of its own, the columns are brought into it under the names that the condition uses.
        return condition(sql, rename={part.name: in_scale_name(part.measured) for part in self.parts}).fill_null(
            value=False
        )

    def points(self, score: float) -> float:
        low, high = self.scale
        return (score - low) / (high - low) * 100.0


def in_scale_name(measured: pl.Expr) -> str:
    """The column that holds a measured score in the scorecard's scale."""
    return f"@in_scale{measured.meta.output_name()}"
