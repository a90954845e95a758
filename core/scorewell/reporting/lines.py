"""Each metric and dimension of a scorecard as columns of text, one row a customer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import attrs
import polars as pl

from scorewell.reporting.formats import Formats
from scorewell.reporting.model import State
from scorewell.reporting.outline import Leaf, Node, Outline
from scorewell.reporting.reviews import told
from scorewell.reporting.stacks import Group, stacked
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
    reviews: tuple[str, ...]


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
    reviews: tuple[str, ...]


def leaf_columns(
    groups: Sequence[Group],
    formats: Formats,
    *,
    states: Callable[[Outline], Mapping[int | None, State]],
    failed: Collection[str],
    timezone: str,
) -> list[list[LeafColumns]]:
    """For each group the lines of every metric. ``states`` are an outline's bands by position, None for no band."""
    below = pl.col(_BELOW)
    with_leaves = [group for group in groups if group[1].leaves]
    written = iter(
        stacked(
            [(outline, {_BELOW: _normalized(customers, outline)}) for customers, outline in with_leaves],
            lambda outline: (
                formats.number(below, _decimals(outline)),
                (outline.fraction(below) * 100).round(1).fill_null(0.0).cast(pl.String),
                # Read from what is printed, so that no metric contradicts its own number.
                outline.band_index(below.round(_decimals(outline))),
            ),
        )
    )
    values = iter(_values(with_leaves, formats))
    shares = iter(_shares(formats, [leaf.share for _, outline in with_leaves for leaf in outline.leaves]))
    lines: list[list[LeafColumns]] = []
    for customers, outline in groups:
        if not outline.leaves:
            lines.append([])
            continue
        normalized, fill, state = next(written)
        texts, why, words = next(values), _whys(customers, outline, failed, timezone), states(outline)
        lines.append(
            [
                LeafColumns(
                    leaf,
                    texts[leaf.metric],
                    normalized[position],
                    fill[position],
                    [words[index] for index in state[position]],
                    why[position],
                    next(shares),
                    told(leaf.reviews, formats),
                )
                for position, leaf in enumerate(outline.leaves)
            ]
        )
    return lines


def _normalized(customers: pl.DataFrame, outline: Outline) -> list[pl.Series]:
    return [customers[f"normalized.{leaf.path}"].cast(pl.Float64) for leaf in outline.leaves]


def _decimals(outline: Outline) -> int:
    """Decimals of a metric's or a dimension's score: one less than points have."""
    return max(outline.decimals - 1, 0)


def _values(groups: Sequence[Group], formats: Formats) -> list[dict[str, Sequence[str | None]]]:
    """For each group the metrics' own values as text, by metric."""
    texts: list[dict[str, Sequence[str | None]]] = [{} for _ in groups]
    places: dict[str | None, list[tuple[int, str]]] = {}  # by unit: the group and the metric
    for number, (customers, outline) in enumerate(groups):
        for metric, unit in {leaf.metric: leaf.unit for leaf in outline.leaves}.items():
            if customers.schema[metric] == pl.String:
                texts[number][metric] = customers[metric].str.slice(0, 80).to_list()
            else:
                places.setdefault(unit, []).append((number, metric))
    if not places:
        return texts
    value = pl.col(_BELOW)
    numbers = [
        pl.concat([groups[number][0][metric].cast(pl.Float64) for number, metric in places[unit]])
        .to_frame(_BELOW)
        .select(formats.in_unit(value, unit))
        for unit in places
    ]
    digits = pl.concat(numbers).select(formats.three_digits(value).alias(_BELOW))
    begin = 0
    for (unit, metrics), each in zip(places.items(), numbers, strict=True):
        shown = digits.slice(begin, each.height).select(formats.with_unit(value, unit)).to_series().to_list()
        begin += each.height
        start = 0
        for number, metric in metrics:
            height = groups[number][0].height
            texts[number][metric] = shown[start : start + height]
            start += height
    return texts


