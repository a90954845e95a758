"""The scores frame: its columns, those that all rows have and those that differ by scorecard, and its order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import attrs
import polars as pl

from scorewell.configuration.model import Project, Scorecard
from scorewell.configuration.scores import score_name
from scorewell.scoring import columns, outcome, plan
from scorewell.scoring.assignment import SEGMENT, STAGE, rules_rest_on
from scorewell.scoring.attribution import Failures, failed_paths
from scorewell.scoring.cards import CARD
from scorewell.scoring.columns import CHILD_COUNT
from scorewell.scoring.fitting import ACTIVE
from scorewell.scoring.language import Language
from scorewell.scoring.overriding import has_overrides, words
from scorewell.scoring.roll_up import rolls_up
from scorewell.scoring.tree import leaves, nodes, roll_ups
from scorewell.scoring.uses import metrics_used

__all__ = ["ScoresFrame", "by_customer", "ordered", "overridden_score"]


def overridden_score(project: Project, schema: Collection[str]) -> str | None:
    """The name of the project's single score where people may override it, by columns of these metrics."""
    name = score_name(project)
    return name if has_overrides(schema, name) else None


@attrs.frozen(kw_only=True, eq=False)
class ScoresFrame:
    """What rows of metrics become: one row a customer of a project with a single score.

    ``scorecards`` are as they score, ``schema`` is that of the metrics. ``failed`` and ``stale`` are the metrics that
    were not measured, and those that rest on a table that is not fresh.
    """

    project: Project
    scorecards: Mapping[str, Scorecard]
    fingerprints: Mapping[str, str]
    failures: Failures
    schema: pl.Schema
    failed: Collection[str]
    stale: Collection[str]

    def scored(self, rows: pl.LazyFrame, compiled: plan.Plan) -> pl.LazyFrame:
        """The scores of customers whose scorecards are those of one plan."""
        cards = compiled.cards
        scorecards = [self.scorecards[name] for name in cards.names]
        rows = compiled.apply(rows)
        overridden = overridden_score(self.project, self.schema)
        language = Language(self.schema, self.project.timezone)
        for layer in outcome.layers(cards, scorecards, compiled.baseline, language, overridden=overridden):
            rows = rows.with_columns(**layer)
        rolling = [position for position, card in enumerate(scorecards) if rolls_up(card)]
        count = {"children": pl.when(cards.is_any(rolling)).then(pl.col(CHILD_COUNT).cast(pl.Int64))} if rolling else {}
        low, high = scorecards[0].scale
        factor = (high - low) / 100.0
        return rows.select(
            *self._customer(),
            score=pl.col(outcome.SCORE),
            band=outcome.band(cards, scorecards),
            status=self._status(compiled, scorecards, of_children=bool(rolling)),
            coverage=pl.when(pl.col(CARD).is_not_null()).then(pl.col(columns.ROOT_COVERAGE).round(9)),
            baseline=pl.when(pl.col(outcome.SCORE).is_not_null()).then(low + compiled.baseline * factor),
            **({"override": pl.when(pl.col(CARD).is_not_null()).then(words(overridden))} if overridden else {}),
            **count,
            **dict(_parts(compiled, low, factor)),
            **self._metric_values(),
            **dict(_contributions(compiled, scorecards, factor, overridden=overridden is not None)),
            scorecard=cards.text([self.fingerprints[name] for name in cards.names]),
        )

    def together(self, rows: pl.LazyFrame, several: Sequence[plan.Plan]) -> pl.LazyFrame:
        """The scores of everybody, each plan over its own customers; ``CARD`` counts through the plans in order."""
        scored = []
        start = 0
        for compiled in several:
            end = start + len(compiled.cards.names)
            own = rows.filter(pl.col(CARD).is_between(start, end - 1)).with_columns(pl.col(CARD) - start)
            scored.append(self.scored(own, compiled))
            start = end
        # Relaxed: a normalizer may answer whole numbers in one scorecard.
        together = pl.concat([*scored, self._unscored(rows)], how="diagonal_relaxed")
        return together.select(ordered(together.collect_schema().names())).sort("customer_id")

    def _unscored(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """The scores of those who have no scorecard."""
        return rows.filter(pl.col(CARD).is_null()).select(
            *self._customer(),
            score=pl.lit(None, dtype=pl.Float64),
            band=pl.lit(None, dtype=pl.String),
            status=outcome.unscored(self._active, is_unplaced=rules_rest_on(self.project, self.failed)),
            coverage=pl.lit(None, dtype=pl.Float64),
            baseline=pl.lit(None, dtype=pl.Float64),
            **({"override": pl.lit(None, dtype=pl.String)} if overridden_score(self.project, self.schema) else {}),
            **self._metric_values(),
            scorecard=pl.lit(None, dtype=pl.String),
        )

    @property
    def _active(self) -> pl.Expr | None:
        return pl.col(ACTIVE) if ACTIVE in self.schema else None

    def _status(self, compiled: plan.Plan, scorecards: Sequence[Scorecard], *, of_children: bool) -> pl.Expr:
        names = compiled.cards.names
        in_doubt = bool(self.failed or self.stale)
        used = [metrics_used(self.project, card) if in_doubt else frozenset[str]() for card in scorecards]
        return outcome.status(
            compiled.cards,
            [
                bool(failed_paths(self.failures, name)) or not metrics.isdisjoint(self.failed)
                for name, metrics in zip(names, used, strict=True)
            ],
            [not metrics.isdisjoint(self.stale) for metrics in used],
            compiled.fails,
            self._active,
            of_children=of_children,
            is_unplaced=rules_rest_on(self.project, self.failed),
        )

    def _customer(self) -> Iterator[pl.Expr]:
        project = self.project
        yield pl.col("customer_id")
        yield pl.lit(score_name(project)).alias("score_name")
        if "name" in project.customers.roles and "name" in self.schema:
            yield pl.col("name")
        yield _named(SEGMENT, list(project.segments)).alias("segment")
        stage = _named(STAGE, list(project.stages)) if project.stages else pl.lit(None, dtype=pl.String)
        yield stage.alias("stage")

    def _metric_values(self) -> dict[str, pl.Expr]:
        return {f"metric.{name}": pl.col(name) for name in self.project.metrics if name in self.schema}


def by_customer(frame: pl.LazyFrame) -> pl.LazyFrame:
    """The frame sorted by ``customer_id``. Metrics mostly come so: to see that costs a tenth of sorting them."""

    def sorted_rows(rows: pl.DataFrame) -> pl.DataFrame:
        return rows if rows["customer_id"].is_sorted() else rows.sort("customer_id")

    # Only rows are moved; but what the function looks at must be there, and all rows of it.
    return frame.map_batches(sorted_rows, predicate_pushdown=False, projection_pushdown=False, slice_pushdown=False)


def ordered(names: Collection[str]) -> list[str]:
    """The columns of all scorecards together, kind by kind, as one scorecard alone has them."""
    kinds = ("dimension.", "metric.", "normalized.", "contribution.")
    contributions_last = (
        "contribution.adjustment.",
        "contribution.override",
        "contribution.own",
        "contribution.rounding",
    )

    def rank(name: str) -> int:
        if name == "scorecard":
            return 20
        for position, prefix in enumerate(contributions_last):
            if name.startswith(prefix):
                return 10 + position
        return next((position for position, prefix in enumerate(kinds, 1) if name.startswith(prefix)), 0)

    return sorted(names, key=rank)


def _named(position: str, names: list[str]) -> pl.Expr:
    """The name at a position, null for null."""
    return pl.lit(pl.Series(names, dtype=pl.String)).gather(pl.col(position))


def _parts(compiled: plan.Plan, low: float, factor: float) -> Iterator[tuple[str, pl.Expr]]:
    """Dimensions and normalized values, in the scorecards' scale."""

    def in_scale(points: pl.Expr) -> pl.Expr:
        # Nine decimals, as the score: 40.0 and not 39.99999999999999.
        return (points if (low, factor) == (0, 1) else points * factor + low).round(9)

    has_card = pl.col(CARD).is_not_null()
    for node in nodes(compiled.root):
        if node.path:
            points = pl.col(columns.score(node.path))
            points = pl.when(has_card).then(points) if node.path in compiled.for_everybody else points
            yield f"dimension.{node.path}", in_scale(points)
    for leaf in leaves(compiled.root):
        yield f"normalized.{leaf.path}", in_scale(pl.when(has_card).then(pl.col(columns.normalized(leaf.path))))


def _contributions(
    compiled: plan.Plan, scorecards: list[Scorecard], factor: float, *, overridden: bool
) -> Iterator[tuple[str, pl.Expr]]:
    """What each part adds to the score or takes from it, in the scorecards' scale."""

    def in_scale(points: pl.Expr) -> pl.Expr:
        return points if factor == 1 else points * factor

    paths = [leaf.path for leaf in leaves(compiled.root)] + [node.path for node in roll_ups(compiled.root)]
    for path in paths:
        yield f"contribution.{path}", in_scale(pl.col(columns.contribution(path)))
    for position in range(1, max(len(card.adjustments) for card in scorecards) + 1):
        yield f"contribution.adjustment.{position}", pl.col(outcome.adjustment(position))
    if overridden:
        yield "contribution.override", pl.col(outcome.OVERRIDE)
    for path in compiled.own:
        yield f"contribution.own.{path}" if path else "contribution.own", in_scale(pl.col(columns.own(path)))
    yield "contribution.rounding", pl.col(outcome.SCORE) - pl.col(outcome.ADJUSTED)
