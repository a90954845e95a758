"""What people say of a customer's score: the decision that overrides it, and the judgement that stands beside it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from scorewell.reporting.material import Material
from scorewell.reporting.model import Override, Pulse
from scorewell.reporting.stacks import Group, by_look
from scorewell.reporting.trends import direction
from scorewell.reporting.wording import counted

__all__ = ["overrides", "pulses"]

_BEST_RATING, _WORST_RATING = 5.0, 1.0
_LONGEST = 400  # characters of what a person wrote


def overrides(material: Material, groups: Sequence[Group]) -> list[Override | None]:
    """For each customer of ``groups`` together the decision in force. A customer reads that a person set the score it
    is shown; not why, nor who, nor until when."""
    heads = _heads(groups, "override")
    known = {} if material.past is None else _in_force(material)
    found: list[Override | None] = []
    for customer_id, what in heads:
        if what is None:
            found.append(None)
            continue
        reason, author, until = known.get((customer_id, what), (None, None, None))
        if material.for_customer:
            found.append(Override("A person set this score", None, None, None))
        else:
            found.append(Override(f"Overridden by a person: {what}", reason, author, until))
    return found


def _in_force(material: Material) -> dict[tuple[str, str], tuple[str | None, str | None, str | None]]:
    """By the customer and what was decided: why, by whom, until when. Of the same decision the last counts."""
    rows = None if material.past is None else material.past.overrides
    if rows is None or not rows.height:
        return {}
    now = pl.lit(material.as_of).dt.convert_time_zone("UTC")
    rows = rows.filter((pl.col("begins") <= now) & (pl.col("ends").is_null() | (pl.col("ends") > now)))
    if "score_name" in rows.columns and material.score_name is not None:
        rows = rows.filter(pl.col("score_name").is_null() | (pl.col("score_name") == material.score_name))
    local = pl.col("ends").dt.convert_time_zone(material.project.timezone).dt.date()
    return {
        (customer_id, what): (
            reason and reason[:_LONGEST],
            author,
            None if ends is None else f"until {material.formats.short_day(ends)}",
        )
        for customer_id, what, reason, author, ends in rows.select(
            "customer_id", "what", "reason", "author", local
        ).iter_rows()
    }


def pulses(material: Material, groups: Sequence[Group]) -> list[Pulse | None]:
    """For each customer of ``groups`` together the latest judgement that has not expired; never for the customer."""
    found: list[Pulse | None] = [None] * sum(customers.height for customers, _ in groups)
    latest = None if material.for_customer else _latest(material)
    if latest is None or not latest.height:
        return found
    formats = material.formats
    local = pl.col("time").dt.convert_time_zone(material.project.timezone).dt.date().alias("day")
    for customers, outline in by_look(groups):
        low, high = outline.scale
        share = (pl.col("rating").cast(pl.Float64) - _WORST_RATING) / (_BEST_RATING - _WORST_RATING)
        gap = (low + share * (high - low) - pl.col("score")).round(outline.decimals)
        rows = customers.select("customer_id", "@row", pl.col("@score").cast(pl.Float64).alias("score")).join(
            latest, on="customer_id"
        )
        shown = rows.select(
            "@row",
            formats.number(pl.col("rating").cast(pl.Float64), 1, trim=True).alias("rating"),
            local,
            *(
                (pl.col(name).cast(pl.String).str.slice(0, _LONGEST) if name in rows.columns else pl.lit(None)).alias(
                    name
                )
                for name in ("author", "reason")
            ),
            gap.alias("gap"),
            formats.number(gap.abs(), 0).alias("apart"),
        )
        for row, rating, day, author, reason, away, apart in shown.iter_rows():
            if rating is not None:
                found[row] = Pulse(
                    f"{rating} of {_BEST_RATING:g}",
                    formats.short_day(day),
                    author,
                    reason,
                    _gap(away, apart),
                    direction(_notable(away, high - low)),
                )
    return found


_NOTABLE = 0.1  # of the scale: a quarter of it lies between one rating and the next


def _notable(gap: float | None, width: float) -> float | None:
    return None if gap is None else 0.0 if abs(gap) < _NOTABLE * width else gap


def _gap(gap: float | None, apart: str) -> str | None:
    if gap is None:
        return None
    if apart == "0":
        return "the same as the score"
    return f"{counted(0 if apart != '1' else 1, apart, 'point')} {'above' if gap > 0 else 'below'} the score"


def _latest(material: Material) -> pl.DataFrame | None:
    rows = None if material.past is None else material.past.pulses
    if rows is None:
        return None
    now = pl.lit(material.as_of).dt.convert_time_zone("UTC")
    holds = pl.col("time") <= now
    if "expires" in rows.columns:
        holds &= pl.col("expires").is_null() | (pl.col("expires") > now)
    return rows.filter(holds).sort("time").unique("customer_id", keep="last", maintain_order=True)


def _heads(groups: Sequence[Group], name: str) -> list[tuple[str, str | None]]:
    return [
        row
        for customers, _ in groups
        for row in customers.select(
            "customer_id",
            pl.col(f"@{name}").cast(pl.String)
            if f"@{name}" in customers.columns
            else pl.repeat(None, pl.len(), dtype=pl.String),
        ).iter_rows()
    ]
