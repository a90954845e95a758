"""The effective weights of a node's parts, for one customer: its aggregator itself is asked."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import polars as pl

from scorewell.api.v1 import Aggregator, Part
from scorewell.scoring.inputs import NodeParts, in_scale_name

__all__ = ["Child", "effective_weights"]


@attrs.frozen(kw_only=True)
class Child:
    """A part of a node with its 0–100 score: null where it takes no part; ``measured`` null also where filled in."""

    name: str
    weight: float
    score: float | None
    measured: float | None


def effective_weights(
    aggregator: Aggregator, children: Sequence[Child], *, scale: tuple[float, float], reference: float
) -> list[float | None]:
    """The effective weight of each child in its node: points of the node a point of the child, None for none.

    A weighted average over complete data gives the configured weights in proportion; a minimum gives 1 to the lowest.
    """
    low, high = scale
    cells: dict[str, float | None] = {
        "@total": float(sum(child.weight for child in children if child.score is not None))
    }
    parts = []
    for position, child in enumerate(children):
        score, measured = pl.col(f"@score.{position}"), pl.col(f"@measured.{position}")
        cells[f"@score.{position}"] = child.score
        cells[f"@measured.{position}"] = child.measured
        cells[in_scale_name(measured)] = None if child.measured is None else child.measured * (high - low) / 100 + low
        parts.append(Part(name=child.name, score=score, measured=measured, weight=pl.lit(float(child.weight))))
    view = NodeParts(tuple(parts), pl.col("@total"), scale)
    combined = aggregator.combine(view, reference)
    frame = pl.DataFrame({name: [value] for name, value in cells.items()}, schema=dict.fromkeys(cells, pl.Float64))
    for name, expression in view.layers:
        frame = frame.with_columns(expression.alias(name))
    factor = pl.lit(1.0) if combined.scale is None else combined.scale
    weights = frame.select((factor * weight).alias(str(position)) for position, weight in enumerate(combined.weights))
    return [
        None if child.score is None or weight is None else float(weight)
        for child, weight in zip(children, weights.row(0), strict=True)
    ]
