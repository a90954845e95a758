"""Who has a score that had none, and who has none any more, with the reason in words: there is nothing to split."""

from __future__ import annotations

import polars as pl

from scorewell.configuration.scores import each_score
from scorewell.scoring.changes import Side
from scorewell.scoring.keys import KEYS
from scorewell.scoring.uses import metrics_used

__all__ = ["gained_and_lost"]

_MISSING = "@missing"
_WITHOUT = {
    "inactive": ("not an active customer any more", "was not an active customer"),
    "unassigned": ("no segment takes it any more", "no segment took it"),
    "not_applicable": ("no part of the scorecard applies any more", "no part of the scorecard applied"),
    "error": ("a metric or a part of the scorecard failed", "a metric or a part of the scorecard failed before"),
}
"""Why there is no number any more, and why there was none, by the status."""


def gained_and_lost(before: Side, after: Side) -> pl.DataFrame:
    """The customers with a score on one side only: ``customer_id``, ``score_name``, ``kind`` (``gained`` or ``lost``),
    ``score`` (Float64, the one that there is), ``status_before`` and ``status_after`` (null where the customer is not
    listed) and ``why`` (String, in words). Sorted by ``customer_id``, then by ``score_name``.
    """
    columns = [*KEYS, "score", "status", "coverage"]
    both = before.scores.select(columns).join(
        after.scores.select(columns), on=KEYS, how="full", suffix="_after", coalesce=True
    )
    had, has = pl.col("score").is_not_null(), pl.col("score_after").is_not_null()
    lost, gained = both.filter(had & ~has), both.filter(has & ~had)
    return (
        pl.concat([_with_reasons(lost, "lost", after, before), _with_reasons(gained, "gained", before, after)])
        .select(
            *KEYS,
            "kind",
            pl.coalesce("score", "score_after").alias("score"),
            pl.col("status").alias("status_before"),
            pl.col("status_after"),
            "why",
        )
        .sort(KEYS)
    )


def _with_reasons(customers: pl.DataFrame, kind: str, without: Side, known: Side) -> pl.DataFrame:
    """The customers with ``kind`` and ``why``; ``without`` is the side on which they have no score."""
    is_lost = kind == "lost"
    suffix = "_after" if is_lost else ""
    status, coverage = pl.col(f"status{suffix}"), pl.col(f"coverage{suffix}")
    share = (coverage * 100).round(0).cast(pl.Int64, strict=False).cast(pl.String)
    had = pl.lit("data for " if is_lost else "had data for ") + share + pl.lit("% of the weight")
    gone = pl.lit("; is missing: " if is_lost else "; is back: ") + pl.col(_MISSING)
    words = pl.coalesce(had, pl.lit("no data" if is_lost else "had no data")) + (
        pl.when(pl.col(_MISSING) != "").then(gone).otherwise(pl.lit(""))
    )
    for name, said in _WITHOUT.items():
        words = pl.when(status == name).then(pl.lit(said[0] if is_lost else said[1])).otherwise(words)
    nobody = pl.lit("not listed any more" if is_lost else "not listed before")
    why = pl.when(status.is_null()).then(nobody).otherwise(words)
    return customers.join(_missing(customers, without, known), on=KEYS, how="left").with_columns(
        pl.lit(kind).alias("kind"), why.alias("why")
    )


def _missing(customers: pl.DataFrame, without: Side, known: Side) -> pl.DataFrame:
    """By customer and score the metrics that only the side ``known`` has a value of, of those that the score uses."""
    parts = [pl.DataFrame(schema=dict.fromkeys((*KEYS, _MISSING), pl.String))]
    for name, one in each_score(known.fitted.project):
        mine = customers.filter(pl.col("score_name") == name).select("customer_id")
        used = set[str]().union(*(metrics_used(one, card) for card in one.scorecards.values()))
        values, others = (
            mine.join(side.metrics, on="customer_id", how="left", maintain_order="left") for side in (known, without)
        )
        metrics = [each for each in one.metrics if each in used and each in values.columns and each in others.columns]
        gone = [
            pl.when(values[each].is_not_null() & others[each].is_null()).then(pl.lit(each)).otherwise(pl.lit(None))
            for each in metrics
        ]
        said = pl.concat_str(gone, separator=", ", ignore_nulls=True) if gone else pl.lit("")
        parts.append(mine.with_columns(pl.lit(name).alias("score_name"), said.alias(_MISSING)))
    return pl.concat(parts)
