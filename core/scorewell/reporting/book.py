"""All delivered customers side by side: what the sections of the portfolio share."""

from __future__ import annotations

import attrs
import polars as pl

from scorewell.reporting.drivers import driver_steps
from scorewell.reporting.facts import money_column, renewal_notes, text_column
from scorewell.reporting.lines import leaf_columns
from scorewell.reporting.material import CARD, Material
from scorewell.reporting.model import BandPart, CustomerRow, Reason, State
from scorewell.reporting.outline import BandRange, humanised
from scorewell.reporting.page_names import page_name
from scorewell.reporting.trends import direction, signed
from scorewell.reporting.wording import STATUS, band_states, name_to_show

__all__ = ["ROLLED_UP", "Book", "book"]

NO_SCORE = State("No score", "none")
ROLLED_UP = "@children"
"""How many children a customer's score is rolled up from; the column is there where a scorecard rolls up."""
_MOST_REASONS = 3


@attrs.frozen
class Book:
    """``frame`` adds to the material's customers, behind an ``@``: ``text`` and ``fill`` of the score, ``moved`` (its
    change in words), ``kept`` (where the score lies on its scale, 0 to 1), ``position`` (of its band in ``bands``),
    ``amount`` (the revenue).

    ``currency`` is that of all revenue, None where it is unknown; ``sums`` says whether sums of revenue mean something.
    """

    material: Material
    frame: pl.DataFrame
    bands: dict[str, BandRange]
    states: dict[str, State]
    currency: str | None
    sums: bool

    @property
    def counted(self) -> pl.DataFrame:
        """The customers of totals: whose score is rolled up from its children is counted with them, not once more."""
        if ROLLED_UP not in self.frame.columns:
            return self.frame
        return self.frame.filter((pl.col(ROLLED_UP) > 0).fill_null(value=False).not_())

    @property
    def scored(self) -> pl.DataFrame:
        """The customers of totals that have a score."""
        return self.counted.filter(pl.col("@position").is_not_null())

    def names(self, tone: str) -> list[str]:
        """The bands of one tone."""
        return [name for name, band in self.bands.items() if band.tone == tone]

    def money(self, amount: float) -> str:
        """A sum of revenue in few digits."""
        return self.material.formats.short_money(amount, self.currency)

    def revenue(self, customers: pl.DataFrame) -> str:
        """The revenue of these customers."""
        return self.money(float(customers["@amount"].sum()))

    def stack(self, frame: pl.DataFrame, *, by_revenue: bool) -> tuple[BandPart, ...]:
        """How customers or their revenue are distributed over the bands, from low to high, no score last."""
        # Sorted, because a sum of floats depends on their order, and the same run must give the same bytes.
        counts = frame.group_by("@position").agg(pl.len(), pl.col("@amount").sort().sum())
        known = {position: (count, amount) for position, count, amount in counts.iter_rows()}
        whole = sum(amount if by_revenue else count for count, amount in known.values()) or 1
        parts, start = [], 0.0
        for position, state in (*enumerate(self.states.values()), (None, NO_SCORE)):
            if position not in known:
                continue
            count, amount = known[position]
            width = 100 * (amount if by_revenue else count) / whole
            parts.append(
                BandPart(
                    state=state,
                    customers=self.material.formats.count(count),
                    amount=self.money(amount) if self.sums else None,
                    share="< 1%" if 0 < width < 0.5 else f"{width:.0f}%",
                    start=f"{start:.2f}",
                    width=f"{max(width, 0.0):.2f}",
                )
            )
            start += max(width, 0.0)
        return tuple(parts)

    def rows(self, customers: pl.DataFrame, *, with_reasons: bool) -> tuple[CustomerRow, ...]:
        """Customers of ``frame`` as they stand in a list."""
        material = self.material
        blank: list[str | None] = [None] * customers.height
        states = list(self.states.values())
        reasons = self._reasons(customers) if with_reasons else {}
        labels = {name: segment.label or humanised(name) for name, segment in material.project.segments.items()}
        completeness = material.formats.percent(pl.col("@coverage").cast(pl.Float64)).alias("completeness")
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
            customers.select(completeness)["completeness"],
            customers["@moved"],
            customers["@change"].cast(pl.Float64) if "@change" in customers.columns else blank,
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
                state=State(STATUS.get(status, status), "none") if band is None else states[band],
                completeness=complete,
                reasons=reasons.get(customer_id, ()),
                change=moved,
                direction=direction(change),
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
                band,
                status,
                complete,
                moved,
                change,
            ) in columns
        )

    def _reasons(self, customers: pl.DataFrame) -> dict[str, tuple[Reason, ...]]:
        """The parts that cost each customer the most points, with the values behind them."""
        material = self.material
        reasons: dict[str, tuple[Reason, ...]] = {}
        groups = [
            (group, material.outlines[group[CARD][0]]) for group in customers.partition_by(CARD, maintain_order=True)
        ]
        lines = leaf_columns(
            groups,
            material.formats,
            states=lambda outline: dict.fromkeys((None, *range(len(outline.bands))), NO_SCORE),
            failed=material.failed,
            timezone=material.project.timezone,
        )
        for (group, outline), columns in zip(groups, lines, strict=True):
            values = {each.leaf.path: each.value for each in columns}
            for row, steps in enumerate(driver_steps(group, outline, material.formats)):
                losses = [step for step in steps if step.points < 0 and step.part.kind != "rounding"]
                worst = sorted(losses, key=lambda step: step.points)
                reasons[group["customer_id"][row]] = tuple(
                    Reason(
                        label=f"Exception: {step.part.label}" if step.part.kind == "exception" else step.part.label,
                        value=None if step.part.leaf is None else values[step.part.leaf.path][row],
                        points=step.shown,
                    )
                    for step in worst[:_MOST_REASONS]
                )
        return reasons


