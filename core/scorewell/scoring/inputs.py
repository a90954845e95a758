"""What components see while they are compiled: the api's protocols over one plan."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import attrs
import polars as pl

from scorewell.api.v1 import Bound, Condition, Expression, Learned, Part, ScorewellError
from scorewell.configuration.past_windows import past_column
from scorewell.configuration.scales import of_hundred
from scorewell.dialect import condition, names_in
from scorewell.messages import listed
from scorewell.scoring.cards import CARD, Cards
from scorewell.scoring.language import Language

__all__ = ["FrozenStatistics", "MetricInputs", "NodeParts", "Statistic"]

Statistic = float | None | pl.Series
"""What was learned: a number (None: nothing to learn from) or a list of numbers (Float64)."""


@attrs.frozen
class MetricInputs:
    """A normalizer's view of its customers (``Inputs``).

    ``bounds`` gathers the expressions that it asked for as bounds.
    """

    metric: str
    better: Literal["higher", "lower"]
    scale: tuple[float, float]
    language: Language
    bounds: list[Expression] = attrs.field(factory=list)

    def points(self, score: pl.Expr | float) -> pl.Expr:
        low, high = self.scale
        # Typed: otherwise whole numbers would give a column of integers.
        points = score if isinstance(score, pl.Expr) else pl.lit(float(score))
        return points if (low, high) == (0, 100) else (points - low) * (100.0 / (high - low))

    def expression(self, sql: Expression, *, value: pl.Expr | None = None) -> pl.Expr:
        return self.language.expression(sql, _column(value))

    def condition(self, sql: Condition, *, value: pl.Expr | None = None) -> pl.Expr:
        return self.language.condition(sql, _column(value)).fill_null(value=False)

    def bound(self, bound: Bound) -> pl.Expr:
        if not isinstance(bound, Expression):
            return pl.lit(float(bound))
        self.bounds.append(bound)
        return self.language.expression(bound)

    def before(self, k: int) -> pl.Expr:
        column = past_column(self.metric, k)
        if column not in self.language.schema:
            raise ScorewellError(
                f"the metric {self.metric!r} was not measured in its earlier windows",
                hint="a metric with a measure and a window has earlier windows; the normalizer says how many it needs",
            )
        return pl.col(column)


def _column(value: pl.Expr | None) -> pl.Expr | None:
    if value is not None and not value.meta.is_column():
        raise ScorewellError(f"'value' must be the column that normalize was given, not {value}")
    return value


@attrs.frozen
class FrozenStatistics:
    """A normalizer's statistics over all scorecards of the plan that use it (``Statistics``).

    ``values`` has one mapping a scorecard; a scorecard that was never fitted has an empty one.
    """

    cards: Cards
    values: Sequence[Mapping[str, Statistic]]

    def __getitem__(self, name: str) -> pl.Expr:
        self._check(name)
        return self.cards.number([_number(name, each.get(name)) for each in self.values])

    def has(self, name: str) -> bool:
        return any(len(_table(name, each.get(name))) for each in self.values)

    def interpolated(self, x: str, y: str, value: pl.Expr) -> pl.Expr:
        self._check(x, y)
        return self.cards.choose(
            [_interpolated(_table(x, each.get(x)), _table(y, each.get(y)), value) for each in self.values]
        )

    def lookup(self, name: str, index: pl.Expr) -> pl.Expr:
        self._check(name)
        tables = [_table(name, each.get(name)) for each in self.values]
        longest = max(len(table) for table in tables)
        if longest == 0:
            return pl.lit(None, dtype=pl.Float64)
        # A scorecard that learned nothing answers null, within bounds.
        tables = [table if len(table) else pl.repeat(None, longest, dtype=pl.Float64, eager=True) for table in tables]
        if all(table is tables[0] for table in tables):
            return pl.lit(tables[0]).gather(index)
        if all(len(table) == longest for table in tables):
            start = pl.col(CARD) * longest
        else:
            starts = [0, *itertools.accumulate(len(table) for table in tables[:-1])]
            start = pl.lit(pl.Series(starts, dtype=pl.UInt32)).gather(pl.col(CARD))
        return pl.lit(pl.concat(tables)).gather(start + index.cast(pl.UInt32))

    def _check(self, *names: str) -> None:
        """Raise LookupError for a statistic that was never asked for, where anything was learned at all."""
        known = {name for each in self.values for name in each}
        for name in names:
            if known and name not in known:
                raise LookupError(f"it reads the statistic {name!r}, and has learned {listed(sorted(known))}")


def _interpolated(x: pl.Series, y: pl.Series, value: pl.Expr) -> pl.Expr:
    if not len(x):
        return pl.lit(None, dtype=pl.Float64)
    if len(x) == 1:
        return pl.when(value.is_not_null()).then(pl.lit(y[0]))
    # As one function: an expression would name the search once for every use of it, and to plan a search among other
    # expressions takes the longer the more there are, half a second for sixteen.
    return value.map_batches(_Line.through(x, y).height, return_dtype=pl.Float64, is_elementwise=True)


@attrs.frozen(eq=False)
class _Line:
    """A line through points: of each stretch between two of them its ends, its rise, and 1 by its width."""

    x: pl.Series
    y: pl.Series
    rise: pl.Series
    per_width: pl.Series

    @classmethod
    def through(cls, x: pl.Series, y: pl.Series) -> _Line:
        stretches = len(x) - 1
        widths = x.tail(stretches) - x.head(stretches)
        # Points that are one to the last digit that is stored have no line between them: the left one holds.
        per_width = pl.select(pl.when(widths > 0).then(1.0 / widths).otherwise(0.0)).to_series()
        return cls(x, y, y.tail(stretches) - y.head(stretches), per_width)

    def height(self, values: pl.Series) -> pl.Series:
        """Each value's height; beyond the ends theirs holds."""
        left = (self.x.search_sorted(values, side="left").clip(1, len(self.x) - 1) - 1).rechunk()
        share = ((values - self.x.gather(left)) * self.per_width.gather(left)).clip(0, 1)
        rise = self.rise.gather(left)
        # Through the nearer point, so that at a point its own height is met to the last digit.
        from_left = self.y.gather(left) + share * rise
        from_right = self.y.gather(left + 1) - (1 - share) * rise
        return from_left.zip_with(share < 0.5, from_right)


