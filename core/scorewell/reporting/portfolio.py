"""The portfolio: can the figures be trusted, where the revenue is, who needs somebody first, what changed, how segments
compare."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs
import polars as pl

from scorewell.api.v1 import Finding, Level
from scorewell.reporting.book import Book, book
from scorewell.reporting.course import course
from scorewell.reporting.formats import Formats
from scorewell.reporting.material import Material
from scorewell.reporting.model import (
    VERSION,
    BandPart,
    CustomerList,
    CustomerRow,
    Fact,
    Link,
    Note,
    PageModel,
    PortfolioPage,
    SegmentRow,
    State,
)
from scorewell.reporting.movement import movement
from scorewell.reporting.outline import humanised, score_label
from scorewell.reporting.wording import STATUS, counted, palette

__all__ = ["portfolio_pages"]

_MOST_NEEDS = 20
_MOST_NOTES = 12
_PER_LIST = 1_000


def portfolio_pages(material: Material, findings: Sequence[Finding]) -> Iterator[tuple[str, str, PageModel]]:
    """``index.html`` and the lists of all customers, with the path and the template of each."""
    if not material.customers.height:
        return
    whole = book(material)
    yield "index.html", "portfolio.html", _portfolio(whole, findings)
    for number, model in enumerate(_lists(whole), start=1):
        yield _list_path(number), "customers.html", model


def _portfolio(whole: Book, findings: Sequence[Finding]) -> PortfolioPage:
    material, formats = whole.material, whole.material.formats
    needs, more = _needs(whole)
    bands = whole.stack(whole.counted, by_revenue=whole.sums)
    headline = _headline(whole)
    return PortfolioPage(
        version=VERSION,
        title=f"{material.project.name}: {headline}",
        project=material.project.name,
        as_of=formats.moment(material.as_of),
        run_id=material.run_id,
        headline=headline,
        summary=_summary(whole),
        facts=_facts(whole),
        bands=bands,
        bands_described=_described(bands),
        needs=needs,
        needs_order=_needs_order(whole),
        more_needs=f"and {formats.count(more)} more below the highest band" if more else None,
        segments=tuple(_segments(whole)),
        statuses=_statuses(whole),
        notes=tuple(_note(finding, formats) for finding in _worst(findings)),
        more_notes=f"and {len(findings) - _MOST_NOTES} more" if len(findings) > _MOST_NOTES else None,
        lists=(Link(_list_path(1), f"All customers ({formats.count(whole.frame.height)})"),),
        has_revenue=whole.sums,
        palette=palette(whole.bands.values()),
        scores=tuple(_scores(whole)),
        movement=movement(whole),
        course=course(whole),
    )


def _scores(whole: Book) -> Iterator[SegmentRow]:
    """Each score's distribution, the headline first; nothing where there is one score."""
    headline = whole.material
    if not headline.further:
        return
    yield _row(whole, whole.counted, score_label(headline.project))
    for label, further in headline.further:
        other = book(further)
        # Without a place in the palette, which holds the headline score's bands.
        states = {name: State(state.words, state.tone) for name, state in other.states.items()}
        other = attrs.evolve(other, states=states)
        yield _row(other, other.counted, label)


def _headline(whole: Book) -> str:
    formats, scored = whole.material.formats, whole.scored
    if not scored.height:
        return "No customer has a score"
    lowest = whole.names("low") or list(whole.bands)[:1]
    poor = scored.filter(pl.col("@band").cast(pl.String).is_in(lowest))
    words = whole.states[lowest[0]].words if len(lowest) == 1 else "in the lowest band"
    if not poor.height:
        return f"None of {counted(scored.height, formats.count(scored.height), 'customer')} is {_lower(words)}"
    of = f"{formats.count(poor.height)} of {counted(scored.height, formats.count(scored.height), 'customer')}"
    told = f"{of} {'is' if poor.height == 1 else 'are'} {_lower(words)}"
    return f"{told}, with {whole.revenue(poor)} of revenue" if whole.sums else told


def _lower(words: str) -> str:
    return (words[:1].lower() + words[1:]).replace(" ", "\N{NO-BREAK SPACE}")


def _summary(whole: Book) -> tuple[str, ...]:
    formats, everybody, scored = whole.material.formats, whole.counted.height, whole.scored.height
    told = f"{formats.count(scored)} of {counted(everybody, formats.count(everybody), 'customer')}"
    told += f" {'has' if scored == 1 else 'have'} a score"
    partial = whole.counted.filter(pl.col("@status") == "partial").height
    return (f"{told}; for {formats.count(partial)} of them some data is missing." if partial else f"{told}.",)


def _facts(whole: Book) -> tuple[Fact, ...]:
    formats, scored = whole.material.formats, whole.scored
    facts = [Fact("Customers", formats.count(whole.counted.height))]
    if groups := whole.frame.height - whole.counted.height:
        facts.append(Fact("Groups", formats.count(groups), "scored from their children, not counted again"))
    if whole.sums:
        facts.append(Fact("Revenue", whole.revenue(whole.counted)))
    if scored.height:
        mean = pl.col("@coverage").cast(pl.Float64).mean()
        completeness = scored.select(formats.percent(mean).alias("mean"))["mean"]
        facts.append(Fact("Data completeness", completeness[0], "mean of those with a score"))
        facts.append(Fact("Median score", _median(scored, formats) or "", "of 100"))
    return tuple(facts)


