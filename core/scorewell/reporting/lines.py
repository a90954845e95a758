"""Each metric and dimension of a scorecard as columns of text, one row a customer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import attrs
import polars as pl

from scorewell.reporting.formats import Formats
from scorewell.reporting.model import State
from scorewell.reporting.outline import Leaf, Node, Outline
from scorewell.scoring.language import Language

__all__ = ["LeafColumns", "NodeColumns", "leaf_columns", "node_columns"]

NO_DATA, DOES_NOT_APPLY, UNREADABLE, ASSUMED = 1, 2, 3, 4
_BELOW = "below"


@attrs.frozen
class LeafColumns:
    """A metric's texts, one element a customer. ``why`` is 0 or a key of ``wording.MISSING``."""

    leaf: Leaf
    value: Sequence[str | None]
    normalized: Sequence[str | None]
    fill: Sequence[str]
    state: Sequence[State]
    why: Sequence[int]
    share: str


@attrs.frozen
class NodeColumns:
    """A dimension's texts, one element a customer. ``completeness`` is null where nothing in it applies."""

    node: Node
    share: str
    score: Sequence[str | None]
    fill: Sequence[str]
    state: Sequence[State]
    completeness: Sequence[str | None]
    is_complete: Sequence[bool]


def leaf_columns(
    customers: pl.DataFrame,
    outline: Outline,
    formats: Formats,
    *,
    states: Mapping[int | None, State],
    failed: Collection[str],
    timezone: str,
) -> list[LeafColumns]:
    """The lines of every metric. ``customers`` has the columns of the metrics table and of the scores frame."""
    leaves, language = outline.leaves, Language(customers.schema, timezone)
    if not leaves:
        return []
    decimals = max(outline.decimals - 1, 0)
    normalized = [pl.col(f"normalized.{leaf.path}").cast(pl.Float64) for leaf in leaves]
    why = customers.select(
        _why(leaf, each, leaf.metric in failed or leaf.path in outline.broken, language).alias(f"why{position}")
        for position, (leaf, each) in enumerate(zip(leaves, normalized, strict=True))
    )
    below = pl.col(_BELOW)
    normalized_text, fill, state = _formatted(
        customers,
        {_BELOW: normalized},
        formats.number(below, decimals),
        (outline.fraction(below) * 100).round(1).fill_null(0.0).cast(pl.String),
        # Read from what is printed, so that no metric contradicts its own number.
        outline.band_index(below.round(decimals)),
    )
    values = _values(customers, leaves, formats)
    shares = _shares(formats, [leaf.share for leaf in leaves])
    return [
        LeafColumns(
            leaf,
            values[leaf.metric],
            normalized_text[position],
            fill[position],
            [states[index] for index in state[position]],
            why[f"why{position}"].to_list(),
            shares[position],
        )
        for position, leaf in enumerate(leaves)
    ]


def _values(customers: pl.DataFrame, leaves: Sequence[Leaf], formats: Formats) -> dict[str, Sequence[str | None]]:
    """The metrics' own values as text, by metric."""
    units = {leaf.metric: leaf.unit for leaf in leaves}
    numeric = [metric for metric in units if customers.schema[metric] != pl.String]
    texts: dict[str, Sequence[str | None]] = {
        metric: customers[metric].str.slice(0, 80).to_list() for metric in units if metric not in numeric
    }
    if numeric:
        numbers = [formats.in_unit(pl.col(metric).cast(pl.Float64), units[metric]) for metric in numeric]
        (digits,) = _formatted(customers, {_BELOW: numbers}, formats.three_digits(pl.col(_BELOW)))
        written = pl.DataFrame(dict(zip(numeric, digits, strict=True)), schema=dict.fromkeys(numeric, pl.String))
        shown = written.select(formats.with_unit(pl.col(metric), units[metric]).alias(metric) for metric in numeric)
        texts |= shown.to_dict(as_series=False)
    return texts


