"""Rolling up: what a parent's children come to together, level by level from the leaves of the hierarchy.

Scoring itself stays a function of single rows: what children come to is put into columns of their parent's row first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import attrs
import polars as pl

from scorewell.configuration.bands import spans
from scorewell.configuration.model import Project, RollUp, Scorecard
from scorewell.scoring.cards import CARD
from scorewell.scoring.columns import CHILD_COUNT, IN_CIRCLE, STALE_CHILDREN, children, children_coverage
from scorewell.scoring.fitting import ACTIVE
from scorewell.scoring.tree import roll_ups, tree

__all__ = ["COUNT", "PARENT", "Hierarchy", "rolled_up", "rolls_up", "together", "weight_of"]

PARENT = "parent"
COUNT = "count"
"""The word for children that weigh the same."""
_ID = "customer_id"
_POINTS = "@points"


def rolls_up(card: Scorecard) -> bool:
    """Whether a part of the scorecard comes from the customer's children."""
    return any(True for _ in roll_ups(tree(card)))


def parent_of(schema: Mapping[str, pl.DataType]) -> pl.Expr:
    """The id of the customer's parent. One that names itself stands at the top, as CRMs write it."""
    if PARENT not in schema:
        return pl.lit(None, dtype=pl.String)
    parent = pl.col(PARENT).cast(pl.String)
    return pl.when(parent != pl.col(_ID)).then(parent)


def weight_of(by: str, schema: Mapping[str, pl.DataType]) -> pl.Expr:
    """What a child weighs by its own number: nothing where that is empty, 0 or less."""
    if by == COUNT:
        return pl.lit(1.0)
    weight = pl.col(by).cast(pl.Float64, strict=False) if by in schema else pl.lit(None, dtype=pl.Float64)
    return pl.when(weight.is_finite() & (weight > 0)).then(weight).otherwise(0.0)


@attrs.frozen(eq=False)
class Hierarchy:
    """Who belongs to whom. ``parents``: the active customers whose scorecard rolls up, with ``CARD``; ``kin``: their
    active children, with ``CARD``, ``parent`` and what they may weigh by (groups without it: by what is below them)."""

    parents: pl.DataFrame
    kin: pl.DataFrame

    @classmethod
    def of(cls, assigned: pl.DataFrame, rolling: Sequence[int], columns: Sequence[str]) -> Hierarchy:
        """From the metrics with ``CARD``, where ``rolling`` are the positions of the scorecards that roll up."""
        is_active = pl.col(ACTIVE) if ACTIVE in assigned.columns else pl.lit(value=True)
        known = [name for name in dict.fromkeys(columns) if name in assigned.columns and name != PARENT]
        active = assigned.filter(is_active).select(_ID, CARD, *known, parent_of(assigned.schema).alias(PARENT))
        return cls.among(active, active.filter(pl.col(CARD).is_in(list(rolling))).select(_ID, CARD), columns)

    @classmethod
    def among(cls, active: pl.DataFrame, parents: pl.DataFrame, columns: Sequence[str]) -> Hierarchy:
        """From the active customers with ``parent`` and what they may weigh by, ``columns`` as far as there are any."""
        kin = active.join(parents.select(pl.col(_ID).alias(PARENT)), on=PARENT, how="semi", maintain_order="left")
        by = [name for name in dict.fromkeys(columns) if name in kin.columns]
        return cls(parents, kin)._weighed(by)

    def _weighed(self, columns: Sequence[str]) -> Hierarchy:
        """Groups among the children that have no weight of their own weigh what their children weigh together."""
        kin = self.kin
        weights = {name: weight_of(name, kin.schema) for name in columns}
        if not columns or kin.join(self.parents.select(_ID), on=_ID, how="semi").is_empty():
            return self
        for level in self.levels():
            below = (
                # In one order, because a sum of floats depends on it.
                kin.join(level.select(pl.col(_ID).alias(PARENT)), on=PARENT, how="semi")
                .sort(_ID)
                .group_by(pl.col(PARENT).alias(_ID))
                .agg(weight.sum().alias(f"@{name}") for name, weight in weights.items())
            )
            kin = (
                kin.join(below, on=_ID, how="left", maintain_order="left")
                .with_columns(
                    pl.when((weight == 0) & (pl.col(f"@{name}") > 0))
                    .then(pl.col(f"@{name}"))
                    .otherwise(pl.col(name))
                    .alias(name)
                    for name, weight in weights.items()
                )
                .drop(below.columns[1:])
            )
        return attrs.evolve(self, kin=kin)

    def levels(self) -> Iterator[pl.DataFrame]:
        """The parents in the order in which they can be scored: each after all its children."""
        pending = self.parents
        while True:
            waited_for = self.kin.join(pending.select(_ID), on=_ID, how="semi").select(pl.col(PARENT).alias(_ID))
            ready = pending.join(waited_for, on=_ID, how="anti", maintain_order="left")
            if ready.is_empty():
                return
            yield ready
            pending = pending.join(ready.select(_ID), on=_ID, how="anti", maintain_order="left")

    def circle(self) -> pl.DataFrame:
        """The parents that are their own ancestors: nobody can be scored first."""
        scored = [level.select(_ID) for level in self.levels()]
        return self.parents.join(pl.concat(scored), on=_ID, how="anti") if scored else self.parents


