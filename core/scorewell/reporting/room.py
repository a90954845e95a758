"""Room: how far a metric can lift the score. Below a minimum until another part is the lowest, below a model as far as
scoring again says, and not at all where something else holds the score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs
import polars as pl

from scorewell.reporting.formats import Formats
from scorewell.reporting.outline import Leaf, Node, Outline
from scorewell.reporting.stacks import stacked
from scorewell.scoring.lifts import LIFT

__all__ = ["Room", "rooms"]

_MINIMUM = "minimum"


@attrs.frozen
class Room:
    """The points that one metric can add at most, and the same in words; 0 and None for no room at all.

    ``is_scored`` says that it was scored again: then the points lost say nothing.
    """

    points: float
    shown: str | None
    is_scored: bool = False


def rooms(customers: pl.DataFrame, outline: Outline, formats: Formats) -> Mapping[str, list[Room | None]]:
    """For each metric below a minimum or a model its room, in the order of ``customers``; None where it is not bounded.
    Where an exception or a person holds somebody's score, for every metric: none.

    A minimum whose lowest part rises, rises up to the next-lowest: of the points that the node costs, the share
    (next − lowest) / (reference − lowest), and nothing where two parts are the lowest. Exact below one minimum with
    weighted averages around it; a bound for other trees.
    """
    bounds: dict[str, list[pl.Expr]] = {}
    for node in outline.nodes:
        if node.method == _MINIMUM:
            parts = list(_parts(node, outline))
            cost = _cost(node, outline, customers)
            for position, (score, below) in enumerate(parts):
                others = [other for index, (other, _) in enumerate(parts) if index != position]
                if others:
                    room = _points(cost, score, pl.min_horizontal(others))
                    for leaf in below:
                        bounds.setdefault(leaf.path, []).append(room)
    scored = {leaf.path: pl.col(f"{LIFT}{leaf.path}") for leaf in outline.leaves if f"{LIFT}{leaf.path}" in customers}
    known = {path: pl.min_horizontal(each) for path, each in bounds.items()} | scored
    held = _held(customers, outline)
    if held is not None:
        unknown = pl.lit(None, dtype=pl.Float64)
        known |= {
            leaf.path: pl.when(held).then(0.0).otherwise(known.get(leaf.path, unknown))
            for leaf in outline.leaves
            if leaf.path not in scored
        }
    if not known:
        return {}
    decimals = outline.decimals
    frame = customers.select(each.round(decimals).alias(f"{number}") for number, each in enumerate(known.values()))
    ((texts,),) = stacked(
        [(outline, {"points": frame.get_columns()})], lambda _: (formats.number(pl.col("points"), decimals),)
    )
    return {
        path: [
            None if points is None else Room(points, shown if points else None, path in scored)
            for points, shown in zip(column.to_list(), text, strict=True)
        ]
        for path, column, text in zip(known, frame.get_columns(), texts, strict=True)
    }


def _held(customers: pl.DataFrame, outline: Outline) -> pl.Series | None:
    """Whose score is moved by what holds it; None where nobody's is."""
    columns = [name for name in outline.holds if name in customers.columns]
    if not columns:
        return None
    held = customers.select(pl.any_horizontal(pl.col(name).fill_null(0.0) != 0 for name in columns)).to_series()
    return held if held.any() else None


def _points(cost: pl.Expr, score: pl.Expr, following: pl.Expr) -> pl.Expr:
    """What the node gains where this part rises alone; null where nothing stands in its way, or it is not rated."""
    rises = (following - score).clip(lower_bound=0.0)
    lost = pl.col("@baseline").cast(pl.Float64) - score
    return pl.when(lost > 0).then(cost * rises / lost)


def _parts(node: Node, outline: Outline) -> Iterator[tuple[pl.Expr, tuple[Leaf, ...]]]:
    """The parts that the minimum is taken of, by measured score in the scale, with the metrics below each."""
    for leaf in node.leaves:
        if leaf.share > 0:
            yield pl.col(f"normalized.{leaf.path}").cast(pl.Float64), (leaf,)
    for child in outline.nodes:
        if child.rolls_up and child.path.rpartition(".")[0] == node.path and child.share > 0:
            yield pl.col(f"dimension.{child.path}").cast(pl.Float64), ()
        elif child.path and child.path.rpartition(".")[0] == node.path and child.share > 0:
            measured = pl.any_horizontal(pl.col(f"normalized.{leaf.path}").is_not_null() for leaf in child.below)
            yield pl.when(measured).then(pl.col(f"dimension.{child.path}").cast(pl.Float64)), child.below


def _cost(node: Node, outline: Outline, customers: pl.DataFrame) -> pl.Expr:
    """The points that the node takes from the score: its metrics' contributions, and what its rules add themselves."""
    below = {f"contribution.{leaf.path}" for leaf in node.below}
    for inner in outline.nodes:
        if f"{inner.path}.".startswith(f"{node.path}.") or not node.path:
            below.add(f"contribution.own.{inner.path}" if inner.path else "contribution.own")
            below |= {f"contribution.{inner.path}"} if inner.rolls_up else set()
    known = sorted(below.intersection(customers.columns))
    return -pl.sum_horizontal(pl.col(name).cast(pl.Float64).fill_null(0.0) for name in known) if known else pl.lit(0.0)
