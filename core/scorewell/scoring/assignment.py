"""Which segment, stage and scorecard a customer has: the first rule that matches, in order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import polars as pl

from scorewell.api.v1 import Condition
from scorewell.configuration.model import Project
from scorewell.configuration.scores import scorecards_of, scores_of
from scorewell.dialect import names_in
from scorewell.scoring.language import Language

__all__ = [
    "SEGMENT",
    "STAGE",
    "card_positions",
    "rules_rest_on",
    "segment_position",
    "stage_position",
    "used_scorecards",
]

SEGMENT = "@segment"
STAGE = "@stage"


def used_scorecards(project: Project) -> tuple[str, ...]:
    """The scorecards that a segment names, as configured."""
    named = set[str]().union(*(scorecards_of(score) for score in scores_of(project).values()))
    return tuple(name for name in project.scorecards if name in named)


def rules_rest_on(project: Project, failed: Collection[str]) -> bool:
    """Whether a rule of segments or stages needs a metric that failed: then nobody knows whose scorecard is whose."""
    rules = [*(segment.when for segment in project.segments.values()), *project.stages.values()] if failed else []
    return any(not names_in(rule).isdisjoint(failed) for rule in rules if rule is not None)


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
