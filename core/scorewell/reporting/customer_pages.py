"""The model of each customer's page, for the customer or for internal readers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from scorewell.reporting.beside import scores_beside
from scorewell.reporting.drivers import driver_steps
from scorewell.reporting.facts import fact_columns, facts_of
from scorewell.reporting.lines import leaf_columns, node_columns
from scorewell.reporting.material import Material
from scorewell.reporting.model import VERSION, CustomerPage, Edge, Gauge, ScoreLine, State
from scorewell.reporting.outline import Outline
from scorewell.reporting.reading import Metric, Reading
from scorewell.reporting.room import rooms
from scorewell.reporting.sections import (
    gauge_edges,
    going_well,
    how_computed,
    improvements,
    metric_line,
    missing,
    next_steps,
    parts,
    waterfall,
)
from scorewell.reporting.sentences import headline, summary
from scorewell.reporting.wording import (
    CUSTOMER_STATES,
    INTERNAL_STATES,
    STATUS,
    band_states,
    id_to_show,
    name_to_show,
    palette,
)

__all__ = ["customer_pages"]

_NO_SCORECARD = Outline((), (), (), (0.0, 100.0), 0, ())


def customer_pages(material: Material) -> Iterator[tuple[str, CustomerPage]]:
    """One page a customer, with the customer's id.

    For the customer audience there is no page for those who are not active or see no metric.
    """
    beside = scores_beside(material)
    for batch, outline in material.batches():
        if material.for_customer and (outline is None or not outline.leaves):
            continue
        shown = batch.filter(pl.col("@status") != "inactive") if material.for_customer else batch
        if shown.height:
            yield from _pages(material, shown, outline or _NO_SCORECARD, beside)


def _pages(
    material: Material, customers: pl.DataFrame, outline: Outline, beside: Mapping[str, tuple[ScoreLine, ...]]
) -> Iterator[tuple[str, CustomerPage]]:
    formats = material.formats
    facts = [] if material.for_customer else fact_columns(material, customers)
    edges = gauge_edges(outline)
    colours = palette(outline.bands)
    as_of = formats.moment(material.as_of)
    for row, (customer_id, name, reading) in enumerate(_readings(material, customers, outline)):
        best = improvements(reading)
        absent = missing(reading)
        title = headline(reading, best)
        shown = name_to_show(name, customer_id)
        yield (
            customer_id,
            CustomerPage(
                version=VERSION,
                audience=material.audience,
                title=f"{shown}: {title}",
                name=shown,
                customer_id=id_to_show(customer_id),
                as_of=as_of,
                run_id=material.run_id,
                headline=title,
                summary=summary(reading, formats),
                status=STATUS.get(reading.status, reading.status),
                gauge=_gauge(reading, edges, formats.plain(outline.scale[0]), formats.plain(outline.scale[1])),
                facts=facts_of(facts, row),
                going_well=going_well(reading),
                improvements=best.shown,
                more_improvements=best.more,
                steps=next_steps(best, absent) if material.for_customer else (),
                drivers=() if material.for_customer else waterfall(reading),
                missing=tuple(f"{metric.line.label} ({metric.line.note})" for metric in absent),
                parts=parts(reading),
                how=how_computed(reading, formats),
                palette=colours,
                scores=beside.get(customer_id, ()),
            ),
        )


def _readings(
    material: Material, customers: pl.DataFrame, outline: Outline
) -> Iterator[tuple[str, str | None, Reading]]:
    """Every customer with its texts, which are made here, a column at a time."""
    formats = material.formats
    words = CUSTOMER_STATES if material.for_customer else INTERNAL_STATES
    states: dict[int | None, State] = {
        index: State(words[band.tone], band.tone, index) for index, band in enumerate(outline.bands)
    }
    states[None] = State(words["none"], "none")
    bands = band_states(outline.bands, for_customer=material.for_customer)
    leaves = leaf_columns(
        customers, outline, formats, states=states, failed=material.failed, timezone=material.project.timezone
    )
    nodes = node_columns(customers, outline, formats, leaves, states=states)
    steps = driver_steps(customers, outline, formats)
    room = rooms(customers, outline, formats)
    score = pl.col("@score").cast(pl.Float64)
    head = customers.select(
        "customer_id",
        "@name" if "@name" in customers.columns else pl.lit(None, dtype=pl.String).alias("@name"),
        "@status",
        "@band",
        formats.score(score, outline.precision).alias("score"),
        (outline.fraction(score) * 100).round(2).fill_null(0.0).cast(pl.String).alias("fill"),
        pl.col("@coverage").cast(pl.Float64).alias("coverage"),
        formats.percent(pl.col("@coverage").cast(pl.Float64)).alias("completeness"),
        formats.number(pl.col("@baseline").cast(pl.Float64), outline.decimals).alias("baseline"),
        (outline.fraction(pl.col("@baseline").cast(pl.Float64)) * 100).round(2).cast(pl.String).alias("baseline_fill"),
    )
    for row, values in enumerate(head.iter_rows()):
        customer_id, name, status, band, shown, fill, coverage, completeness, baseline, baseline_fill = values
        points = {step.part.leaf.path: step for step in steps[row] if step.part.leaf is not None}
        yield (
            customer_id,
            name,
            Reading(
                outline=outline,
                for_customer=material.for_customer,
                status=status,
                score=shown,
                fill=fill,
                band=bands.get(band),
                coverage=coverage,
                completeness=completeness,
                baseline=baseline,
                baseline_fill=baseline_fill,
                metrics=tuple(
                    Metric(
                        each.leaf,
                        metric_line(each, row, points.get(each.leaf.path), formats),
                        each.why[row],
                        points.get(each.leaf.path),
                        room[each.leaf.path][row] if each.leaf.path in room else None,
                    )
                    for each in leaves
                ),
                nodes=tuple((each, row) for each in nodes),
                steps=steps[row],
            ),
        )


def _gauge(reading: Reading, edges: tuple[Edge, ...], bottom: str, top: str) -> Gauge | None:
    if reading.score is None or reading.band is None:
        return None
    return Gauge(
        score=reading.score,
        scale=f"of {top}" if bottom == "0" else f"{bottom} to {top}",
        fill=reading.fill,
        state=reading.band,
        edges=edges,
        described=f"{reading.score} on a scale from {bottom} to {top}: {reading.band.words}",
    )
