"""Each metric and dimension of a scorecard as columns of text, one row a customer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import attrs
import polars as pl

from scorewell.reporting.formats import Formats
from scorewell.reporting.model import State
from scorewell.reporting.outline import Leaf, Node, Outline
from scorewell.scoring.language import Language

__all__ = ["LeafColumns", "NodeColumns", "leaf_columns", "node_columns"]

NO_DATA, DOES_NOT_APPLY, UNREADABLE, ASSUMED = 1, 2, 3, 4


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
    columns: list[pl.Expr] = []
    language = Language(customers.schema, timezone)
    decimals = max(outline.decimals - 1, 0)
    for position, leaf in enumerate(outline.leaves):
        normalized = pl.col(f"normalized.{leaf.path}").cast(pl.Float64)
        columns += [
            _value(customers, leaf, formats).alias(f"value{position}"),
            formats.number(normalized, decimals).alias(f"normalized{position}"),
            (outline.fraction(normalized) * 100).round(1).fill_null(0.0).cast(pl.String).alias(f"fill{position}"),
            # Read from what is printed, so that no metric contradicts its own number.
            outline.band_index(normalized.round(decimals)).alias(f"state{position}"),
            _why(leaf, normalized, failed, language).alias(f"why{position}"),
        ]
    text = customers.select(columns) if columns else pl.DataFrame()
    shares = _shares(formats, [leaf.share for leaf in outline.leaves])
    return [
        LeafColumns(
            leaf,
            text[f"value{position}"].to_list(),
            text[f"normalized{position}"].to_list(),
            text[f"fill{position}"].to_list(),
            [states[index] for index in text[f"state{position}"].to_list()],
            text[f"why{position}"].to_list(),
            shares[position],
        )
        for position, leaf in enumerate(outline.leaves)
    ]


def _value(customers: pl.DataFrame, leaf: Leaf, formats: Formats) -> pl.Expr:
    if customers.schema[leaf.metric] == pl.String:
        return pl.col(leaf.metric).str.slice(0, 80)
    return formats.measured(pl.col(leaf.metric).cast(pl.Float64), leaf.unit)


def _why(leaf: Leaf, normalized: pl.Expr, failed: Collection[str], language: Language) -> pl.Expr:
    applies = pl.all_horizontal([language.holds(sql) for sql in leaf.when]) if leaf.when else pl.lit(value=True)
    present = pl.col(leaf.metric).is_not_null()
    code = UNREADABLE if leaf.metric in failed else ASSUMED if leaf.assumed is not None else NO_DATA
    return (
        pl.when(~applies | (present & normalized.is_null()))
        .then(pl.lit(DOES_NOT_APPLY, dtype=pl.Int8))
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
    columns = []
    decimals = max(outline.decimals - 1, 0)
    for position, node in enumerate(outline.nodes):
        score = pl.col("@score" if node.path == "" else f"dimension.{node.path}").cast(pl.Float64)
        printed = score.round(decimals)
        applicable = pl.sum_horizontal(
            pl.when(pl.col(f"why{leaf.path}") != DOES_NOT_APPLY).then(leaf.share).otherwise(0.0) for leaf in node.below
        )
        measured = pl.sum_horizontal(
            pl.when(pl.col(f"why{leaf.path}") == 0).then(leaf.share).otherwise(0.0) for leaf in node.below
        )
        columns += [
            formats.number(printed, decimals).alias(f"score{position}"),
            (outline.fraction(score) * 100).round(1).fill_null(0.0).cast(pl.String).alias(f"fill{position}"),
            outline.band_index(printed).alias(f"state{position}"),
            formats.percent(pl.when(applicable > 0).then(measured / applicable)).alias(f"completeness{position}"),
            (measured >= applicable - 1e-9).alias(f"complete{position}"),
        ]
    text = pl.concat([customers, why], how="horizontal").select(columns)  # why is empty without metrics
    return [
        NodeColumns(
            node,
            shares[position],
            text[f"score{position}"].to_list(),
            text[f"fill{position}"].to_list(),
            [states[index] for index in text[f"state{position}"].to_list()],
            text[f"completeness{position}"].to_list(),
            text[f"complete{position}"].to_list(),
        )
        for position, node in enumerate(outline.nodes)
    ]


def _shares(formats: Formats, shares: Sequence[float]) -> list[str]:
    return (
        pl.DataFrame({"share": shares}, schema={"share": pl.Float64})
        .select(formats.percent(pl.col("share")).alias("share"))["share"]
        .to_list()
    )
