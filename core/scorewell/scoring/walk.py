"""A walk from one run's scores to another's: what each step moved, customer by customer, as whole columns."""

from __future__ import annotations

import attrs
import polars as pl

from scorewell.scoring.unadjusted import BASELINE, UNADJUSTED

__all__ = ["AT", "CUSTOMER", "NOISE", "POINTS", "VALUE", "Standing", "deltas", "numbers"]

CUSTOMER = "@customer"
"""A customer's row in the tables, UInt32."""
AT = "@at"
"""The position of a step, Int64."""
VALUE = "@value"
"""The unadjusted score after a step; null where there is none."""
POINTS = "points"
NOISE = 1e-11
"""Points that are nothing but the last digits of a sum."""


@attrs.frozen(eq=False)
class Standing:
    """Where customers are on the way, by their row: the unadjusted ``score``, and the ``place`` with ``SEGMENT``,
    ``STAGE`` and ``CARD`` by the rules of before.

    ``from_baseline`` is True of customers whose printed score comes, on one side, from no part: without a score their
    points count from the baseline. The others keep the last score they had on the way.
    """

    score: pl.Series
    place: pl.DataFrame
    from_baseline: pl.Series

    def valued(self, rows: pl.DataFrame, scored: pl.DataFrame) -> pl.DataFrame:
        """``rows`` of customers with ``VALUE``, from what ``unadjusted`` said of them."""
        counts_from = pl.lit(self.from_baseline).gather(pl.col(CUSTOMER))
        baseline = pl.when(counts_from).then(scored[BASELINE])
        return rows.with_columns(pl.coalesce(scored[UNADJUSTED], baseline).alias(VALUE))


def deltas(steps: pl.DataFrame, start: pl.Series) -> pl.DataFrame:
    """``steps`` with the points of each, in the order of ``@at``; one without a score adds nothing, the next all."""
    first = pl.DataFrame({CUSTOMER: numbers(len(start)), VALUE: start, AT: pl.repeat(-1, len(start), eager=True)})
    return (
        pl.concat([first.with_columns(pl.col(AT).cast(pl.Int64)), steps], how="diagonal")
        .sort(CUSTOMER, AT)
        # Every customer's first row has a value: nothing flows from one to the next.
        .with_columns(pl.col(VALUE).forward_fill())
        .with_columns((pl.col(VALUE) - pl.col(VALUE).shift(1)).alias(POINTS))
        .filter(pl.col(AT) >= 0)
    )


def numbers(count: int) -> pl.Series:
    """The rows of so many customers."""
    return pl.int_range(count, dtype=pl.UInt32, eager=True)
