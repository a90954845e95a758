"""The scores of some customers over time, ready to be drawn: band and place of each, and where the line breaks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import cast

import polars as pl

from scorewell.reporting.axis import LONGEST
from scorewell.reporting.material import Material
from scorewell.reporting.outline import Outline
from scorewell.reporting.stacks import Group, by_look

__all__ = ["HEIGHT", "MOMENT", "earlier_scores", "run_before", "series"]

HEIGHT = 160
"""Units of a timeline's height."""

MOMENT = pl.Datetime("us", "UTC")
_GAP = 3.5
"""So many times the distance between two runs, as it is but for a tenth of them, are a gap in the line."""
_SHORTEST_GAP = dt.timedelta(days=15)


def earlier_scores(material: Material) -> pl.DataFrame | None:
    """The earlier rows of the material's score, of two years; None where there is no past."""
    if material.past is None or material.past.scores is None:
        return None
    scores = material.past.scores
    now = pl.lit(material.as_of).dt.convert_time_zone("UTC")
    chosen = (pl.col("as_of") < now) & (pl.col("as_of") >= now - LONGEST)
    if "score_name" in scores.columns and material.score_name is not None:
        chosen &= pl.col("score_name") == material.score_name
    return scores.filter(chosen)


def run_before(earlier: pl.DataFrame) -> dt.datetime | None:
    """The moment of the last of the earlier runs."""
    return cast("dt.datetime | None", earlier["as_of"].max())


def series(material: Material, groups: Sequence[Group], earlier: pl.DataFrame | None = None) -> pl.DataFrame:
    """One row a customer and moment, by customer and time: ``@row`` (the customer's place in ``groups`` together),
    ``as_of``, ``score``, ``text`` (the score as it is printed), ``y`` (its place, down from the top of ``HEIGHT``),
    ``band`` (its name), ``broken`` (a new line begins), ``why`` (``segment``, ``stage``, ``scorecard``), ``segment``
    and ``stage``.

    Rows without a score are in it. ``earlier`` is ``earlier_scores(material)`` where that is at hand.
    """
    earlier = earlier_scores(material) if earlier is None else earlier
    parts = []
    for customers, outline in by_look(groups):
        rows = _now(material, customers)
        if earlier is not None:
            then = _then(earlier, rows.schema).join(rows.select("customer_id", "@row"), on="customer_id")
            rows = pl.concat([then.select(rows.columns), rows])
        parts.append(_placed(rows, outline, material))
    whole = pl.concat(parts).sort("@row", "as_of", maintain_order=True)
    return whole.with_columns(**_lines(whole)).drop("line", "line_break")


def _now(material: Material, customers: pl.DataFrame) -> pl.DataFrame:
    """The run's own scores. ``line_break`` says what broke the line since the run before, where the frame knows."""

    def of_frame(name: str) -> pl.Expr:
        known = f"@{name}" in customers.columns
        return (pl.col(f"@{name}").cast(pl.String) if known else pl.lit(None, dtype=pl.String)).alias(name)

    return customers.select(
        "customer_id",
        pl.lit(material.as_of).dt.convert_time_zone("UTC").cast(MOMENT).alias("as_of"),
        pl.col("@score").cast(pl.Float64).alias("score"),
        *(of_frame(name) for name in ("band", "segment", "stage", "line", "line_break")),
        "@row",
    )


def _then(earlier: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Earlier rows in the same columns, without the customer's place."""
    return earlier.select(
        (pl.col(name).cast(dtype) if name in earlier.columns else pl.lit(None, dtype=dtype)).alias(name)
        for name, dtype in schema.items()
        if name != "@row"
    )


def _placed(rows: pl.DataFrame, outline: Outline, material: Material) -> pl.DataFrame:
    score = pl.col("score")
    # Many a score occurs often: each is written once.
    texts = rows.select(score.unique()).select(score, material.formats.score(score, outline.precision).alias("text"))
    return rows.join(texts, on="score", how="left", maintain_order="left").with_columns(
        ((1 - outline.fraction(score)) * HEIGHT).round(0).cast(pl.Int32).alias("y"),
    )


def _lines(whole: pl.DataFrame) -> dict[str, pl.Expr]:
    """Where a new line begins: at the first score, after a gap, and where the score is made in another way."""

    def before(name: str) -> pl.Expr:
        return pl.col(name).shift(1).over("@row")

    def changed(name: str) -> pl.Expr:
        return (pl.col(name) != before(name)).fill_null(value=False)

    is_first = (pl.col("@row") != pl.col("@row").shift(1)).fill_null(value=True)
    why = (
        pl.when(is_first)
        .then(None)
        .when(pl.col("line_break").is_not_null())
        .then("line_break")
        .when(changed("segment"))
        .then(pl.lit("segment"))
        .when(changed("stage"))
        .then(pl.lit("stage"))
        .when(changed("line"))
        .then(pl.lit("scorecard"))
    )
    distance = pl.col("as_of") - before("as_of")
    return {
        "why": why,
        "broken": is_first
        | before("score").is_null()
        | why.is_not_null()
        | (distance > _longest_step(whole)).fill_null(value=False),
    }


def _longest_step(whole: pl.DataFrame) -> dt.timedelta:
    """The longest time from one score to the next that the line bridges: runs may have been weekly, and daily later."""
    distances = whole["as_of"].unique().sort().diff().drop_nulls()
    usual = cast("dt.timedelta | None", distances.quantile(0.9, interpolation="lower"))
    return _SHORTEST_GAP if usual is None else max(_SHORTEST_GAP, usual * _GAP)
