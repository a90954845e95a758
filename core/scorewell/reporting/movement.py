"""What changed in the portfolio since the run before: how many rose and fell, who is in another band, and why."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from scorewell.reporting.book import NO_SCORE, Book
from scorewell.reporting.causes import cause_label, changes_of, labels_of
from scorewell.reporting.facts import money_column, text_column
from scorewell.reporting.material import CARD
from scorewell.reporting.model import BandChange, Direction, Flow, Movement, State, Trend
from scorewell.reporting.page_names import page_name
from scorewell.reporting.series import earlier_scores, run_before
from scorewell.reporting.wording import name_to_show

__all__ = ["movement"]

_MOST = 20


def movement(whole: Book) -> Movement | None:
    """Since the run before, over the customers of totals; None without one."""
    earlier = earlier_scores(whole.material)
    before = None if earlier is None else run_before(earlier)
    if earlier is None or before is None or "@change" not in whole.frame.columns:
        return None
    moved = _compared(whole, earlier)
    changed = moved.filter(pl.col("@comparable") & (pl.col("@band_before") != pl.col("@position")))
    weight = pl.col("@amount").fill_null(0.0) if whole.sums else pl.lit(1.0)
    falls = pl.col("@position") > pl.col("@band_before")
    rows = changed.sort(falls, -(weight * pl.col("@change").abs()), -pl.col("@change").abs(), "customer_id")
    formats = whole.material.formats
    rest = rows.height - _MOST
    return Movement(
        since=formats.moment(before.astimezone(whole.material.as_of.tzinfo)),
        facts=tuple(_facts(moved, whole)),
        flows=tuple(_flows(changed, whole)),
        changes=tuple(_changes(rows.head(_MOST), whole)),
        more=f"and {formats.count(rest)} more band changes" if rest > 0 else None,
    )


def _compared(whole: Book, earlier: pl.DataFrame) -> pl.DataFrame:
    """The customers of totals with the band before (by its place in the book's), and whether the two can be compared:
    both have a score, on one line."""
    places = {name: position for position, name in enumerate(whole.bands)}
    last = (
        earlier.filter(pl.col("score").is_not_null())
        .sort("as_of")
        .unique("customer_id", keep="last", maintain_order=True)
        .select(
            "customer_id",
            pl.col("band").replace_strict(places, default=None, return_dtype=pl.Int32).alias("@band_before"),
        )
    )
    change = pl.col("@change").cast(pl.Float64)
    return whole.counted.join(last, on="customer_id", how="left", maintain_order="left").with_columns(
        change.alias("@change"),
        (pl.col("@position").is_not_null() & pl.col("@band_before").is_not_null() & change.is_not_null()).alias(
            "@comparable"
        ),
    )


def _facts(moved: pl.DataFrame, whole: Book) -> Iterator[Trend]:
    formats, change = whole.material.formats, pl.col("@change")
    counts: tuple[tuple[str, pl.Expr, Direction | None], ...] = (
        ("Scores up", change > 0, "up"),
        ("Scores down", change < 0, "down"),
        ("Unchanged", change == 0, "level"),
    )
    for label, which, sign in counts:
        some = moved.filter(which)
        yield Trend(
            label, formats.count(some.height), sign, whole.revenue(some) if whole.sums and some.height else None
        )
    others = {
        "New line": "@line_break" in moved.columns and moved["@line_break"].count(),
        "First score": moved.filter(pl.col("@position").is_not_null() & pl.col("@previous_score").is_null()).height,
    }
    notes = {"New line": "in another segment, stage or scorecard: neither up nor down", "First score": None}
    for label, count in others.items():
        if count:
            yield Trend(label, formats.count(count), None, notes[label])


def _flows(changed: pl.DataFrame, whole: Book) -> Iterator[Flow]:
    """From the worst fall to the best rise."""
    states = list(whole.states.values())
    flows = (
        changed.group_by("@band_before", "@position")
        .agg(pl.len(), pl.col("@amount").sort().sum())
        .sort(pl.col("@position") - pl.col("@band_before"), "@position")
    )
    for before, now, count, amount in flows.iter_rows():
        yield Flow(
            before=states[before],
            now=states[now],
            direction="up" if now > before else "down",
            customers=whole.material.formats.count(count),
            amount=whole.money(amount) if whole.sums else None,
        )


def _changes(rows: pl.DataFrame, whole: Book) -> Iterator[BandChange]:
    material, states = whole.material, list(whole.states.values())
    blank: list[str | None] = [None] * rows.height
    causes = _main_causes(rows, whole)
    before = rows.select(
        pl.coalesce(
            *(
                pl.when(pl.col(CARD) == name).then(
                    material.formats.score(pl.col("@previous_score").cast(pl.Float64), outline.precision)
                )
                for name, outline in material.outlines.items()
            ),
            pl.lit(None, dtype=pl.String),
        ).alias("before")
    )["before"]
    columns = zip(
        rows["customer_id"],
        rows["@name"] if "@name" in rows.columns else blank,
        text_column(rows["owner"]) if material.role("owner") else blank,
        money_column(material, rows) if material.role("revenue") else blank,
        rows["@band_before"],
        rows["@position"],
        before,
        rows["@text"],
        strict=True,
    )
    for customer_id, name, owner, revenue, band, band_now, old, new in columns:
        cause = causes.get(customer_id)
        yield BandChange(
            href=f"customers/{page_name(customer_id)}.html",
            name=name_to_show(name, customer_id),
            owner=owner,
            revenue=revenue,
            before=states[band],
            now=_state(states, band_now),
            scores=f"{old} → {new}",
            direction="up" if band_now > band else "down",
            cause=cause[0] if cause else None,
            points=cause[1] if cause else None,
        )


def _state(states: list[State], position: int | None) -> State:
    return NO_SCORE if position is None else states[position]


def _main_causes(rows: pl.DataFrame, whole: Book) -> dict[str, tuple[str, str]]:
    """What moved each score most in the direction in which it went, with its points."""
    changes = changes_of(whole.material)
    if changes is None:
        return {}
    outlines = whole.material.outlines
    labels = {name: labels_of(outline) for name, outline in outlines.items()}
    same = pl.col("points").sign() == pl.col("@change").sign()
    strongest = (
        changes.filter(pl.col("kind") != "rounding")
        .join(rows.select("customer_id", "@change", CARD), on="customer_id")
        .filter(same)
        .sort(-pl.col("points").abs(), "kind", "name")
        .unique("customer_id", keep="first", maintain_order=True)
    )
    found = {}
    for card, of_card in strongest.partition_by(CARD, as_dict=True).items():
        outline = outlines[card[0]]
        points = whole.material.formats.number(pl.col("points"), outline.decimals, signed=True)
        shown = of_card.select("customer_id", pl.col("kind").cast(pl.String), pl.col("name").cast(pl.String), points)
        for customer_id, kind, name, text in shown.iter_rows():
            found[customer_id] = (cause_label(kind, name, labels[card[0]]), text)
    return found
