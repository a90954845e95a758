"""What is wrong with conditions and scorecards, given what the columns of the metrics table hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import attrs
import polars as pl

from scorewell.api.v1 import Bound, Condition, Expression, Finding, Level, Normalizer, ScorewellError
from scorewell.configuration.model import Project, Scorecard, Segment
from scorewell.configuration.scores import each_score
from scorewell.dialect.kinds import Kind, kind_of
from scorewell.discovery import settings_of, yaml_name
from scorewell.scoring.attribution import ComponentFailed
from scorewell.scoring.fitted import fit
from scorewell.scoring.isolation import isolated
from scorewell.scoring.language import Language
from scorewell.scoring.roll_up import COUNT
from scorewell.scoring.tree import ROLLED_UP, Leaf, leaves, nodes, roll_ups, tree

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
    found += _once(project, [*_of_bounds(project, language), *_of_weights(project, schema)])
    # A scorecard is tried whole: with a condition or a bound that is wrong it would only say so again.
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


def _of_bounds(project: Project, language: Language) -> Iterator[Finding]:
    """Bounds of normalizers that are columns, each at its setting."""
    for name, card in project.scorecards.items():
        for leaf in leaves(tree(card)):
            path = f"{_of_leaf(name, leaf)}.normalizer"
            for setting, bound in _bounds(leaf.settings.normalizer):
                try:
                    language.expression(bound)
                except ScorewellError as error:
                    yield _mistake(f"{path}.{setting}", error)


def _bounds(normalizer: Normalizer) -> Iterator[tuple[str, Expression]]:
    for field in settings_of(type(normalizer)):
        if field.type == Bound or Bound in get_args(field.type):
            value = getattr(normalizer, field.name)
            for each in value if isinstance(value, tuple) else (value,):
                if isinstance(each, Expression):
                    yield yaml_name(field), each


def _of_weights(project: Project, schema: pl.Schema) -> Iterator[Finding]:
    """What children weigh by and is no number."""
    for name, card in project.scorecards.items():
        for node in roll_ups(tree(card)):
            by = COUNT if node.roll_up is None else node.roll_up.by
            kind = kind_of(schema[by]) if by != COUNT and by in schema else Kind.NUMBER
            if kind in (Kind.TEXT, Kind.DATE, Kind.MOMENT):
                path = f"{_configured(name, '' if node.path == ROLLED_UP else node.path)}.roll_up.by"
                error = ScorewellError(f"{by} holds {kind.value}: children are weighed by a number", hint="by: count")
                yield _mistake(path, error)


def _configured(card: str, node: str) -> str:
    """The path in the configuration of a node of the tree."""
    return ".dimensions.".join([f"scorecards.{card}", *(node.split(".") if node else ())])


def _of_leaf(card: str, leaf: Leaf) -> str:
    """The path in the configuration of a metric's place."""
    return f"{_configured(card, leaf.path.removesuffix(leaf.metric).rstrip('.'))}.metrics.{leaf.metric}"


def _once(project: Project, told: list[Finding]) -> list[Finding]:
    """What a scorecard has from one that it extends is told once, at the line that says it."""
    once: dict[tuple[str, str], Finding] = {}
    for finding in told:
        path = finding.where
        while path and path not in project.origin:
            path = path.rpartition(".")[0]
        once.setdefault((project.origin.get(path, finding.where), finding.message), finding)
    return list(once.values())


def _conditions(project: Project) -> Iterator[tuple[str, Condition]]:
    """Every condition over the metrics table, with its path."""
    yield from _of_segments(project)
    for name, stage in project.stages.items():
        if stage is not None:
            yield f"stages.{name}", stage
    for name, card in project.scorecards.items():
        root = tree(card)
        for node in nodes(root):
            if node.when is not None:
                yield f"{_configured(name, node.path)}.when", node.when
        for leaf in leaves(root):
            if leaf.settings.when is not None:
                yield f"{_of_leaf(name, leaf)}.when", leaf.settings.when
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
