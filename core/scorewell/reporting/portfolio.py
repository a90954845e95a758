"""The portfolio: can the figures be trusted, where the revenue is, who needs somebody first, how segments compare."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from scorewell.api.v1 import Finding, Level
from scorewell.reporting.drivers import driver_steps
from scorewell.reporting.facts import fact_text, money_column, renewal_notes, text_column
from scorewell.reporting.material import CARD, Material
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
from scorewell.reporting.outline import humanised
from scorewell.reporting.page_names import page_name
from scorewell.reporting.wording import STATUS, counted, name_to_show

__all__ = ["portfolio_pages"]

_MOST_NEEDS = 20
_MOST_NOTES = 12
_PER_LIST = 1_000
_NO_SCORE = State("No score", "none")


def portfolio_pages(material: Material, findings: Sequence[Finding]) -> Iterator[tuple[str, str, PageModel]]:
    """``index.html`` and the lists of all customers, with the path and the template of each."""
    book = _Book(material)
    yield "index.html", "portfolio.html", book.portfolio(findings)
    for number, model in enumerate(book.lists(), start=1):
        yield _list_path(number), "customers.html", model


def _list_path(number: int) -> str:
    return "customers.html" if number == 1 else f"customers-{number}.html"


class _Book:
    """All delivered customers, with what the portfolio's sections share.

    ``frame`` adds to the material's customers: ``score_text``, ``fill``, ``lost`` (the part of the scale that is
    lost, 0 to 1), ``band`` (the band's position in ``bands``, null without a score), ``completeness``, ``amount``.
    """

    def __init__(self, material: Material) -> None:
        self.material = material
        self.formats = material.formats
        self.bands = _bands(material)
        frames = []
        for batch, outline in material.batches():
            score = pl.col("@score").cast(pl.Float64)
            lost, fill, text = pl.lit(None, dtype=pl.Float64), pl.lit("0.0"), pl.lit(None, dtype=pl.String)
            if outline is not None:
                lost = 1 - outline.fraction(score)
                fill = (outline.fraction(score) * 100).round(2).fill_null(0.0).cast(pl.String)
                text = self.formats.score(score, outline.precision)
            frames.append(batch.with_columns(lost.alias("@lost"), fill.alias("@fill"), text.alias("@text")))
        amount = pl.col("revenue") if material.role("revenue") else pl.lit(None)
        position = {name: index for index, name in enumerate(self.bands)}
        frame = pl.concat(frames) if frames else material.customers.clear()
        self.frame = frame.with_columns(
            pl.col("@band")
            .cast(pl.String)
            .replace_strict(position, default=None, return_dtype=pl.Int32)
            .alias("@position"),
            amount.cast(pl.Float64, strict=False).alias("@amount"),
        )
        self.currency = _one_currency(material)
        self.as_of = self.formats.moment(material.as_of)

    @property
    def has_revenue(self) -> bool:
        """Whether sums of revenue mean something: it is known, and in one currency."""
        return self.material.role("revenue") and self.currency is not False

    def portfolio(self, findings: Sequence[Finding]) -> PortfolioPage:
        """The model of ``index.html``."""
        frame, formats = self.frame, self.formats
        scored = frame.filter(pl.col("@position").is_not_null())
        bands = self._stack(frame)
        needs, more = self._needs(scored)
        number = formats.count(frame.height)
        title = f"{self.material.project.name}: {self._headline(scored)}"
        return PortfolioPage(
            version=VERSION,
            title=title,
            project=self.material.project.name,
            as_of=self.as_of,
            run_id=self.material.run_id,
            headline=self._headline(scored),
            summary=self._summary(scored),
            facts=self._facts(scored),
            bands=bands,
            bands_described=_described(bands),
            needs=needs,
            needs_order=(
                "Ordered by revenue times the part of the score that is lost."
                if self.has_revenue
                else "Ordered by the part of the score that is lost, because revenue is in several currencies."
                if self.material.role("revenue")
                else "Ordered by the part of the score that is lost."
            ),
            more_needs=None if more <= 0 else f"and {formats.count(more)} more below the highest band",
            segments=tuple(self._segments()),
            statuses=self._statuses(),
            notes=tuple(
                _note(finding, formats.count(finding.count) if finding.count else None) for finding in _worst(findings)
            ),
            more_notes=f"and {len(findings) - _MOST_NOTES} more" if len(findings) > _MOST_NOTES else None,
            lists=(Link(_list_path(1), f"All {counted(frame.height, number, 'customer')}"),),
            has_revenue=self.material.role("revenue"),
            has_owner=self.material.role("owner"),
            has_renewal=self.material.role("renewal"),
        )

    def lists(self) -> Iterator[CustomerList]:
        """All customers by name, a thousand a page."""
        name = pl.col("@name") if "@name" in self.frame.columns else pl.col("customer_id")
        frame = self.frame.sort(name.str.to_lowercase(), "customer_id", nulls_last=True)
        slices = list(frame.iter_slices(_PER_LIST)) or [frame]
        rows = [self._rows(each, reasons=False) for each in slices]
        for current in range(len(rows)):
            links = tuple(
                Link(
                    _list_path(number + 1),
                    f"{each[0].name[:12]} – {each[-1].name[:12]}" if each else "",
                    number == current,
                )
                for number, each in enumerate(rows)
            )
            count = counted(frame.height, self.formats.count(frame.height), "customer")
            part = f", part {current + 1} of {len(rows)}" if len(rows) > 1 else ""
            yield CustomerList(
                version=VERSION,
                title=f"{self.material.project.name}: all {count}{part}",
                project=self.material.project.name,
                as_of=self.as_of,
                run_id=self.material.run_id,
                headline=f"All {count}",
                rows=rows[current],
                lists=links if len(rows) > 1 else (),
                has_revenue=self.material.role("revenue"),
                has_owner=self.material.role("owner"),
            )

    def _headline(self, scored: pl.DataFrame) -> str:
        if not scored.height:
            return "no customer has a score"
        lowest = [name for name, state in self.bands.items() if state.tone == "low"]
        poor = scored.filter(pl.col("@band").cast(pl.String).is_in(lowest))
        words = self.bands[lowest[0]].words.lower() if lowest else "in the lowest band"
        of = f"{self.formats.count(poor.height)} of {counted(scored.height, self.formats.count(scored.height), 'customer')}"
        told = f"{of} {'is' if poor.height == 1 else 'are'} {words}"
        if self.has_revenue and poor.height:
            told += f", with {self._money(poor['@amount'].sum())} of revenue"
        return told

    def _summary(self, scored: pl.DataFrame) -> tuple[str, ...]:
        frame, formats = self.frame, self.formats
        told = f"{formats.count(scored.height)} of {counted(frame.height, formats.count(frame.height), 'customer')} have a score"
        partial = frame.filter(pl.col("@status") == "partial").height
        if partial:
            told += f"; for {formats.count(partial)} of them some data is missing"
        return (told + ".",)

    def _facts(self, scored: pl.DataFrame) -> tuple[Fact, ...]:
        formats = self.formats
        facts = [Fact("Customers", formats.count(self.frame.height), None)]
        if self.has_revenue:
            facts.append(Fact("Revenue", self._money(self.frame["@amount"].sum())))
        completeness = scored.select(formats.percent(pl.col("@coverage").cast(pl.Float64).mean()).alias("mean"))["mean"]
        if scored.height:
            facts.append(Fact("Data completeness", completeness[0], "mean of the scored"))
            median = scored["@lost"].median()
            facts.append(Fact("Median score", formats.count(round((1 - float(str(median))) * 100)), "of 100"))
        return tuple(facts)

    def _money(self, amount: float) -> str:
        return self.formats.short_money(amount, self.currency or None)

    def _stack(self, frame: pl.DataFrame) -> tuple[BandPart, ...]:
        """How the customers are distributed over the bands, from low to high, those without a score last."""
        counts = frame.group_by("@position").agg(pl.len(), pl.col("@amount").sum())
        known = {position: (count, amount) for position, count, amount in counts.iter_rows()}
        states = [*enumerate(self.bands.values()), (None, _NO_SCORE)]
        parts, start = [], 0.0
        for position, state in states:
            count, amount = known.get(position, (0, 0.0))
            if not count:
                continue
            width = 100 * count / frame.height
            parts.append(
                BandPart(
                    state=state,
                    customers=self.formats.count(count),
                    amount=self._money(amount) if self.has_revenue else None,
                    share=f"{width:.0f}%",
                    start=f"{start:.2f}",
                    width=f"{width:.2f}",
                )
            )
            start += width
        return tuple(parts)

    def _segments(self) -> Iterator[SegmentRow]:
        for name, segment in (*self.material.project.segments.items(), (None, None)):
            frame = self.frame.filter(pl.col("@segment").eq_missing(pl.lit(name, dtype=pl.String)))
            if not frame.height:
                continue
            parts = self._stack(frame)
            median = frame["@lost"].median()
            yield SegmentRow(
                label="In no segment" if name is None or segment is None else segment.label or humanised(name),
                customers=counted(frame.height, self.formats.count(frame.height), "customer"),
                median=None if median is None else self.formats.count(round((1 - float(str(median))) * 100)),
                bands=parts,
                described=_described(parts),
            )

    def _statuses(self) -> tuple[Fact, ...]:
        counts = dict(self.frame.group_by("@status").len().iter_rows())
        return tuple(
            Fact(words, self.formats.count(counts[status])) for status, words in STATUS.items() if counts.get(status)
        )

    def _needs(self, scored: pl.DataFrame) -> tuple[tuple[CustomerRow, ...], int]:
        """Who needs somebody first: the customers below the highest band, those with most to lose first."""
        best = [name for name, state in self.bands.items() if state.tone == "high"]
        below = scored.filter(pl.col("@band").cast(pl.String).is_in(best).not_())
        weight = pl.col("@amount").fill_null(0.0) if self.has_revenue else pl.lit(1.0)
        first = below.sort(-(weight * pl.col("@lost")), -pl.col("@lost"), "customer_id").head(_MOST_NEEDS)
        return self._rows(first, reasons=True), below.height - first.height

    def _rows(self, customers: pl.DataFrame, *, reasons: bool) -> tuple[CustomerRow, ...]:
        material = self.material
        blank: list[str | None] = [None] * customers.height
        states = [*self.bands.values()]
        why = self._reasons(customers) if reasons else {}
        labels = {name: segment.label or humanised(name) for name, segment in material.project.segments.items()}
        columns = zip(
            customers["customer_id"],
            customers["@name"] if "@name" in customers.columns else blank,
            customers["@segment"],
            text_column(customers["owner"]) if material.role("owner") else blank,
            money_column(material, customers) if material.role("revenue") else blank,
            renewal_notes(material, customers),
            customers["@text"],
            customers["@fill"],
            customers["@position"],
            customers["@status"],
            fact_text(self.formats.percent(pl.col("@coverage").cast(pl.Float64)), customers),
            strict=True,
        )
        return tuple(
            CustomerRow(
                href=f"customers/{page_name(customer_id)}.html",
                name=name_to_show(name, customer_id),
                segment=labels.get(segment),
                owner=owner,
                revenue=revenue,
                renewal=renewal,
                score=score,
                fill=fill,
                state=State(STATUS.get(status, status), "none") if position is None else states[position],
                completeness=completeness,
                reasons=why.get(customer_id, ()),
            )
            for (
                customer_id,
                name,
                segment,
                owner,
                revenue,
                renewal,
                score,
                fill,
                position,
                status,
                completeness,
            ) in columns
        )

    def _reasons(self, customers: pl.DataFrame) -> dict[str, tuple[str, ...]]:
        """The three parts that cost each customer the most points, in words."""
        reasons = {}
        for (card,), group in customers.group_by([CARD], maintain_order=True):
            steps = driver_steps(group, self.material.outlines[str(card)], self.formats)
            for customer_id, each in zip(group["customer_id"], steps, strict=True):
                worst = sorted((step for step in each if step.points < 0), key=lambda step: step.points)[:3]
                reasons[customer_id] = tuple(f"{step.part.label} {step.shown}" for step in worst)
        return reasons


def _bands(material: Material) -> dict[str, State]:
    """The bands of all scorecards, from low to high."""
    return {
        band.name: State(band.shown, band.tone, band.colour)
        for outline in material.outlines.values()
        for band in outline.bands
    }


def _one_currency(material: Material) -> str | None | bool:
    """The currency of all revenue, None where it is unknown, False where there are several."""
    if not material.role("currency"):
        return None
    found = material.customers["currency"].cast(pl.String).drop_nulls().unique().to_list()
    return False if len(found) > 1 else found[0] if found else None


def _described(parts: Sequence[BandPart]) -> str:
    return ", ".join(f"{part.customers} {part.state.words.lower()}" for part in parts)


def _worst(findings: Sequence[Finding]) -> list[Finding]:
    order = {Level.ERROR: 0, Level.WARNING: 1, Level.NOTE: 2}
    return sorted(findings, key=lambda finding: order[finding.level])[:_MOST_NOTES]


def _note(finding: Finding, count: str | None) -> Note:
    return Note(
        level=humanised(finding.level.value),
        where=finding.where[:120],
        message=finding.message if count is None or count in finding.message else f"{finding.message} ({count})",
        examples=", ".join(example[:60] for example in finding.examples) or None,
        hint=finding.hint,
    )
