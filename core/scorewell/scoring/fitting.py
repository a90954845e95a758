"""Fit: learn from the population what the normalizers name, as plain data."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

import polars as pl

from scorewell.api.v1 import ScorewellError
from scorewell.configuration.model import Project
from scorewell.scoring.assignment import SEGMENT, STAGE, card_positions, segment_position, stage_position
from scorewell.scoring.cards import CARD
from scorewell.scoring.inputs import Statistic
from scorewell.scoring.language import Language
from scorewell.scoring.tree import leaves, tree

__all__ = ["ACTIVE", "assigned", "learn"]

ACTIVE = "@active"
"""The Boolean column of a metrics table that says who is scored; a frame without it has active customers only."""

SIGNIFICANT_DIGITS = 12


def assigned(
    project: Project, frame: pl.LazyFrame, positions: Mapping[str, int], language: Language, *, has_active: bool
) -> pl.LazyFrame:
    """The frame with ``SEGMENT``, ``STAGE`` and ``CARD``; inactive customers have no scorecard."""
    segment = {SEGMENT: segment_position(project, language)}
    if project.stages:
        segment[STAGE] = stage_position(project, language)
    card = card_positions(project, positions)
    if has_active:
        card = pl.when(pl.col(ACTIVE)).then(card)
    return frame.with_columns(**segment).with_columns(**{CARD: card})


def learn(project: Project, metrics: pl.LazyFrame) -> dict[str, dict[str, dict[str, Statistic]]]:
    """The statistics by scorecard, leaf path and name. The population is each scorecard's active customers.

    Raises ScorewellError where a normalizer cannot read what its metric holds.
    """
    schema = metrics.collect_schema()
    _check_kinds(project, schema)
    positions = {name: position for position, name in enumerate(project.scorecards)}
    wanted = {
        (name, leaf): aggregates
        for name, card in project.scorecards.items()
        for leaf in leaves(tree(card))
        if (aggregates := leaf.settings.normalizer.statistics(pl.col(leaf.metric)))
    }
    result: dict[str, dict[str, dict[str, Statistic]]] = {name: {} for name in project.scorecards}
    if not wanted:
        return result
    sources = {leaf.metric: None for _, leaf in wanted}
    customers = (
        assigned(project, metrics, positions, Language(schema, project.timezone), has_active=ACTIVE in schema)
        .select(CARD, *sources)
        .collect(engine="streaming")
    )
    for (name, leaf), aggregates in wanted.items():
        value = pl.col(leaf.metric)
        is_present = value.is_not_null() if schema[leaf.metric] == pl.String else value.is_finite()
        # Sorted once and as a column: an expression that sorts would sort again wherever it is used.
        population = customers.lazy().filter((pl.col(CARD) == positions[name]) & is_present).select(value.sort())
        values = population.collect().rechunk()
        if values.is_empty():
            continue  # nothing to learn from: what the normalizer asks for is null
        answers = values.lazy().select(**aggregates).collect()  # lazily: only then equal parts are computed once
        result[name][leaf.path] = dict(_plain(zip(aggregates, answers.row(0), strict=True)))
    return result


def _plain(answers: Iterable[tuple[str, object]]) -> Iterator[tuple[str, Statistic]]:
    """Numbers and lists of numbers; the fields of a struct are named after it, as ``rank.level``."""
    for name, answer in answers:
        if isinstance(answer, dict):
            yield from _plain((f"{name}.{field}", part) for field, part in answer.items())
        elif isinstance(answer, list):
            yield name, pl.Series(answer, dtype=pl.Float64).round_sig_figs(SIGNIFICANT_DIGITS)
        else:
            number = cast("float | None", answer)
            yield name, None if number is None or not math.isfinite(number) else _rounded(number)


def _rounded(number: float) -> float:
    # The last digits of a mean depend on the order of addition; what is used is the same on every machine.
    return float(f"{number:.{SIGNIFICANT_DIGITS}g}")


def _check_kinds(project: Project, schema: Mapping[str, pl.DataType]) -> None:
    for name, card in project.scorecards.items():
        for leaf in leaves(tree(card)):
            if leaf.metric not in schema:
                raise ScorewellError(f"the metrics have no column {leaf.metric!r}, which scorecard {name!r} uses")
            is_text = schema[leaf.metric] == pl.String
            normalizer = leaf.settings.normalizer
            if normalizer.accepts == "number" and is_text:
                raise ScorewellError(
                    f"scorecards.{name}: metric {leaf.metric!r} is a category, "
                    f"and normalizer {normalizer.name!r} needs a number",
                    hint="the normalizer 'categories' gives each category its points",
                )
            if normalizer.accepts == "category" and not is_text:
                raise ScorewellError(
                    f"scorecards.{name}: metric {leaf.metric!r} is a number, "
                    f"and normalizer {normalizer.name!r} needs a category"
                )