def _number(name: str, statistic: Statistic) -> float | None:
    if isinstance(statistic, pl.Series):
        raise ScorewellError(f"the statistic {name!r} is a list: ask for it with lookup()")
    return statistic


def _table(name: str, statistic: Statistic) -> pl.Series:
    if not isinstance(statistic, pl.Series):
        if statistic is None:
            return pl.Series(dtype=pl.Float64)
        raise ScorewellError(f"the statistic {name!r} is one number, not a list")
    return statistic


@attrs.frozen
class NodeParts:
    """An aggregator's view of its node (``Parts``)."""

    parts: tuple[Part, ...]
    total_weight: pl.Expr
    scale: tuple[float, float]
    learned: Learned | None = None
    path: str = ""
    layers: list[tuple[str, pl.Expr]] = attrs.field(factory=list)
    """What the aggregator put in layers of its own: the column's name and its expression, in order."""

    def __len__(self) -> int:
        return len(self.parts)

    def __iter__(self) -> Iterator[Part]:
        return iter(self.parts)

    def __getitem__(self, index: int) -> Part:
        return self.parts[index]

    def condition(self, sql: Condition) -> pl.Expr:
        # In a scale of its own, the plan brings the columns into it under names of their own.
        is_inside = self.scale == (0.0, 100.0)
        # Nine decimals, as there: a rule 'support < 40' must not miss by the last digit of a mean.
        columns: dict[str, str | pl.Expr] = {
            part.name: part.measured.round(9) if is_inside else in_scale_name(part.measured) for part in self.parts
        }
        # The configuration knows all names; one that is no part here was hidden from the reader of a report. The rule
        # does not hold then, and must not read a customer's column of the same name.
        if not names_in(sql) <= columns.keys():
            return pl.lit(value=False)
        scores = dict.fromkeys(columns, pl.Float64())
        return condition(sql, rename=columns, schema=scores).fill_null(value=False)

    def layer(self, expression: pl.Expr) -> pl.Expr:
        if not isinstance(expression, pl.Expr):
            raise TypeError(f"a layer is {expression!r:.40}: expected a polars expression")
        name = f"@layer.{self.path}.{len(self.layers)}"
        self.layers.append((name, expression))
        return pl.col(name)

    def points(self, score: float) -> float:
        low, high = self.scale
        if not low <= score <= high:  # from Python: the files were checked
            raise ScorewellError(f"a score of {score:g} is outside the scale of {low:g} to {high:g}")
        return of_hundred(score, self.scale)


def in_scale_name(measured: pl.Expr) -> str:
    """The column that holds a measured score in the scorecard's scale."""
    return f"@in_scale{measured.meta.output_name()}"
