"""What scoring noticed and did not hide: null conditions, normalizers that left the scale, bounds nobody agreed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs
import polars as pl

from scorewell.api.v1 import Condition, Finding, Learned, Level
from scorewell.configuration.model import Project, Scorecard
from scorewell.configuration.scores import score_name
from scorewell.dialect import names_in
from scorewell.scoring.assignment import SEGMENT, STAGE
from scorewell.scoring.attribution import ComponentFailed, Failures, an_expression, attributed
from scorewell.scoring.cards import CARD, Cards
from scorewell.scoring.fitting import ACTIVE, FEWEST_VALUES, assigned, chosen
from scorewell.scoring.inputs import FrozenStatistics, MetricInputs, Statistic
from scorewell.scoring.language import Language
from scorewell.scoring.tree import leaves, models, nodes, tree

__all__ = ["few_values", "scoring_findings", "untrained_models"]

EXAMPLES = 3
OUT_OF_SCALE = "normalized-out-of-scale"
EMPTY_BOUND = "empty-bound"


@attrs.frozen
class _Question:
    """Something that is counted over customers: ``concerns`` among those for whom ``among`` holds."""

    id: str
    where: str
    message: str
    hint: str | None
    among: pl.Expr
    concerns: pl.Expr
    level: Level = Level.WARNING


def scoring_findings(
    project: Project,
    statistics: Mapping[str, Mapping[str, Mapping[str, Statistic]]],
    metrics: pl.LazyFrame,
    failures: Failures,
) -> tuple[Finding, ...]:
    """One finding for each condition that was null, for each normalizer that left 0–100, and for each whose bounds were
    empty, with three customers.

    The normalizers at ``failures`` are not asked, nor are the answers of others that fail.
    """
    schema = metrics.collect_schema()
    has_active = ACTIVE in schema
    language = Language(schema, project.timezone)
    active = pl.col(ACTIVE) if has_active else pl.lit(value=True)
    positions = {name: position for position, name in enumerate(project.scorecards)}
    questions = [
        *_null_conditions(project, positions, active, language),
        *_of_normalizers(project, statistics, positions, language, failures),
    ]
    if not questions:
        return ()
    frame = assigned(project, metrics, positions, language, has_active=has_active, statistics=statistics)
    try:
        answered = _answered(frame, questions)
    except (Exception, pl.exceptions.PanicException):  # noqa: BLE001 - whatever it is: asked again one by one
        # A normalizer that fails on other scorecards' customers was kept for its own: each question to whom it is put.
        answered = []
        for question in questions:
            try:
                answered += _answered(frame.filter(question.among), [question])
            except (Exception, pl.exceptions.PanicException):
                if question.id not in {OUT_OF_SCALE, EMPTY_BOUND}:
                    raise  # no component's: scoring would have stumbled over it too
    return tuple(
        Finding(
            id=question.id,
            level=question.level,
            where=question.where,
            message=question.message,
            count=count,
            examples=examples,
            hint=question.hint,
        )
        for question, count, examples in answered
        if count
    )


def untrained_models(
    cards: Mapping[str, Scorecard],
    learned: Mapping[str, Mapping[str, Learned]],
    untrained: Mapping[str, Mapping[str, str]],
) -> Iterator[Finding]:
    """A finding for each model that has learned nothing: ``untrained`` says why, where training was tried."""
    for name, card in cards.items():
        for node in models(tree(card)):
            if node.path in learned.get(name, {}):
                continue
            why = untrained.get(name, {}).get(node.path)
            said = "was never trained" if why is None else f"had too little data ({why})"
            yield Finding(
                id="untrained-model",
                level=Level.WARNING,
                where=f"scorecards.{name}.{node.path}" if node.path else f"scorecards.{name}",
                message=f"{node.aggregator.name} {said}: its rules give the scores instead",
                hint="scorewell fit" if why is None else "scorewell fit again when more outcomes are known",
            )


def few_values(cards: Mapping[str, Scorecard], values: Mapping[str, Mapping[str, int]]) -> Iterator[Finding]:
    """A note for each normalizer that had too few values to learn from: which one scores, and how few they were."""
    for name, card in cards.items():
        for leaf in leaves(tree(card)):
            count = values.get(name, {}).get(leaf.path)
            if count is None or count >= FEWEST_VALUES:
                continue
            normalizer = leaf.settings.normalizer
            scoring = chosen(normalizer, count)
            if scoring is normalizer:
                id_, said = (
                    "few-values",
                    f"{normalizer.name} has {_values(count)} to compare with, needs {FEWEST_VALUES}",
                )
            else:
                id_ = "fallback-normalizer"
                said = f"{scoring.name} scores instead: {normalizer.name} has {_values(count)}, needs {FEWEST_VALUES}"
            yield Finding(
                id=id_,
                level=Level.NOTE,
                where=f"scorecards.{name}.{leaf.path}",
                message=said,
                count=count,
                hint="name a fallback, or fit_on: all" if scoring is normalizer else None,
            )


def _values(count: int) -> str:
    return "1 value" if count == 1 else f"{count} values"


def _answered(frame: pl.LazyFrame, questions: Sequence[_Question]) -> list[tuple[_Question, int, tuple[str, ...]]]:
    """How many customers each question concerns, and the first of them."""
    asked = {
        f"{number}": (question.among & question.concerns).fill_null(value=False)
        for number, question in enumerate(questions)
    }
    answers = frame.select(
        *(expression.sum().alias(f"count.{name}") for name, expression in asked.items()),
        *(
            pl.col("customer_id").filter(expression).sort().head(EXAMPLES).implode().alias(f"examples.{name}")
            for name, expression in asked.items()
        ),
    ).collect()
    return [
        (question, int(answers[f"count.{number}"][0]), tuple(answers[f"examples.{number}"][0]))
        for number, question in enumerate(questions)
    ]


def _null_conditions(
    project: Project, positions: Mapping[str, int], active: pl.Expr, language: Language
) -> Iterator[_Question]:
    segments = f"scores.{score_name(project)}.segments" if project.scores else "segments"
    places: list[tuple[str, Condition | None, pl.Expr]] = [
        # Whom an earlier rule took, a later one is not asked about.
        (f"{segments}.{name}.when", segment.when, active & ~(pl.col(SEGMENT) < position).fill_null(value=False))
        for position, (name, segment) in enumerate(project.segments.items())
    ]
    places += [
        (f"stages.{name}", sql, active & ~(pl.col(STAGE) < position).fill_null(value=False))
        for position, (name, sql) in enumerate(project.stages.items())
    ]
    for name, card in project.scorecards.items():
        concerned = pl.col(CARD) == positions[name]
        root = tree(card)
        for node in nodes(root):
            places.append((f"scorecards.{name}.dimensions.{node.path}.when", node.when, concerned))
        for leaf in leaves(root):
            places.append((f"scorecards.{name}.{leaf.path}.when", leaf.settings.when, concerned))
        for position, adjustment in enumerate(card.adjustments, 1):
            places.append((f"scorecards.{name}.adjustments.{position}.when", adjustment.when, concerned))
    for where, sql, concerned in places:
        if sql is not None:
            names = ", ".join(sorted(names_in(sql)))
            yield _Question(
                id="null-condition",
                where=where,
                message=f"neither true nor false, taken as false: {sql} (something in {names} is empty)",
                hint="say what an empty value means, as in coalesce(name, 0)",
                among=concerned,
                concerns=language.condition(sql).is_null(),
            )


def _of_normalizers(
    project: Project,
    statistics: Mapping[str, Mapping[str, Mapping[str, Statistic]]],
    positions: Mapping[str, int],
    language: Language,
    failures: Failures,
) -> Iterator[_Question]:
    for name, card in project.scorecards.items():
        learned = statistics.get(name, {})
        for leaf in leaves(tree(card)):
            normalizer = leaf.settings.normalizer
            if leaf.path in failures.get(name, {}):
                continue
            inputs = MetricInputs(leaf.metric, project.metrics[leaf.metric].better, card.scale, language)
            frozen = FrozenStatistics(Cards((name,)), [learned.get(leaf.path, {})])
            try:
                with attributed(normalizer, [name], leaf.path):
                    if normalizer.is_total(card.scale):
                        continue
                    answer = an_expression(normalizer.normalize(pl.col(leaf.metric), inputs, frozen))
            except ComponentFailed:
                continue  # told by ``isolated``; a scorecard that no segment uses was not scored
            low, high = card.scale
            yield _Question(
                id=OUT_OF_SCALE,
                where=f"scorecards.{name}.{leaf.path}",
                message=f"normalizer {normalizer.name!r} gave scores outside {low:g} to {high:g}, taken as missing",
                hint=None,
                among=pl.col(CARD) == positions[name],
                concerns=answer.is_not_null() & ~answer.is_between(0, 100),
            )
            if inputs.bounds:
                empty = [language.expression(bound).is_null() for bound in inputs.bounds]
                yield _Question(
                    id=EMPTY_BOUND,
                    where=f"scorecards.{name}.{leaf.path}",
                    message=f"{', '.join(dict.fromkeys(inputs.bounds))} is empty, so the metric is not applicable",
                    hint="say what an empty value means, as in coalesce(name, 10)",
                    among=pl.col(CARD) == positions[name],
                    concerns=pl.col(leaf.metric).is_not_null() & answer.is_null() & pl.any_horizontal(empty),
                    level=Level.NOTE,
                )
