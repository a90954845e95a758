"""The scores of two configurations side by side: one row a customer, as of one moment."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import polars as pl

from scorewell.configuration import Project
from scorewell.configuration.scores import cards_by_place
from scorewell.evaluation.levels import levels

__all__ = ["CUSTOMER", "LinedScores", "paired"]

CUSTOMER = "customer_id"
_OF_A_SIDE = {
    "segment": pl.String,
    "stage": pl.String,
    "scorecard": pl.String,
    "line": pl.String,
    "score": pl.Float64,
    "points": pl.Float64,
    "band": pl.String,
    "status": pl.String,
}


@attrs.frozen(eq=False)
class LinedScores:
    """One configuration as it counts at a moment, and its scores frame of that moment with the ``line``."""

    project: Project
    scores: pl.DataFrame


def paired(current: LinedScores, proposed: LinedScores) -> pl.DataFrame:
    """One row a customer that either side lists, sorted by ``customer_id``.

    ``segment, stage, scorecard, line, score, points, band, status`` each as ``…_current`` and ``…_proposed``, null
    where a side does not list the customer; ``points`` is where the score lies on its scale, 0 to 100. ``change`` is
    the difference of the points, null without both. ``move`` is ``same``, ``up`` or ``down`` (another height of the
    band), ``gained``, ``lost`` or ``none`` (no score on either side). ``is_counted`` is false for customers that are
    active on neither side, and for parents, whose children are counted.
    """
    both = _rows_of_side(current, "current").join(
        _rows_of_side(proposed, "proposed"), on=CUSTOMER, how="full", coalesce=True
    )
    heights = pl.DataFrame(
        _heights(current.project, proposed.project),
        schema=["scorecard_current", "scorecard_proposed", "side", "band", "height"],
        orient="row",
        schema_overrides={
            **dict.fromkeys(("scorecard_current", "scorecard_proposed", "side", "band"), pl.String),
            "height": pl.Float64,
        },
    )
    for side in ("current", "proposed"):
        of_side = heights.filter(side=side).drop("side").rename({"band": f"band_{side}", "height": f"height_{side}"})
        both = both.join(
            of_side, on=["scorecard_current", "scorecard_proposed", f"band_{side}"], how="left", maintain_order="left"
        )
    had, has = pl.col("score_current").is_not_null(), pl.col("score_proposed").is_not_null()
    rise = pl.col("height_proposed") - pl.col("height_current")
    is_active = [(pl.col(f"status_{side}") != "inactive").fill_null(value=False) for side in ("current", "proposed")]
    is_group = [pl.col(f"is_group_{side}").fill_null(value=False) for side in ("current", "proposed")]
    return (
        both.with_columns(
            change=(pl.col("points_proposed") - pl.col("points_current")).round(9),
            move=pl.when(had & has)
            .then(pl.when(rise > 0).then(pl.lit("up")).when(rise < 0).then(pl.lit("down")).otherwise(pl.lit("same")))
            .when(had)
            .then(pl.lit("lost"))
            .when(has)
            .then(pl.lit("gained"))
            .otherwise(pl.lit("none")),
            is_counted=pl.any_horizontal(is_active) & ~pl.any_horizontal(is_group),
        )
        .drop(f"{what}_{side}" for side in ("current", "proposed") for what in ("height", "is_group"))
        .sort(CUSTOMER)
    )


def _rows_of_side(side: LinedScores, name: str) -> pl.DataFrame:
    """The side's part of the rows."""
    cards = pl.DataFrame(
        _cards(side.project),
        schema={
            "segment": pl.String,
            "stage": pl.String,
            "scorecard": pl.String,
            "low": pl.Float64,
            "high": pl.Float64,
        },
        orient="row",
    )
    scores = side.scores
    is_group = pl.col("children").fill_null(0) > 0 if "children" in scores.columns else pl.lit(value=False)
    points = (pl.col("score").cast(pl.Float64) - pl.col("low")) / (pl.col("high") - pl.col("low")) * 100.0
    return (
        scores.select(
            CUSTOMER,
            pl.col("segment", "stage", "line", "band", "status").cast(pl.String),
            pl.col("score").cast(pl.Float64),
            is_group.alias("is_group"),
        )
        .join(cards, on=["segment", "stage"], how="left", nulls_equal=True)
        .with_columns(points=points.round(9))
        .select(
            CUSTOMER,
            *(pl.col(column).cast(dtype).alias(f"{column}_{name}") for column, dtype in _OF_A_SIDE.items()),
            pl.col("is_group").alias(f"is_group_{name}"),
        )
    )


def _cards(project: Project) -> Iterator[tuple[str, str | None, str, float, float]]:
    """Each segment and stage with its scorecard and that scorecard's scale."""
    for (segment, stage), card in cards_by_place(project).items():
        yield segment, stage, card, *project.scorecards[card].scale


def _heights(current: Project, proposed: Project) -> Iterator[tuple[str, str, str, str, float]]:
    """The height of every band, for each pair of scorecards."""
    for one in dict.fromkeys(cards_by_place(current).values()):
        for other in dict.fromkeys(cards_by_place(proposed).values()):
            names = [
                [band.name for band in project.scorecards[card].bands]
                for project, card in ((current, one), (proposed, other))
            ]
            for side, heights in zip(("current", "proposed"), levels(*names), strict=True):
                yield from ((one, other, side, band, height) for band, height in heights.items())