def _whys(customers: pl.DataFrame, outline: Outline, failed: Collection[str], timezone: str) -> list[list[int]]:
    """Of each metric whether it is there, or why not."""
    language = Language(customers.schema, timezone)
    why = customers.select(
        _why(leaf, leaf.metric in failed or leaf.path in outline.broken, language).alias(f"{position}")
        for position, leaf in enumerate(outline.leaves)
    )
    return [column.to_list() for column in why.get_columns()]


def _why(leaf: Leaf, is_unreadable: bool, language: Language) -> pl.Expr:
    applies = pl.all_horizontal([language.holds(sql) for sql in leaf.when]) if leaf.when else pl.lit(value=True)
    present, normalized = pl.col(leaf.metric).is_not_null(), pl.col(f"normalized.{leaf.path}").cast(pl.Float64)
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
    groups: Sequence[Group],
    formats: Formats,
    leaves: Sequence[Sequence[LeafColumns]],
    *,
    states: Callable[[Outline], Mapping[int | None, State]],
) -> list[list[NodeColumns]]:
    """For each group the heads of every dimension. Completeness is by weight, over the metrics that apply."""
    with_nodes = [(group, lines) for group, lines in zip(groups, leaves, strict=True) if group[1].nodes]
    score, applicable, measured = pl.col("score"), pl.col("applicable"), pl.col("measured")
    written = iter(
        stacked(
            [
                (outline, {"score": _scores(customers, outline), **_weights(customers, outline, lines)})
                for (customers, outline), lines in with_nodes
            ],
            lambda outline: (
                formats.number(score.round(_decimals(outline)), _decimals(outline)),
                (outline.fraction(score) * 100).round(1).fill_null(0.0).cast(pl.String),
                outline.band_index(score.round(_decimals(outline))),
                formats.percent(pl.when(applicable > 0).then(measured / applicable)),
                measured >= applicable - 1e-9,
            ),
        )
    )
    shares = iter(_shares(formats, [node.share for (_, outline), _ in with_nodes for node in outline.nodes]))
    heads: list[list[NodeColumns]] = []
    for _, outline in groups:
        if not outline.nodes:
            heads.append([])
            continue
        text, fill, state, completeness, complete = next(written)
        words = states(outline)
        heads.append(
            [
                NodeColumns(
                    node,
                    next(shares),
                    text[position],
                    fill[position],
                    [words[index] for index in state[position]],
                    completeness[position],
                    complete[position],
                    told(node.reviews, formats),
                )
                for position, node in enumerate(outline.nodes)
            ]
        )
    return heads


def _scores(customers: pl.DataFrame, outline: Outline) -> list[pl.Series]:
    columns = ["@score" if node.path == "" else f"dimension.{node.path}" for node in outline.nodes]
    return [customers[column].cast(pl.Float64) for column in columns]


def _weights(customers: pl.DataFrame, outline: Outline, lines: Sequence[LeafColumns]) -> dict[str, list[pl.Series]]:
    """Of each dimension the weight of the metrics that apply, and of those that were measured."""
    why = pl.DataFrame({f"why{each.leaf.path}": pl.Series(each.why, dtype=pl.Int8) for each in lines})
    counted = {"applicable": lambda code: code != DOES_NOT_APPLY, "measured": lambda code: code == 0}
    weights = pl.concat([customers.select("customer_id"), why], how="horizontal").select(
        _weight(node, counts).alias(f"{name}{position}")
        for name, counts in counted.items()
        for position, node in enumerate(outline.nodes)
    )
    return {name: [weights[f"{name}{position}"] for position in range(len(outline.nodes))] for name in counted}


def _weight(node: Node, counts: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    """The weight of the metrics below a dimension whose ``why`` counts."""
    if not node.below:
        return pl.col("customer_id").is_null().cast(pl.Float64)  # nothing, in each row
    return pl.sum_horizontal(
        pl.when(counts(pl.col(f"why{leaf.path}"))).then(leaf.share).otherwise(0.0) for leaf in node.below
    )


def _shares(formats: Formats, shares: Sequence[float]) -> list[str]:
    return (
        pl.DataFrame({"share": shares}, schema={"share": pl.Float64})
        .select(formats.percent(pl.col("share")).alias("share"))["share"]
        .to_list()
    )
