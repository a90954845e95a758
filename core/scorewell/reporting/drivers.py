"""Drivers: the points from the baseline to the score, in an order worth reading, rounded so that they still add up."""

from __future__ import annotations

from typing import Literal

import attrs
import polars as pl

from scorewell.reporting.formats import Formats
from scorewell.reporting.outline import Leaf, Outline, humanised

__all__ = ["DECISION", "Part", "Step", "driver_points", "driver_steps"]

DECISION = "A person’s decision"
"""What an override is called."""

_PREFIX = "contribution."


@attrs.frozen
class Part:
    """What a contribution column is about."""

    kind: Literal["driver", "own", "exception", "rounding"]
    label: str
    leaf: Leaf | None = None


@attrs.frozen
class Step:
    """One part of one customer's score: its points as shown, and the bar from the sum before it to the sum after it."""

    part: Part
    points: float
    shown: str
    start: str
    width: str


def driver_points(customers: pl.DataFrame, outline: Outline) -> tuple[list[Part], pl.DataFrame]:
    """The parts of the scores of ``customers`` (columns of the scores frame), and the points of each as it is shown.

    The frame has one row for each part that is shown of a customer, in the order of reading: ``@row`` (the customer's),
    ``@part`` (which), the rounded running sum ``before`` and after it, and their difference, ``shown``. Drivers come
    first, the largest loss first, then what nodes add themselves, exceptions in their order, rounding. Whatever is
    rounded away in one part is in the next, and baseline and shown points make the score. Parts that would show as 0
    are left out.
    """
    parts = _parts(customers, outline)
    order = {"driver": 0, "own": 1, "exception": 2, "rounding": 3}
    decimals = outline.decimals
    long = (
        customers.lazy()
        .select(pl.col("@baseline").cast(pl.Float64).alias("baseline"), *parts)
        .with_row_index("@row")
        .rename({name: str(position) for position, name in enumerate(parts)})
        .unpivot(index=["@row", "baseline"], variable_name="@part", value_name="@points")
        .filter(pl.col("@points").is_not_null() & pl.col("baseline").is_not_null() & (pl.col("@points") != 0))
        .with_columns(pl.col("@part").cast(pl.Int32))
        .with_columns(
            pl.lit(pl.Series([order[part.kind] for part in parts.values()], dtype=pl.Int8))
            .gather("@part")
            .alias("@order")
        )
        # Losses from the largest to the smallest, then gains likewise; exceptions keep the order they are applied in.
        .sort(
            "@row",
            "@order",
            pl.when(pl.col("@order") < 2).then(pl.col("@points") > 0),
            pl.when(pl.col("@order") < 2).then(-pl.col("@points").abs()),
            "@part",
        )
        .with_columns(after=pl.col("baseline") + pl.col("@points").cum_sum().over("@row"))
        # The order in which floats are added leaves dust of 1e-14, which would show at the edges of rounding.
        .with_columns(after=pl.col("after").round(9).round(decimals))
        .with_columns(
            before=pl.col("after").shift(1).over("@row").fill_null(pl.col("baseline").round(9).round(decimals)),
        )
        .with_columns(shown=(pl.col("after") - pl.col("before")).round(decimals))
        .filter(pl.col("shown") != 0)
        .select("@row", "@part", "before", "after", "shown")
        .collect()
    )
    return list(parts.values()), long


def driver_steps(customers: pl.DataFrame, outline: Outline, formats: Formats) -> list[tuple[Step, ...]]:
    """For each row of ``customers`` its steps, as ``driver_points`` orders them; none where there is no score."""
    steps: list[list[Step]] = [[] for _ in range(customers.height)]
    if not customers.height:
        return []
    parts, long = driver_points(customers, outline)
    start = outline.fraction(pl.min_horizontal("before", "after"))
    end = outline.fraction(pl.max_horizontal("before", "after"))
    text = long.select(
        "@row",
        "@part",
        "shown",
        formats.number(pl.col("shown"), outline.decimals, signed=True).alias("text"),
        (start * 100).round(2).cast(pl.String).alias("start"),
        ((end - start) * 100).round(2).cast(pl.String).alias("width"),
    )
    for row, part, points, shown, left, width in text.iter_rows():
        steps[row].append(Step(parts[part], points, shown, left, width))
    return [tuple(each) for each in steps]


def _parts(customers: pl.DataFrame, outline: Outline) -> dict[str, Part]:
    """The contribution columns that concern this scorecard: the frame has those of all."""
    leaves = {leaf.path: leaf for leaf in outline.leaves}
    labels = {node.path: node.label for node in outline.nodes}
    rolled_up = {node.path for node in outline.nodes if node.rolls_up}
    parts = {}
    for column in customers.columns:
        if not column.startswith(_PREFIX) or customers[column].null_count() == customers.height:
            continue
        name = column.removeprefix(_PREFIX)
        if name in leaves:
            parts[column] = Part("driver", leaves[name].label, leaves[name])
        elif name in rolled_up:
            parts[column] = Part("driver", labels[name])
        elif name == "rounding":
            parts[column] = Part("rounding", "Rounding to the printed score")
        elif name.startswith("adjustment."):
            position = int(name.removeprefix("adjustment.")) - 1
            if position < len(outline.exceptions):
                parts[column] = Part("exception", outline.exceptions[position])
        elif name == "override":
            # Behind the adjustments, as it stands behind them in the frame: an exception that a person made.
            parts[column] = Part("exception", DECISION)
        else:
            path = name.removeprefix("own").strip(".")
            parts[column] = Part("own", f"Rule of {labels.get(path, humanised(path))}" if path else "Rule of the score")
    return parts
