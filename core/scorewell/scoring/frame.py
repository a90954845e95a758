"""The scores frame: its order, and the columns that differ from scorecard to scorecard."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import polars as pl

from scorewell.configuration.model import Scorecard
from scorewell.scoring import columns, outcome, plan
from scorewell.scoring.cards import CARD
from scorewell.scoring.tree import leaves, nodes, roll_ups

__all__ = ["by_customer", "contributions", "named", "ordered", "parts"]


def by_customer(frame: pl.LazyFrame) -> pl.LazyFrame:
    """The frame sorted by ``customer_id``. Metrics mostly come so: to see that costs a tenth of sorting them."""

    def sorted_rows(rows: pl.DataFrame) -> pl.DataFrame:
        return rows if rows["customer_id"].is_sorted() else rows.sort("customer_id")

    # Only rows are moved; but what the function looks at must be there, and all rows of it.
    return frame.map_batches(sorted_rows, predicate_pushdown=False, projection_pushdown=False, slice_pushdown=False)


def ordered(names: Collection[str]) -> list[str]:
    """The columns of all scorecards together, kind by kind, as one scorecard alone has them."""
    kinds = ("dimension.", "metric.", "normalized.", "contribution.")
    contributions_last = (
        "contribution.adjustment.",
        "contribution.override",
        "contribution.own",
        "contribution.rounding",
    )

    def rank(name: str) -> int:
        if name == "scorecard":
            return 20
        for position, prefix in enumerate(contributions_last):
            if name.startswith(prefix):
                return 10 + position
        return next((position for position, prefix in enumerate(kinds, 1) if name.startswith(prefix)), 0)

    return sorted(names, key=rank)


def named(position: str, names: list[str]) -> pl.Expr:
    """The name at a position, null for null."""
    return pl.lit(pl.Series(names, dtype=pl.String)).gather(pl.col(position))


def parts(compiled: plan.Plan, low: float, factor: float) -> Iterator[tuple[str, pl.Expr]]:
    """Dimensions and normalized values, in the scorecards' scale."""

    def in_scale(points: pl.Expr) -> pl.Expr:
        # Nine decimals, as the score: 40.0 and not 39.99999999999999.
        return (points if (low, factor) == (0, 1) else points * factor + low).round(9)

    has_card = pl.col(CARD).is_not_null()
    for node in nodes(compiled.root):
        if node.path:
            points = pl.col(columns.score(node.path))
            points = pl.when(has_card).then(points) if node.path in compiled.for_everybody else points
            yield f"dimension.{node.path}", in_scale(points)
    for leaf in leaves(compiled.root):
        yield f"normalized.{leaf.path}", in_scale(pl.when(has_card).then(pl.col(columns.normalized(leaf.path))))


def contributions(
    compiled: plan.Plan, scorecards: list[Scorecard], factor: float, *, overridden: bool = False
) -> Iterator[tuple[str, pl.Expr]]:
    """What each part adds to the score or takes from it, in the scorecards' scale."""

    def in_scale(points: pl.Expr) -> pl.Expr:
        return points if factor == 1 else points * factor

    paths = [leaf.path for leaf in leaves(compiled.root)] + [node.path for node in roll_ups(compiled.root)]
    for path in paths:
        yield f"contribution.{path}", in_scale(pl.col(columns.contribution(path)))
    for position in range(1, max(len(card.adjustments) for card in scorecards) + 1):
        yield f"contribution.adjustment.{position}", pl.col(outcome.adjustment(position))
    if overridden:
        yield "contribution.override", pl.col(outcome.OVERRIDE)
    for path in compiled.own:
        yield f"contribution.own.{path}" if path else "contribution.own", in_scale(pl.col(columns.own(path)))
    yield "contribution.rounding", pl.col(outcome.SCORE) - pl.col(outcome.ADJUSTED)
