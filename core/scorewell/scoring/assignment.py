"""Which segment, stage and scorecard a customer has: the first rule that matches, in order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import polars as pl

from scorewell.api.v1 import Condition
from scorewell.configuration.model import Project
from scorewell.configuration.scores import scorecards_of, scores_of
from scorewell.dialect import names_in
from scorewell.scoring.cards import CARD
from scorewell.scoring.language import Language

__all__ = [
    "SEGMENT",
    "STAGE",
    "UNPLACED",
    "card_positions",
    "placed_for_certain",
    "rules_rest_on",
    "segment_position",
    "stage_position",
    "used_scorecards",
]

SEGMENT = "@segment"
STAGE = "@stage"
UNPLACED = "@unplaced"
"""True where nobody knows the customer's segment or stage; only there where a rule rests on what failed."""


def used_scorecards(project: Project) -> tuple[str, ...]:
    """The scorecards that a segment names, as configured."""
    named = set[str]().union(*(scorecards_of(score) for score in scores_of(project).values()))
    return tuple(name for name in project.scorecards if name in named)


def rules_rest_on(project: Project, failed: Collection[str]) -> bool:
    """Whether a rule of segments or stages needs a metric that failed: then not all places are known."""
    rules = [*(segment.when for segment in project.segments.values()), *project.stages.values()]
    return _first_that_rests_on(rules, failed) is not None


def placed_for_certain(project: Project, failed: Collection[str]) -> dict[str, pl.Expr]:
    """``SEGMENT``, ``STAGE`` and ``CARD`` of those alone whom no rule that needs a metric that ``failed`` could have
    taken, and ``UNPLACED`` for the others: with nothing to look at such a rule takes nobody, and all would fall to
    those behind it."""
    segments = list(project.segments.values())
    knows_segment = _is_before(SEGMENT, _first_that_rests_on([segment.when for segment in segments], failed))
    placed = {SEGMENT: pl.when(knows_segment).then(pl.col(SEGMENT))}
    knows_stage = pl.lit(value=True)
    if project.stages:
        knows_stage = _is_before(STAGE, _first_that_rests_on(project.stages.values(), failed))
        placed[STAGE] = pl.when(knows_stage).then(pl.col(STAGE))
    has_one_card = pl.lit(pl.Series([isinstance(each.scorecard, str) for each in segments])).gather(pl.col(SEGMENT))
    placed[CARD] = pl.when(knows_segment & (knows_stage | has_one_card)).then(pl.col(CARD))
    return placed | {UNPLACED: ~(knows_segment & knows_stage)}


def _first_that_rests_on(rules: Iterable[Condition | None], failed: Collection[str]) -> int | None:
    """The position of the first rule that needs a metric that failed."""
    for position, rule in enumerate(rules):
        if failed and rule is not None and not names_in(rule).isdisjoint(failed):
            return position
    return None


def _is_before(column: str, position: int | None) -> pl.Expr:
    return pl.lit(value=True) if position is None else (pl.col(column) < position).fill_null(value=False)


def segment_position(project: Project, language: Language) -> pl.Expr:
    """The position of the customer's segment, UInt32; null where none matches."""
    return _first((segment.when for segment in project.segments.values()), language)


def stage_position(project: Project, language: Language) -> pl.Expr:
    """The position of the customer's stage, UInt32; null where none matches or there are no stages."""
    return _first(project.stages.values(), language)


def _first(conditions: Iterable[Condition | None], language: Language) -> pl.Expr:
    chosen = pl.lit(None, dtype=pl.UInt32)
    for position, sql in reversed(list(enumerate(conditions))):
        literal = pl.lit(position, dtype=pl.UInt32)
        # No otherwise-branch for a rule that takes everybody: what stands behind it never matters.
        chosen = literal if sql is None else pl.when(language.holds(sql)).then(literal).otherwise(chosen)
    return chosen


def card_positions(project: Project, positions: Mapping[str, int]) -> pl.Expr:
    """The position in ``positions`` of the customer's scorecard, UInt32, from ``SEGMENT`` and ``STAGE``.

    Null for customers without a segment, in a stage without a scorecard, or whose scorecard is not in ``positions``.
    """
    segments = list(project.segments.values())
    if all(isinstance(segment.scorecard, str) for segment in segments):
        by_segment = [positions.get(str(segment.scorecard)) for segment in segments]
        if by_segment == list(range(len(by_segment))):
            return pl.col(SEGMENT)
        return pl.lit(pl.Series(by_segment, dtype=pl.UInt32)).gather(pl.col(SEGMENT))
    stages = list(project.stages)
    width = len(stages) + 1
    table: list[int | None] = []
    for segment in segments:
        card = segment.scorecard
        # The last column of the table is for customers in no stage.
        names = [card if isinstance(card, str) else card.get(stage) for stage in stages]
        names.append(card if isinstance(card, str) else None)
        table.extend(None if name is None else positions.get(name) for name in names)
    stage = pl.col(STAGE).fill_null(len(stages)) if stages else pl.lit(0, dtype=pl.UInt32)
    return pl.lit(pl.Series(table, dtype=pl.UInt32)).gather(pl.col(SEGMENT) * width + stage)
