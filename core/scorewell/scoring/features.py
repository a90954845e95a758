"""Customers between two runs: rows that have some features as they were, and others as they are now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import attrs
import polars as pl

from scorewell.scoring.assignment import SEGMENT, STAGE
from scorewell.scoring.cards import CARD
from scorewell.scoring.fitted import FittedProject
from scorewell.scoring.two_tables import TwoTables
from scorewell.scoring.unadjusted import unadjusted
from scorewell.scoring.walk import CUSTOMER, Standing, numbers

__all__ = ["PLACE", "Features"]

PLACE = (SEGMENT, STAGE, CARD)
IsNew = Callable[[str], "pl.Expr | bool"]


@attrs.frozen(eq=False)
class Features:
    """What moved, by name the columns of it, and both rows of each customer in one (``both``), with ``CUSTOMER``.

    A metric is one feature with its earlier windows; what children come to is one.
    """

    fitted: FittedProject
    columns: Mapping[str, Sequence[str]]
    moved: Mapping[str, pl.Series]
    both: pl.DataFrame
    start: Standing
    _all: Sequence[str]

    @classmethod
    def of(cls, fitted: FittedProject, tables: TwoTables, start: Standing) -> Features:
        """The features that moved of anybody; scores are by ``fitted``, in the places of ``start``."""
        moved = {name: _moved(tables, columns) for name, columns in tables.features.items()}
        moved = {name: who for name, who in moved.items() if who.any()}
        both = (
            start.place.select(PLACE)
            .hstack(tables.old.get_columns())
            .hstack(tables.new.rename(_as_new).get_columns())
            .with_columns(numbers(len(start.score)).alias(CUSTOMER))
        )
        columns = {name: tables.features[name] for name in moved}
        return cls(fitted, columns, moved, both, start, tables.old.columns)

    def rows(self, customers: pl.DataFrame, is_new: IsNew, *told: pl.Expr) -> pl.DataFrame:
        """Some rows of ``both``, whose features are new where ``is_new`` says so, with what is ``told`` of them."""
        of = {column: name for name, columns in self.columns.items() for column in columns}

        def cell(column: str) -> pl.Expr:
            new = is_new(of[column]) if column in of else False
            if isinstance(new, pl.Expr):
                return pl.when(new).then(pl.col(_as_new(column))).otherwise(pl.col(column)).alias(column)
            return pl.col(_as_new(column)).alias(column) if new else pl.col(column)

        return customers.select(CUSTOMER, *told, *PLACE, *(cell(column) for column in self._all))

    def scored(self, rows: pl.DataFrame, *told: str) -> pl.DataFrame:
        """``CUSTOMER``, what was ``told`` of the rows, and their value."""
        known = [CUSTOMER, *told]
        return self.start.valued(rows.select(known), unadjusted(self.fitted, self.fitted.used, rows.drop(known)))


def _as_new(column: str) -> str:
    return f"@new{column}"


def _moved(tables: TwoTables, columns: Sequence[str]) -> pl.Series:
    moved = [tables.old.get_column(name).ne_missing(tables.new.get_column(name)) for name in columns]
    return pl.select(pl.any_horizontal(moved)).to_series()
