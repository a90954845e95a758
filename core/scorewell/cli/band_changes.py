"""How many customers moved between bands since the run before."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from scorewell.runner import RunResult

__all__ = ["band_changes", "told"]


def band_changes(result: RunResult) -> dict[str, int]:
    """Scores that moved to a higher band (``up``) or a lower one (``down``) since the run before, and those of the
    other kinds of transition; of a limited delivery those of its customers alone. Empty where no run was before, or
    none is kept."""
    rows = result.transitions
    if result.selection:
        rows = rows.join(result.scores.select("customer_id"), on="customer_id", how="semi")
    if "change" not in result.scores.columns or (rows["kind"] == "entered").sum() == result.scores["score"].count():
        return {}
    places = {band: place for place, band in enumerate(result.bands)}

    def place(band: str) -> pl.Expr:
        return pl.col(band).replace_strict(places, default=None, return_dtype=pl.Int64)

    moved = rows.filter(kind="moved")
    up = moved.filter(place("to_band") > place("from_band")).height
    kinds = dict(rows.group_by("kind").len().iter_rows())
    others = {kind: kinds.get(kind, 0) for kind in ("entered", "returned", "restarted", "left")}
    return {"up": up, "down": moved.height - up, **others}


def told(changes: Mapping[str, int]) -> str:
    """The changes in one line: rises and falls always, the others where there are any."""
    line = f"{changes['up']:,} up, {changes['down']:,} down"
    words = {
        "entered": "with a first score",
        "returned": "with a score again",
        "left": "without a score now",
    }
    line += "".join(f", {changes[kind]:,} {said}" for kind, said in words.items() if changes[kind])
    if count := changes["restarted"]:
        line += f", {count:,} not compared, because segment, stage or scorecard changed"
    return line
