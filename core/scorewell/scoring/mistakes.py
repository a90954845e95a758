"""What is wrong with conditions and scorecards, given what the columns of the metrics table hold."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import polars as pl

from scorewell.api.v1 import Condition, Finding, Level, ScorewellError
from scorewell.configuration.model import Project, Scorecard, Segment
from scorewell.configuration.scores import each_score
from scorewell.scoring.attribution import ComponentFailed
from scorewell.scoring.fitted import fit
from scorewell.scoring.isolation import isolated
from scorewell.scoring.language import Language
from scorewell.scoring.tree import leaves, nodes, tree

__all__ = ["mistakes"]


def mistakes(project: Project, schema: pl.Schema) -> tuple[Finding, ...]:
    """Conditions that compare text with numbers, normalizers that cannot read their metric: what a run would stumble
    over, found without a row. ``schema`` is that of a metrics table."""
    language = Language(schema, project.timezone)
    found = []
    for where, condition in _conditions(project):
        try:
            language.condition(condition)
        except ScorewellError as error:
            found.append(_mistake(where, error))
    # A scorecard is tried whole: with a condition that is wrong it would only say so again.
    return tuple(
        found or (each for name, card in project.scorecards.items() for each in _tried(project, name, card, schema))
    )


def _tried(project: Project, name: str, card: Scorecard, schema: pl.Schema) -> Iterator[Finding]:
    alone = Project(
        name=project.name,
        timezone=project.timezone,
        sources=project.sources,
        customers=project.customers,
        metrics=project.metrics,
        scorecards={name: card},
        segments={"all": Segment(scorecard=name)},
    )
    nobody = pl.DataFrame(schema=schema)
    try:
        # Of nobody there are too few values for everything: what stands in for that is tried beside it.
        fallen_back = fit(alone, nobody)
        fitted, _ = isolated(fallen_back, nobody)
        if fallen_back.fallbacks(name):
            fitted, _ = isolated(attrs.evolve(fitted, values={}), nobody)
    except ScorewellError as error:
        yield _mistake(f"scorecards.{name}", error)
        return
    for path, failure in fitted.failures.get(name, {}).items():
        yield _mistake(f"scorecards.{name}", ComponentFailed([name], path, failure))


def _conditions(project: Project) -> Iterator[tuple[str, Condition]]:
    """Every condition over the metrics table, with its path."""
    yield from _of_segments(project)
    for name, stage in project.stages.items():
        if stage is not None:
            yield f"stages.{name}", stage
    for name, card in project.scorecards.items():
        root = tree(card)
        whens = {node.path: node.when for node in nodes(root)}
        whens |= {leaf.path: leaf.settings.when for leaf in leaves(root)}
        for path, when in whens.items():
            if when is not None:
                yield f"scorecards.{name}: {path}.when", when
        for number, adjustment in enumerate(card.adjustments, 1):
            if adjustment.when is not None:
                yield f"scorecards.{name}.adjustments.{number}.when", adjustment.when


def _of_segments(project: Project) -> Iterator[tuple[str, Condition]]:
    for score, one in each_score(project):
        section = f"scores.{score}.segments" if project.scores else "segments"
        for name, segment in one.segments.items():
            if segment.when is not None:
                yield f"{section}.{name}.when", segment.when


def _mistake(where: str, error: ScorewellError) -> Finding:
    return Finding(id="mistake", level=Level.ERROR, where=where, message=error.message, hint=error.hint)