def _formatted(
    customers: pl.DataFrame, columns: Mapping[str, Sequence[pl.Expr]], *formatted: pl.Expr
) -> tuple[list[list[Any]], ...]:
    """What each of ``formatted`` makes of the columns, one list of elements for each column.

    ``columns`` are put below each other first, under the names that ``formatted`` knows: to plan a long expression for
    every single column takes many times as long as to compute it.
    """
    apart = customers.select(
        column.alias(f"{name}{position}") for name, each in columns.items() for position, column in enumerate(each)
    )
    stacked = pl.DataFrame(
        {
            name: pl.concat([apart[f"{name}{position}"] for position in range(len(each))])
            for name, each in columns.items()
        }
    )
    count = max(len(each) for each in columns.values())
    texts = stacked.select(each.alias(f"{position}") for position, each in enumerate(formatted))
    return tuple(
        [elements[position * customers.height : (position + 1) * customers.height] for position in range(count)]
        for elements in (column.to_list() for column in texts.get_columns())
    )


def _why(leaf: Leaf, normalized: pl.Expr, is_unreadable: bool, language: Language) -> pl.Expr:
    applies = pl.all_horizontal([language.holds(sql) for sql in leaf.when]) if leaf.when else pl.lit(value=True)
    present = pl.col(leaf.metric).is_not_null()
    code = UNREADABLE if is_unreadable else ASSUMED if leaf.assumed is not None else NO_DATA
    unanswered = UNREADABLE if is_unreadable else DOES_NOT_APPLY
    return (
        pl.when(~applies)
        .then(pl.lit(DOES_NOT_APPLY, dtype=pl.Int8))
        .when(present & normalized.is_null())
        .then(pl.lit(unanswered, dtype=pl.Int8))
        .when(present)
        .then(pl.lit(0, dtype=pl.Int8))
        .otherwise(pl.lit(code, dtype=pl.Int8))
    )


def node_columns(
    customers: pl.DataFrame,
    outline: Outline,
    formats: Formats,
    leaves: Sequence[LeafColumns],
    *,
    states: Mapping[int | None, State],
) -> list[NodeColumns]:
    """The heads of every dimension. Completeness is by weight, over the metrics that apply."""
    shares = _shares(formats, [node.share for node in outline.nodes])
    why = pl.DataFrame({f"why{each.leaf.path}": pl.Series(each.why, dtype=pl.Int8) for each in leaves})
    if not outline.nodes:
        return []
    decimals = max(outline.decimals - 1, 0)
    scores = [
        pl.col("@score" if node.path == "" else f"dimension.{node.path}").cast(pl.Float64) for node in outline.nodes
    ]
    score, applicable, measured = pl.col("score"), pl.col("applicable"), pl.col("measured")
    printed = score.round(decimals)
    score_text, fill, state, completeness, complete = _formatted(
        pl.concat([customers, why], how="horizontal"),  # why is empty without metrics
        {
            "score": scores,
            "applicable": [_weight(node, lambda code: code != DOES_NOT_APPLY) for node in outline.nodes],
            "measured": [_weight(node, lambda code: code == 0) for node in outline.nodes],
        },
        formats.number(printed, decimals),
        (outline.fraction(score) * 100).round(1).fill_null(0.0).cast(pl.String),
        outline.band_index(printed),
        formats.percent(pl.when(applicable > 0).then(measured / applicable)),
        measured >= applicable - 1e-9,
    )
    return [
        NodeColumns(
            node,
            shares[position],
            score_text[position],
            fill[position],
            [states[index] for index in state[position]],
            completeness[position],
            complete[position],
        )
        for position, node in enumerate(outline.nodes)
    ]


def _weight(node: Node, counts: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    """The weight of the metrics below a dimension whose ``why`` counts."""
    return pl.sum_horizontal(
        pl.when(counts(pl.col(f"why{leaf.path}"))).then(leaf.share).otherwise(0.0) for leaf in node.below
    )


def _shares(formats: Formats, shares: Sequence[float]) -> list[str]:
    return (
        pl.DataFrame({"share": shares}, schema={"share": pl.Float64})
        .select(formats.percent(pl.col("share")).alias("share"))["share"]
        .to_list()
    )