def rolled_up(
    project: Project, assigned: pl.DataFrame, names: Sequence[str], score: Callable[[pl.DataFrame], pl.DataFrame]
) -> pl.DataFrame:
    """The metrics with the columns of what children come to. ``assigned`` has ``CARD`` too, a position in ``names``.

    ``score`` gives the scores frame of rows of the metrics; only children are scored here.
    """
    cards = {position: project.scorecards[name] for position, name in enumerate(names)}
    rolling = [position for position, card in cards.items() if rolls_up(card)]
    by = [node.roll_up.by for position in rolling for node in roll_ups(tree(cards[position])) if node.roll_up]
    hierarchy = Hierarchy.of(assigned, rolling, by)
    metrics = without_children(project, assigned.drop(CARD).lazy()).collect()
    kin = hierarchy.kin
    scored = [_outcome(score(_rows(metrics, kin.join(hierarchy.parents, on=_ID, how="anti"))))]
    made: list[pl.DataFrame] = []
    for level in hierarchy.levels():
        known = kin.join(pl.concat(scored), on=_ID, how="inner", maintain_order="left").with_columns(_points(cards))
        of_level = _of_level(level, known, {position: cards[position] for position in rolling})
        made.append(of_level)
        own = _rows(metrics, of_level.join(kin, on=_ID, how="semi"))
        if own.height:
            scored.append(_outcome(score(own.drop(of_level.columns[1:]).join(of_level, on=_ID, how="left"))))
    paths = sorted({node.path for position in rolling for node in roll_ups(tree(cards[position]))})
    # What their children come to applies to them, and nobody knows it.
    unknown = [pl.lit(0.0).alias(children_coverage(path)) for path in paths]
    circle = hierarchy.circle().select(_ID, pl.lit(value=True).alias(IN_CIRCLE), *unknown)
    if not made:
        made = [hierarchy.parents.select(_ID).clear()]
    columns = pl.concat([*made, circle], how="diagonal_relaxed")
    added = columns.columns[1:]
    return metrics.drop(added, strict=False).join(columns, on=_ID, how="left", maintain_order="left")


def without_children(project: Project, metrics: pl.LazyFrame) -> pl.LazyFrame:
    """The metrics with the columns of what children come to, empty where they are not there."""
    paths = {node.path for card in project.scorecards.values() for node in roll_ups(tree(card))}
    wanted: dict[str, type[pl.DataType]] = {}
    for path in sorted(paths):
        wanted |= {children(path): pl.Float64, children_coverage(path): pl.Float64}
    if wanted:
        wanted |= {CHILD_COUNT: pl.Float64, STALE_CHILDREN: pl.Boolean, IN_CIRCLE: pl.Boolean}
    present = metrics.collect_schema().names()
    return metrics.with_columns(
        pl.lit(None, dtype=dtype).alias(name) for name, dtype in wanted.items() if name not in present
    )


