"""The few parts that decide a score most, each as a short plain sentence: for a field of a CRM, not for a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from scorewell.reporting.drivers import Part, driver_points
from scorewell.reporting.languages import said_in
from scorewell.reporting.material import CARD, Material
from scorewell.reporting.outline import Outline
from scorewell.reporting.wording import MISSING, NOTHING_COSTS, STATUS_HEADLINES

__all__ = ["LONGEST_REASON", "reasons"]

MOST_REASONS = 3
LONGEST_REASON = 84
"""Characters: three of them, on a line each, fit the 255 of a CRM's text field."""

_LONGEST_VALUE = 20
_AMOUNTS = ("{} point lost", "{} points lost", "{} point gained", "{} points gained")
_AT_ONCE = 100_000  # customers whose parts are in memory at once
_INVISIBLE = r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+"


def reasons(material: Material) -> pl.DataFrame:
    """``customer_id`` and ``reasons``: at most three sentences a customer, one a line, the most points first.

    Where there is no score, the one sentence says why.
    """
    nobody = pl.DataFrame(schema={"customer_id": pl.String, "reasons": pl.String})
    return pl.concat([nobody, *_by_scorecard(material)])


def _by_scorecard(material: Material) -> Iterator[pl.DataFrame]:
    for card in (*material.outlines, None):
        chosen = material.customers.filter(pl.col(CARD).eq_missing(pl.lit(card, dtype=pl.String)))
        for batch in chosen.iter_slices(_AT_ONCE):
            if card is None:
                why = _why_there_is_no_score(said_in(material.formats.locale))
                yield batch.select("customer_id", why.alias("reasons"))
            else:
                yield _of(batch, material, material.outlines[card])


def _why_there_is_no_score(say: Callable[[str], str]) -> pl.Expr:
    headlines = {status: say(headline) for status, headline in STATUS_HEADLINES.items()}
    return pl.col("@status").cast(pl.String).replace_strict(headlines, default=say("No score"))


def _of(customers: pl.DataFrame, material: Material, outline: Outline) -> pl.DataFrame:
    say = said_in(material.formats.locale)
    parts, points = driver_points(customers, outline)
    told = [position for position, part in enumerate(parts) if part.kind != "rounding"]
    strongest = (
        points.filter(pl.col("@part").is_in(told))
        .sort("@row", -pl.col("shown").abs(), maintain_order=True)
        .filter(pl.int_range(pl.len()).over("@row") < MOST_REASONS)
        .with_row_index("@place")
    )
    sentences = [
        strongest.filter(pl.col("@part") == position).pipe(_told, part, customers, material, outline)
        for position, part in enumerate(parts)
    ]
    lines = pl.concat(sentences) if sentences else strongest.select("@place", "@row", pl.lit("").alias("reason"))
    joined = lines.sort("@place").group_by("@row", maintain_order=True).agg(pl.col("reason").str.join("\n"))
    return (
        customers.select("customer_id", "@status", "@score")
        .with_row_index("@row")
        .join(joined, on="@row", how="left", maintain_order="left")
        .select(
            "customer_id",
            pl.when(pl.col("@score").is_null())
            .then(_why_there_is_no_score(say))
            .otherwise(pl.col("reason").fill_null(_capitalised(say(NOTHING_COSTS))))
            .alias("reasons"),
        )
    )


def _told(
    points: pl.DataFrame, part: Part, customers: pl.DataFrame, material: Material, outline: Outline
) -> pl.DataFrame:
    """``@place``, ``@row`` and the sentence for those customers of whom this part is one of the strongest."""
    formats, value = material.formats, pl.lit("")
    say = said_in(formats.locale)
    room = LONGEST_REASON - len(" (1,000.00)") - max(len(say(each)) - len("{}") for each in _AMOUNTS)
    if part.leaf is not None:
        room -= _LONGEST_VALUE + len(": ")
        metric = pl.col("@value")
        points = points.with_columns(customers[part.leaf.metric].gather(points["@row"]).alias("@value"))
        if points.schema["@value"] == pl.String:
            shown = metric.str.replace_all(_INVISIBLE, " ")
        else:
            shown = formats.measured(metric.cast(pl.Float64), part.leaf.unit)
        value = ": " + _cut(shown.fill_null(say(MISSING[1])), _LONGEST_VALUE)
    amount = formats.number(pl.col("shown").abs(), outline.decimals, trim=True)
    one_lost, lost, one_gained, gained = (pl.format(say(each), amount) for each in _AMOUNTS)
    moved = (
        pl.when(pl.col("shown") < 0)
        .then(pl.when(amount == "1").then(one_lost).otherwise(lost))
        .otherwise(pl.when(amount == "1").then(one_gained).otherwise(gained))
    )
    label = _cut(
        pl.lit(part.label if part.leaf is not None else say(part.label)).str.replace_all(_INVISIBLE, " "), room
    )
    return points.select("@place", "@row", (label + value + " (" + moved + ")").alias("reason"))


def _cut(text: pl.Expr, longest: int) -> pl.Expr:
    """The text; of a longer one the beginning and an ellipsis."""
    cut = text.str.slice(0, longest - 1).str.strip_chars_end() + "…"
    return pl.when(text.str.len_chars() > longest).then(cut).otherwise(text)


def _capitalised(words: str) -> str:
    return words[:1].upper() + words[1:]