def book(material: Material) -> Book:
    """The book of all customers of the material."""
    formats = material.formats
    frames = []
    for batch, outline in material.parts():
        score = pl.col("@score").cast(pl.Float64)
        kept, text, moved = pl.lit(None, dtype=pl.Float64), pl.lit(None, dtype=pl.String), pl.lit(None, dtype=pl.String)
        if outline is not None:
            kept, text = outline.fraction(score), formats.score(score, outline.precision)
            if "@change" in batch.columns:
                moved = signed(pl.col("@change").cast(pl.Float64), outline, formats, none="0")
        fill = (kept * 100).round(2).fill_null(0.0).cast(pl.String)
        frames.append(
            batch.with_columns(kept.alias("@kept"), fill.alias("@fill"), text.alias("@text"), moved.alias("@moved"))
        )
    bands = _from_low_to_high(material)
    positions = {name: index for index, name in enumerate(bands)}
    amount = pl.col("revenue") if material.role("revenue") else pl.lit(None)
    currencies: list[str] = []
    if material.role("currency"):
        currencies = material.customers["currency"].cast(pl.String).drop_nulls().unique().to_list()
    return Book(
        material=material,
        frame=pl.concat(frames).with_columns(
            pl.col("@band")
            .cast(pl.String)
            .replace_strict(positions, default=None, return_dtype=pl.Int32)
            .alias("@position"),
            amount.cast(pl.Float64, strict=False).alias("@amount"),
        ),
        bands=bands,
        states=band_states(bands.values(), for_customer=False),
        currency=currencies[0] if len(currencies) == 1 else None,
        sums=material.role("revenue") and len(currencies) <= 1,
    )


def _from_low_to_high(material: Material) -> dict[str, BandRange]:
    """The bands of all scorecards by name, those of the same rank side by side.

    A label that not all scorecards give to a band is left out: it would be said of customers that never had it.
    """
    ranked = [
        (position / max(len(outline.bands) - 1, 1), band)
        for outline in material.outlines.values()
        for position, band in enumerate(outline.bands)
    ]
    ranked.sort(key=lambda each: each[0])
    bands = {band.name: band for _, band in reversed(ranked)}
    for _, band in ranked:
        if band.label != bands[band.name].label:
            bands[band.name] = attrs.evolve(bands[band.name], label=None)
    return dict(reversed(bands.items()))