def _median(customers: pl.DataFrame, formats: Formats) -> str | None:
    """The median of where scores lie on their scales, of 100."""
    median = pl.col("@kept").median() * 100
    shown: str | None = customers.select(formats.number(median, 0).alias("median"))["median"][0]
    return shown


def _needs(whole: Book) -> tuple[tuple[CustomerRow, ...], int]:
    """Who needs somebody first, and how many more: below the highest band, those with most to lose first."""
    below = whole.scored.filter(pl.col("@band").cast(pl.String).is_in(whole.names("high")).not_())
    lost = 1 - pl.col("@kept")
    weight = pl.col("@amount").fill_null(0.0) if whole.sums else pl.lit(1.0)
    first = below.sort(-(weight * lost), -lost, "customer_id").head(_MOST_NEEDS)
    return whole.rows(first, with_reasons=True), below.height - first.height


def _needs_order(whole: Book) -> str:
    if whole.sums:
        return "Ordered by revenue times the share of the score that is lost."
    if whole.material.role("revenue"):
        return "Ordered by score alone, because revenue is in several currencies."
    return "Ordered by score, the lowest first."


def _segments(whole: Book) -> Iterator[SegmentRow]:
    labels = {name: segment.label or humanised(name) for name, segment in whole.material.project.segments.items()}
    for name, label in (*labels.items(), (None, "In no segment")):
        customers = whole.frame.filter(pl.col("@segment").eq_missing(pl.lit(name, dtype=pl.String)))
        if not customers.height:
            continue
        yield _row(whole, customers, label)


def _row(whole: Book, customers: pl.DataFrame, label: str) -> SegmentRow:
    formats = whole.material.formats
    parts = whole.stack(customers, by_revenue=False)
    return SegmentRow(
        label=label,
        customers=counted(customers.height, formats.count(customers.height), "customer"),
        median=_median(customers, formats),
        bands=parts,
        described=_described(parts),
    )


def _statuses(whole: Book) -> tuple[Fact, ...]:
    counts: dict[str, int] = dict(whole.counted.group_by("@status").len().iter_rows())
    return tuple(
        Fact(words, whole.material.formats.count(counts[status]))
        for status, words in STATUS.items()
        if status in counts
    )


def _lists(whole: Book) -> Iterator[CustomerList]:
    """All customers by name, a thousand a page."""
    material, formats = whole.material, whole.material.formats
    name = pl.col("@name") if "@name" in whole.frame.columns else pl.col("customer_id")
    frame = whole.frame.sort(name.str.to_lowercase(), "customer_id", nulls_last=True)
    pages = [whole.rows(each, with_reasons=False) for each in frame.iter_slices(_PER_LIST)]
    for current, rows in enumerate(pages):
        links = tuple(
            Link(_list_path(number), f"{each[0].name[:12]} – {each[-1].name[:12]}", number == current + 1)
            for number, each in enumerate(pages, start=1)
        )
        part = f", part {current + 1} of {len(pages)}" if len(pages) > 1 else ""
        yield CustomerList(
            version=VERSION,
            title=f"{material.project.name}: all customers{part}",
            project=material.project.name,
            as_of=formats.moment(material.as_of),
            run_id=material.run_id,
            headline=f"All customers{part}",
            rows=rows,
            lists=links if len(pages) > 1 else (),
            has_revenue=material.role("revenue"),
            palette=palette(whole.bands.values()),
            has_change="@change" in whole.frame.columns,
        )


def _list_path(number: int) -> str:
    return "customers.html" if number == 1 else f"customers-{number}.html"


def _described(parts: Sequence[BandPart]) -> str:
    return ", ".join(
        f"{part.customers} {_lower(part.state.words)}" + (f" with {part.amount}" if part.amount else "")
        for part in parts
    )


def _worst(findings: Sequence[Finding]) -> list[Finding]:
    order = {Level.ERROR: 0, Level.WARNING: 1, Level.NOTE: 2}
    return sorted(findings, key=lambda finding: order[finding.level])[:_MOST_NOTES]


def _note(finding: Finding, formats: Formats) -> Note:
    count = None if finding.count is None else formats.count(finding.count)
    is_told = count is None or count in finding.message or str(finding.count) in finding.message
    are_told = all(example in finding.message for example in finding.examples)
    where = "" if finding.message.startswith(finding.where) else finding.where[:120]
    return Note(
        level=humanised(finding.level.value),
        where=" · ".join(each for each in (where, "" if is_told else f"{count} in all") if each),
        message=finding.message,
        examples=None if are_told else ", ".join(example[:60] for example in finding.examples),
        hint=finding.hint,
    )
