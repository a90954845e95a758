"""A made-up past of the book of customers: weekly scores that wander to where they are now, and what people did."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from tests.support.customer_book import AS_OF, project

from scorewell.configuration import Project
from scorewell.reporting import Past
from scorewell.scoring import with_lines

INSTANT = pl.Datetime("us", "UTC")


def week(number: int) -> datetime:
    """The moment so many weeks before the run."""
    return AS_OF.astimezone(UTC) - timedelta(weeks=number)


def scores_before(scores: pl.DataFrame, weeks: int = 104, seed: int = 3, of: Project | None = None) -> pl.DataFrame:
    """Earlier rows of each customer of a scores frame of the project, one a week, that lead up to its score of now."""
    chance = random.Random(seed)  # noqa: S311 - made-up figures
    rows: list[tuple[Any, ...]] = []
    lined = with_lines(scores, project() if of is None else of)
    for customer_id, now, segment, line in lined.select("customer_id", "score", "segment", "line").iter_rows():
        score = 60.0 if now is None else now
        for number in range(1, weeks + 1):
            score = min(100.0, max(0.0, score + chance.gauss(0, 2.4) + (58 - score) * 0.02))
            shown = float(round(score))
            rows.append((customer_id, "health", week(number), shown, band(shown), segment, None, line))
    names = ("customer_id", "score_name", "as_of", "score", "band", "segment", "stage", "line")
    kinds = {"as_of": INSTANT, "score": pl.Float64}
    return pl.DataFrame(rows, schema={name: kinds.get(name, pl.String) for name in names}, orient="row")


def band(score: float) -> str:
    """The default band of a score."""
    return "at_risk" if score <= 40 else "stable" if score <= 70 else "healthy"


def with_trend(scores: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """A scores frame with the columns of a trend, from the made-up weeks alone."""
    at = {name: _at(before, weeks, name) for name, weeks in {"previous_score": 1, "@30": 4, "@90": 13}.items()}
    joined = scores
    for frame in at.values():
        joined = joined.join(frame, on="customer_id", how="left", maintain_order="left")
    score = pl.col("score")
    return joined.with_columns(
        (score - pl.col("previous_score")).alias("change"),
        (score - pl.col("@30")).alias("change_30d"),
        (score - pl.col("@90")).alias("change_90d"),
        ((score - pl.col("@90")) / 13).alias("slope"),
        pl.lit(2.1).alias("volatility"),
        pl.lit(43, dtype=pl.Int64).alias("days_in_band"),
        pl.lit(AS_OF - timedelta(days=43)).alias("last_transition"),
        pl.lit(None, dtype=pl.String).alias("line_break"),
        pl.lit(None, dtype=pl.String).alias("override"),
    ).drop("@30", "@90")


def _at(before: pl.DataFrame, weeks: int, name: str) -> pl.DataFrame:
    return before.filter(pl.col("as_of") == week(weeks)).select("customer_id", pl.col("score").alias(name))


def frame(rows: list[dict[str, Any]], *instants: str) -> pl.DataFrame:
    """Rows as a frame, with instants in UTC."""
    return pl.DataFrame(rows, infer_schema_length=None).with_columns(pl.col(name).cast(INSTANT) for name in instants)


def past_of(now: pl.DataFrame, **parts: Any) -> Past:
    """A past with scores, and with one of each thing that people did for every third customer."""
    ids = now["customer_id"].to_list()[::3]
    settings: dict[str, Any] = {
        "scores": scores_before(now),
        "actions": frame(
            [
                {"customer_id": each, "time": week(number), "play": play, "owner": owner, "result": result}
                for each in ids
                for number, play, owner, result in (
                    (9, "Executive review", "Dana Whitfield", "new sponsor named"),
                    (31, "Enablement workshop", "Mei Tanaka", "12 people trained"),
                    (70, "Onboarding call", "Aoife Byrne", None),
                )
            ],
            "time",
        ),
        "overrides": frame(
            [
                {
                    "customer_id": each,
                    "score_name": "health",
                    "what": "at most 55",
                    "reason": "The sponsor has left, and nobody has been named yet.",
                    "author": "Dana Whitfield",
                    "begins": week(14),
                    "ends": week(-6),
                }
                for each in ids
            ],
            "begins",
            "ends",
        ),
        "pulses": frame(
            [
                {
                    "customer_id": each,
                    "time": week(number),
                    "rating": rating,
                    "reason": "Their new director asked for a reference call.",
                    "note": None,
                    "author": "Dana Whitfield",
                    "expires": week(number - 13),
                }
                for each in ids
                for number, rating in ((2, 4), (18, 3), (44, 2))
            ],
            "time",
            "expires",
        ),
        "changes": None,
    }
    return Past(**(settings | parts))


def metrics_before(now: pl.DataFrame, weeks: int = 26, seed: int = 5) -> list[tuple[datetime, pl.DataFrame]]:
    """Earlier metrics tables, one a week, the oldest first: the earlier, the less everybody used."""
    chance = random.Random(seed)  # noqa: S311 - made-up figures
    found = []
    for number in range(weeks, 0, -1):
        less = number / 2 + chance.uniform(-1, 1)
        found.append((week(number), now.with_columns((pl.col("active_days") - less).clip(0.0))))
    return found


def changes_of(scores: pl.DataFrame) -> pl.DataFrame:
    """Three causes of each customer's change that add up to it."""
    rows: list[dict[str, Any]] = []
    for customer_id, change in (
        scores.filter(pl.col("change").is_not_null()).select("customer_id", "change").iter_rows()
    ):
        common = {"customer_id": customer_id, "score_name": "health"}
        rows += [
            common | {"kind": "data", "name": "active_days", "points": change - 1.25, "old": 9.0, "new": 12.0},
            common | {"kind": "missing", "name": "training", "points": 2.5, "old": 0.4, "new": None},
            common | {"kind": "population", "name": "seats_used", "points": -1.25, "old": None, "new": None},
        ]
    return pl.DataFrame(rows, infer_schema_length=None)
