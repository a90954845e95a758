"""Every customer's reading. Texts are made here, a column at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import polars as pl

from scorewell.reporting.drivers import Step, driver_steps
from scorewell.reporting.formats import Formats
from scorewell.reporting.lines import LeafColumns, NodeColumns, leaf_columns, node_columns
from scorewell.reporting.material import Material
from scorewell.reporting.model import State
from scorewell.reporting.outline import Outline
from scorewell.reporting.reading import Metric, Reading
from scorewell.reporting.room import Room, rooms
from scorewell.reporting.sections import metric_line
from scorewell.reporting.stacks import Group, Stackable, stacked
from scorewell.reporting.wording import CUSTOMER_STATES, INTERNAL_STATES, band_states

__all__ = ["readings"]


def readings(material: Material, groups: Sequence[Group]) -> Iterator[Iterator[tuple[str, str | None, Reading]]]:
    """For each group its customers: id, name and reading."""
    formats = material.formats
    states = partial(_states, for_customer=material.for_customer)
    leaves = leaf_columns(groups, formats, states=states, failed=material.failed, timezone=material.project.timezone)
    nodes = node_columns(groups, formats, leaves, states=states)
    heads = stacked([_numbers(group) for group in groups], partial(_head, formats))
    for group, lines, dimensions, head in zip(groups, leaves, nodes, heads, strict=True):
        yield _of_group(material, group, lines, dimensions, [column for (column,) in head])


def _states(outline: Outline, *, for_customer: bool) -> dict[int | None, State]:
    """How good a metric or a dimension is, by the position of its band."""
    words = CUSTOMER_STATES if for_customer else INTERNAL_STATES
    states: dict[int | None, State] = {
        index: State(words[band.tone], band.tone, index) for index, band in enumerate(outline.bands)
    }
    states[None] = State(words["none"], "none")
    return states


def _numbers(group: Group) -> Stackable:
    customers, outline = group
    return outline, {name: [customers[f"@{name}"].cast(pl.Float64)] for name in ("score", "coverage", "baseline")}


def _head(formats: Formats, outline: Outline) -> tuple[pl.Expr, ...]:
    """Score, where it lies on the scale, completeness, baseline, and where that lies."""
    score, baseline = pl.col("score"), pl.col("baseline")
    return (
        formats.score(score, outline.precision),
        (outline.fraction(score) * 100).round(2).fill_null(0.0).cast(pl.String),
        formats.percent(pl.col("coverage")),
        formats.number(baseline, outline.decimals, trim=True),
        (outline.fraction(baseline) * 100).round(2).cast(pl.String),
    )


def _of_group(
    material: Material,
    group: Group,
    leaves: Sequence[LeafColumns],
    nodes: Sequence[NodeColumns],
    head: Sequence[Sequence[str | None]],
) -> Iterator[tuple[str, str | None, Reading]]:
    customers, outline = group
    steps = driver_steps(customers, outline, material.formats)
    room = rooms(customers, outline, material.formats)
    bands = band_states(outline.bands, for_customer=material.for_customer)
    columns = zip(
        customers["customer_id"],
        customers["@name"] if "@name" in customers.columns else [None] * customers.height,
        customers["@status"],
        customers["@band"],
        customers["@coverage"].cast(pl.Float64),
        *head,
        strict=True,
    )
    for row, (customer_id, name, status, band, coverage, *texts) in enumerate(columns):
        score, fill, completeness, baseline, baseline_fill = texts
        yield (
            customer_id,
            name,
            Reading(
                outline=outline,
                for_customer=material.for_customer,
                status=status,
                score=score,
                fill=fill,
                band=bands.get(band),
                coverage=coverage,
                completeness=completeness,
                baseline=baseline,
                baseline_fill=baseline_fill,
                metrics=_metrics(leaves, row, steps[row], room, material.formats),
                nodes=tuple((each, row) for each in nodes),
                steps=steps[row],
            ),
        )


def _metrics(
    leaves: Sequence[LeafColumns],
    row: int,
    steps: Sequence[Step],
    room: Mapping[str, Sequence[Room | None]],
    formats: Formats,
) -> tuple[Metric, ...]:
    points = {step.part.leaf.path: step for step in steps if step.part.leaf is not None}
    return tuple(
        Metric(
            each.leaf,
            metric_line(each, row, points.get(each.leaf.path), formats),
            each.why[row],
            points.get(each.leaf.path),
            room[each.leaf.path][row] if each.leaf.path in room else None,
        )
        for each in leaves
    )
