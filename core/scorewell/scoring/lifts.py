"""What a metric below a model could add to a score: not read off its contribution, but scored again.

A model looks at values, and its contributions start from what it expects of an average customer: neither a normalized
100 nor the points lost say what there is to gain. So the metric is put where the best of the same segment and stage
have it, and everything else stays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import attrs
import polars as pl

from scorewell.configuration import each_score
from scorewell.scoring.fitted import FittedProject
from scorewell.scoring.lines import cards_of_rows
from scorewell.scoring.roll_up import rolls_up
from scorewell.scoring.tree import Leaf, leaves, models, tree

__all__ = ["LIFT", "at_best", "below_models", "with_lifts"]

LIFT = "lift."
"""Before a leaf's path: the column with the points, in the scorecard's scale, that the metric at its best would add."""

_PLACE = ["segment", "stage"]
_KNOWN = ["customer_id", *_PLACE, "score", "contribution.rounding"]


def below_models(fitted: FittedProject, scorecard: str) -> tuple[Leaf, ...]:
    """The leaves of one scorecard below a model that has learned something."""
    learned = fitted.learned.get(scorecard, {})
    card = fitted.project.scorecards[scorecard]
    return tuple(leaf for node in models(tree(card)) if node.path in learned for leaf in leaves(node))


def at_best(leaf: Leaf, metrics: pl.DataFrame, scores: pl.DataFrame) -> pl.DataFrame:
    """``metrics`` with this metric where the best rated of the same segment and stage have it, as near to the
    customer's own as that is; of words the one that most of them have. What is missing stays so.

    ``scores`` are of one score, of all that are compared; the customers in it are those in the frame.
    """
    rating, value = pl.col("@rating"), pl.col(leaf.metric)
    rated = metrics.join(
        scores.select("customer_id", *(pl.col(name).alias(f"@{name}") for name in _PLACE), _rating(leaf)),
        on="customer_id",
        maintain_order="left",
    )
    is_best = rating == rating.max().over("@segment", "@stage")
    best = value.filter(is_best & value.is_not_null())
    if rated.schema[leaf.metric].is_numeric():
        target = value.clip(best.min().over("@segment", "@stage"), best.max().over("@segment", "@stage"))
    else:
        target = best.mode().sort().first().over("@segment", "@stage")
    can_rise = rating.is_not_null() & value.is_not_null() & ~is_best
    put = pl.when(can_rise).then(target).otherwise(value).alias(leaf.metric)
    return rated.with_columns(put).select(metrics.columns)


def with_lifts(
    fitted: FittedProject,
    metrics: pl.DataFrame,
    scores: pl.DataFrame,
    failed: Collection[str] = (),
    *,
    among: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """The scores frame with a column ``lift.<path>`` for each metric below a model, 0 where it could add nothing, null
    where the customer has no such metric; unchanged where no model has learned anything.

    ``among`` are the scores of all that customers are compared with; default the same.
    """
    among = scores if among is None else among
    found: dict[str, list[pl.DataFrame]] = {}
    for name, project in each_score(fitted.project):
        one = attrs.evolve(fitted, project=project)
        of_score = pl.col("score_name") == name
        for path, gains in _lifts(one, metrics, scores.filter(of_score), among.filter(of_score), failed):
            found.setdefault(path, []).append(gains.with_columns(pl.lit(name).alias("score_name")))
    for path, frames in found.items():
        gains = pl.concat(frames).rename({"@lift": f"{LIFT}{path}"})
        scores = scores.join(gains, on=["customer_id", "score_name"], how="left", maintain_order="left")
    return scores


def _lifts(
    fitted: FittedProject, metrics: pl.DataFrame, scores: pl.DataFrame, among: pl.DataFrame, failed: Collection[str]
) -> Iterator[tuple[str, pl.DataFrame]]:
    learned = [name for name in fitted.project.scorecards if below_models(fitted, name)]
    if not learned:
        return
    if any(map(rolls_up, fitted.project.scorecards.values())):
        metrics = fitted.with_children(metrics.lazy(), failed)
    cards = cards_of_rows(scores, fitted.project)
    for name in learned:
        own = scores.filter(cards == name).filter(pl.col("score").is_not_null())
        for leaf in below_models(fitted, name):
            if own.height:
                best = at_best(leaf, metrics, among)
                yield leaf.path, _gains(fitted, leaf, best, own, failed)


def _gains(
    fitted: FittedProject, leaf: Leaf, best: pl.DataFrame, own: pl.DataFrame, failed: Collection[str]
) -> pl.DataFrame:
    """``customer_id`` and ``@lift`` of those whose metric is rated."""
    rated = own.select(*_KNOWN, _rating(leaf)).filter(pl.col("@rating").is_not_null())
    rows = best.join(rated, on="customer_id", how="semi", maintain_order="left")
    again = fitted.score(rows.lazy(), failed, finite=True).select(_KNOWN).collect()
    both = rated.join(again, on=["customer_id", *_PLACE], how="left", suffix="@then", nulls_equal=True)
    gain = _exact("@then") - _exact("")
    # Below nine decimals scores are not told apart.
    return both.select("customer_id", pl.when(gain > 1e-9).then(gain).otherwise(0.0).alias("@lift"))


def _exact(suffix: str) -> pl.Expr:
    return pl.col(f"score{suffix}").cast(pl.Float64) - pl.col(f"contribution.rounding{suffix}").fill_null(0.0)


def _rating(leaf: Leaf) -> pl.Expr:
    return pl.col(f"normalized.{leaf.path}").cast(pl.Float64).alias("@rating")
