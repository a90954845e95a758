"""The model of each customer's page, for the customer or for internal readers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs
import polars as pl

from scorewell.reporting.beside import scores_beside
from scorewell.reporting.causes import causes
from scorewell.reporting.facts import fact_columns, facts_of
from scorewell.reporting.kin import MOST_CHILDREN, children_rows
from scorewell.reporting.material import Material
from scorewell.reporting.model import (
    VERSION,
    Cause,
    CustomerPage,
    CustomerRow,
    Edge,
    Gauge,
    Override,
    Pulse,
    ScoreLine,
    Timeline,
    Trend,
)
from scorewell.reporting.outline import Outline
from scorewell.reporting.people import overrides, pulses
from scorewell.reporting.reading import Reading
from scorewell.reporting.readings import readings
from scorewell.reporting.sections import (
    gauge_edges,
    going_well,
    how_computed,
    improvements,
    missing,
    next_steps,
    parts,
    waterfall,
)
from scorewell.reporting.sentences import headline, summary
from scorewell.reporting.series import earlier_scores, run_before, series
from scorewell.reporting.stacks import Group
from scorewell.reporting.timelines import timelines
from scorewell.reporting.trends import trends
from scorewell.reporting.wording import STATUS, id_to_show, name_to_show, palette

__all__ = ["customer_pages"]

_NO_SCORECARD = Outline((), (), (), (0.0, 100.0), 0, ())


def customer_pages(material: Material) -> Iterator[tuple[str, CustomerPage]]:
    """One page a customer, with the customer's id.

    For the customer audience there is no page for those who are not active or see no metric.
    """
    beside, children = scores_beside(material), children_rows(material)
    for batch in material.batches():
        groups = [(customers, outline or _NO_SCORECARD) for customers, outline in batch]
        if material.for_customer:
            active = pl.col("@status") != "inactive"
            groups = [(customers.filter(active), outline) for customers, outline in groups if outline.leaves]
        yield from _pages(material, [group for group in groups if group[0].height], beside, children)


def _pages(
    material: Material,
    groups: Sequence[Group],
    beside: Mapping[str, tuple[ScoreLine, ...]],
    children: Mapping[str, tuple[CustomerRow, ...]],
) -> Iterator[tuple[str, CustomerPage]]:
    formats, for_customer = material.formats, material.for_customer
    as_of = formats.moment(material.as_of)
    facts = fact_columns(material, pl.concat([each for each, _ in groups])) if groups and not for_customer else []
    moved = _moved(material, groups)
    row = 0  # of all groups, as facts have them
    for (_, outline), group in zip(groups, readings(material, groups), strict=True):
        edges, colours = gauge_edges(outline), palette(outline.bands)
        bottom, top = (formats.plain(end) for end in outline.scale)
        how = {
            has_score: how_computed(outline, formats, for_customer=for_customer, has_score=has_score)
            for has_score in (True, False)
        }
        for customer_id, name, reading in group:
            best = improvements(reading)
            absent = missing(reading)
            title = headline(reading, best)
            shown = name_to_show(name, customer_id)
            kin = children.get(customer_id, ())
            is_active = reading.status != "inactive"  # of others nothing was to be computed
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
                    gauge=_gauge(reading, edges, bottom, top),
                    facts=facts_of(facts, row),
                    going_well=going_well(reading),
                    improvements=best.shown,
                    more_improvements=best.more,
                    steps=next_steps(best, absent) if for_customer else (),
                    drivers=() if for_customer else waterfall(reading),
                    missing=tuple(f"{metric.line.label} ({metric.line.note})" for metric in absent),
                    parts=parts(reading) if is_active else (),
                    how=how[reading.score is not None] if is_active else (),
                    palette=colours,
                    scores=beside.get(customer_id, ()) if is_active else (),
                    children=kin[:MOST_CHILDREN],
                    more_children=f"and {formats.count(rest)} more" if (rest := len(kin) - MOST_CHILDREN) > 0 else None,
                    trend=moved.trends[row],
                    timeline=moved.timelines[row],
                    causes=moved.causes[row],
                    changed_since=moved.since if moved.causes[row] else None,
                    override=moved.overrides[row],
                    pulse=moved.pulses[row],
                ),
            )
            row += 1


@attrs.frozen
class _Moved:
    """What pages tell of the past, one element a customer of a batch. ``since`` is the moment of the run before."""

    trends: list[tuple[Trend, ...]]
    timelines: list[Timeline | None]
    causes: list[tuple[Cause, ...]]
    overrides: list[Override | None]
    pulses: list[Pulse | None]
    since: str | None


def _moved(material: Material, groups: Sequence[Group]) -> _Moved:
    count = sum(customers.height for customers, _ in groups)
    earlier = earlier_scores(material)
    before = None if earlier is None else run_before(earlier)
    then = None if before is None else before.astimezone(material.as_of.tzinfo)
    return _Moved(
        trends=trends(material, groups, None if then is None else material.formats.short_day(then.date())),
        timelines=[None] * count
        if earlier is None or not groups
        else timelines(material, groups, series(material, groups, earlier)),
        causes=causes(material, groups),
        overrides=overrides(material, groups),
        pulses=pulses(material, groups),
        since=None if then is None else material.formats.moment(then),
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