def together(roll_up: RollUp, schema: Mapping[str, pl.DataType]) -> dict[str, pl.Expr]:
    """What a parent's children come to, as aggregates over them: ``mean``, ``worst``, ``coverage``, 0–100 and 0–1.

    A child that weighs nothing, or to which nothing of its scorecard applies, is left out; one without a score is
    missing data.
    """
    weight = weight_of(roll_up.by, schema)
    counts = pl.when(pl.col("status") != "not_applicable").then(weight).otherwise(0.0)
    has_points = pl.col(_POINTS).is_not_null()
    present = pl.when(has_points).then(weight).otherwise(0.0).sum()
    whole = counts.sum()
    had_data = (counts * pl.col("coverage").fill_null(0.0)).sum()
    return {
        # By reciprocals: one parent must come to the same as many.
        "mean": pl.when(present > 0).then(((weight * pl.col(_POINTS)).sum() * (1.0 / present)).round(9)),
        "worst": pl.col(_POINTS).filter(weight > 0).min(),
        "coverage": pl.when(whole > 0)
        .then((had_data * (1.0 / whole)).round(9))
        # They are there, but nobody knows what each of them weighs.
        .when((pl.col("status") != "not_applicable").any())
        .then(0.0),
    }


def ceiling(card: Scorecard, worst: pl.Expr) -> pl.Expr:
    """The highest number that would be printed in the band that holds ``worst``, both 0–100."""
    low, high = card.scale
    in_scale = (low + worst * ((high - low) / 100.0)).round(9)
    chosen: pl.Expr = pl.lit(100.0)
    for span in reversed(spans(card)[:-1]):
        if span.has_high:
            holds, top = in_scale <= span.high, _printed(span.high, card.precision)
        else:
            holds, top = in_scale < span.high, _printed_below(span.high, card.precision)
        chosen = pl.when(holds).then(pl.lit(max(top - low, 0.0) * 100.0 / (high - low))).otherwise(chosen)
    return chosen


def _printed(number: float, precision: int | None) -> float:
    step: int = 10 ** (9 if precision is None else precision)
    return math.floor(round(number * step, 6)) / step


def _printed_below(number: float, precision: int | None) -> float:
    step: int = 10 ** (9 if precision is None else precision)
    return (math.ceil(round(number * step, 6)) - 1) / step


def _of_level(level: pl.DataFrame, known: pl.DataFrame, cards: Mapping[int, Scorecard]) -> pl.DataFrame:
    """The parents of a level with the columns of what their children come to; ``known`` are children with scores."""
    parts = [
        level.select(_ID).join(
            # In one order, because a sum of floats depends on it.
            known.sort(_ID)
            .group_by(PARENT)
            .agg(
                pl.len().cast(pl.Float64).alias(CHILD_COUNT), (pl.col("status") == "stale").any().alias(STALE_CHILDREN)
            )
            .rename({PARENT: _ID}),
            on=_ID,
            how="left",
        )
    ]
    result = parts[0].with_columns(pl.col(CHILD_COUNT).fill_null(0.0))
    by_path: dict[str, list[pl.DataFrame]] = {}
    for position, card in cards.items():
        mine = level.filter(pl.col(CARD) == position).select(_ID)
        of_mine = known.join(mine.select(pl.col(_ID).alias(PARENT)), on=PARENT, how="semi").sort(_ID)
        for node in roll_ups(tree(card)):
            assert node.roll_up is not None  # noqa: S101 - what roll_ups yields
            sums = of_mine.group_by(PARENT).agg(**together(node.roll_up, known.schema))
            value = pl.col("mean")
            if node.roll_up.floor == "worst_child":
                value = pl.min_horizontal(value, ceiling(card, pl.col("worst")))
                value = pl.when(pl.col("mean").is_not_null()).then(value)
            by_path.setdefault(node.path, []).append(
                sums.select(
                    pl.col(PARENT).alias(_ID),
                    value.alias(children(node.path)),
                    pl.col("coverage").alias(children_coverage(node.path)),
                )
            )
    for frames in by_path.values():
        result = result.join(pl.concat(frames), on=_ID, how="left", maintain_order="left")
    return result


def _points(cards: Mapping[int, Scorecard]) -> pl.Expr:
    """A child's score as 0–100, whatever its own scorecard's scale."""
    lows = pl.lit(pl.Series([card.scale[0] for card in cards.values()], dtype=pl.Float64)).gather(pl.col(CARD))
    widths = [100.0 / (card.scale[1] - card.scale[0]) for card in cards.values()]
    factor = pl.lit(pl.Series(widths, dtype=pl.Float64)).gather(pl.col(CARD))
    return ((pl.col("score") - lows) * factor).round(9).alias(_POINTS)


def _rows(metrics: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    return metrics.join(wanted.select(_ID), on=_ID, how="semi", maintain_order="left")


def _outcome(scores: pl.DataFrame) -> pl.DataFrame:
    return scores.select(_ID, "score", "coverage", "status")
