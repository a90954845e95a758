"""Values that differ between the scorecards of one plan, as expressions over each customer's scorecard."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import polars as pl

__all__ = ["CARD", "Cards", "Weights"]

CARD = "@card"
"""The column with the position of a customer's scorecard among the plan's: UInt32, null for nobody's."""


@attrs.frozen
class Cards:
    """The scorecards that share a plan, by name, in the order of their positions in ``CARD``."""

    names: tuple[str, ...]

    def number(self, values: Sequence[float | None]) -> pl.Expr:
        """One number a scorecard, as Float64: a literal where all agree, else gathered by position."""
        if len(set(values)) == 1:
            return pl.lit(values[0], dtype=pl.Float64)
        return pl.lit(pl.Series(values, dtype=pl.Float64)).gather(pl.col(CARD))

    def text(self, values: Sequence[str]) -> pl.Expr:
        """One text a scorecard, null for customers without one."""
        if len(values) == 1:
            return pl.when(pl.col(CARD).is_not_null()).then(pl.lit(values[0]))
        return pl.lit(pl.Series(values, dtype=pl.String)).gather(pl.col(CARD))

    def choose(self, expressions: Sequence[pl.Expr]) -> pl.Expr:
        """One expression a scorecard; equal ones are computed once."""
        distinct: list[tuple[pl.Expr, list[int]]] = []
        for position, expression in enumerate(expressions):
            for known, positions in distinct:
                if known.meta.eq(expression):
                    positions.append(position)
                    break
            else:
                distinct.append((expression, [position]))
        chosen = distinct[-1][0]
        for expression, positions in reversed(distinct[:-1]):
            chosen = pl.when(self.is_any(positions)).then(expression).otherwise(chosen)
        return chosen

    def is_any(self, positions: Sequence[int]) -> pl.Expr:
        """Whether a customer's scorecard is one of these; null for customers without one."""
        if len(positions) == len(self.names):
            return pl.col(CARD).is_not_null()
        test = pl.col(CARD) == positions[0]
        for position in positions[1:]:
            test = test | (pl.col(CARD) == position)
        return test


@attrs.frozen
class Weights:
    """The parts' weights, which ``columns`` looks up: each is asked for three times, and parts often share one."""

    cards: Cards
    columns: dict[str, pl.Expr] = attrs.field(init=False, factory=dict)

    def of(self, values: Sequence[float]) -> pl.Expr:
        """A part's weight, one a scorecard, as Float64: a literal where all agree, else a column of ``columns``."""
        if len(set(values)) == 1:
            return self.cards.number(values)
        name = f"@weight.{'.'.join(map(repr, values))}"
        self.columns[name] = self.cards.number(values)
        return pl.col(name)
