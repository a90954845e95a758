"""Fit: learn from the population what the normalizers name, as plain data."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping

import attrs
import polars as pl

from scorewell.api.v1 import Normalizer, ScorewellError
from scorewell.configuration.inside import inside
from scorewell.configuration.model import Project, Scorecard
from scorewell.configuration.scores import each_score
from scorewell.scoring.assignment import (
    SEGMENT,
    STAGE,
    card_positions,
    placed_for_certain,
    rules_rest_on,
    segment_position,
    stage_position,
)
from scorewell.scoring.attribution import ComponentFailed, Failures, an_expression, attributed, merged
from scorewell.scoring.cards import CARD
from scorewell.scoring.documents import CardStatistics
from scorewell.scoring.inputs import Statistic
from scorewell.scoring.language import Language
from scorewell.scoring.relative import beyond_median, check_relative, relative_metrics, segment_medians
from scorewell.scoring.tree import Leaf, leaves, models, tree

__all__ = [
    "ACTIVE",
    "FEWEST_VALUES",
    "Fit",
    "assigned",
    "check_fit",
    "chosen",
    "compares",
    "has_statistics",
    "learn",
    "populations",
    "unreadable",
]

ACTIVE = "@active"
"""The Boolean column of a metrics table that says who is scored; a frame without it has active customers only."""

SIGNIFICANT_DIGITS = 12
FEWEST_VALUES = 30
"""With fewer values a normalizer that compares customers gives way to its fallback."""


def assigned(
    project: Project,
    frame: pl.LazyFrame,
    positions: Mapping[str, int],
    language: Language,
    *,
    has_active: bool,
    statistics: Mapping[str, CardStatistics] | None,
    failed: Collection[str] = (),
) -> pl.LazyFrame:
    """The frame with ``SEGMENT``, ``STAGE`` and ``CARD``; inactive customers have no scorecard.

    Where a rule needs a metric that ``failed``, with ``UNPLACED`` too.
    Metrics that are relative to the segment become so by the medians in ``statistics``; None leaves them as measured.
    """
    segment = {SEGMENT: segment_position(project, language)}
    if project.stages:
        segment[STAGE] = stage_position(project, language)
    card = card_positions(project, positions)
    if has_active:
        card = pl.when(pl.col(ACTIVE)).then(card)
    frame = frame.with_columns(**segment).with_columns(**{CARD: card})
    if rules_rest_on(project, failed):
        frame = frame.with_columns(**placed_for_certain(project, failed))
    relative = beyond_median(project, positions, statistics, language.schema) if statistics is not None else {}
    return frame.with_columns(**relative) if relative else frame


def has_statistics(project: Project, card: Scorecard) -> bool:
    """Whether something of the scorecard is learned from the population."""
    return bool(relative_metrics(project)) or any(compares(leaf) for leaf in leaves(tree(card)))


def compares(leaf: Leaf) -> bool:
    """Whether the normalizer learns from the population; one that fails to say counts as if it learned."""
    try:
        return bool(leaf.settings.normalizer.statistics(pl.col(leaf.metric)))
    except Exception:  # noqa: BLE001 - whatever it is, it is attributed when it is asked in earnest
        return True


def populations(project: Project, metrics: pl.DataFrame) -> dict[str, int]:
    """How many active customers each scorecard has."""
    positions = {name: position for position, name in enumerate(project.scorecards)}
    language = Language(metrics.schema, project.timezone)
    has_active = ACTIVE in metrics.schema
    cards = assigned(project, metrics.lazy(), positions, language, has_active=has_active, statistics=None)
    counts = dict(cards.select(CARD).collect().get_column(CARD).value_counts().iter_rows())
    return {name: counts.get(position, 0) for name, position in positions.items()}


@attrs.frozen(kw_only=True)
class Fit:
    """What scorecards learned from a population: ``statistics`` by scorecard, leaf path and name; from how many
    ``values``, by scorecard and leaf path; and which normalizers failed to name or to compute theirs."""

    statistics: Mapping[str, CardStatistics]
    values: Mapping[str, Mapping[str, int]]
    failures: Failures


def learn(project: Project, metrics: pl.LazyFrame, names: Collection[str]) -> Fit:
    """What the scorecards ``names`` learn from their populations in ``metrics``: each from its active customers, or
    from all (``fit_on``). With too few values the normalizer's fallback learns, if it learns anything."""
    schema = metrics.collect_schema()
    failed: list[Failures] = [unreadable(project, schema)]
    wanted = _wanted(project, names, failed)
    medians = _medians(project, metrics)
    statistics: dict[str, dict[str, dict[str, Statistic]]] = {name: dict(medians.get(name, {})) for name in names}
    counts: dict[str, dict[str, int]] = {name: {} for name in names}
    customers = pl.DataFrame()
    if wanted:
        customers = _customers(project, metrics, {leaf.metric: None for _, leaf in wanted}, medians)
    population, of_card = customers, None
    for name, leaf in wanted:
        if name != of_card:
            belongs = pl.col(CARD) == list(project.scorecards).index(name)
            if project.scorecards[name].fit_on == "all":
                belongs = pl.col(ACTIVE) if ACTIVE in schema else pl.lit(value=True)
            population, of_card = customers.filter(belongs), name
        # Sorted once and as a column: an expression that sorts would sort again wherever it is used.
        values = _known(population[leaf.metric]).rechunk().sort().to_frame()
        try:
            with attributed(leaf.settings.normalizer, [name], leaf.path):
                normalizer = chosen(leaf.settings.normalizer, len(values))
            aggregates = _aggregates(normalizer, name, leaf)
            counts[name][leaf.path] = len(values)
            if aggregates and not values.is_empty():  # nothing to learn from: what the normalizer asks for is null
                with attributed(normalizer, [name], leaf.path):
                    statistics[name][leaf.path] = _answered(values, aggregates)
        except ComponentFailed as failure:
            failed.append(failure.failures)
    return Fit(statistics=statistics, values=counts, failures=merged(*failed))


def _wanted(project: Project, names: Collection[str], failed: list[Failures]) -> list[tuple[str, Leaf]]:
    """The places whose normalizer learns, less those in the first of ``failed``; those where it cannot say so are added
    to them."""
    wanted = []
    for name in names:
        for leaf in leaves(tree(project.scorecards[name])):
            if leaf.path in failed[0].get(name, {}):
                continue
            try:
                if _aggregates(leaf.settings.normalizer, name, leaf):
                    wanted.append((name, leaf))
            except ComponentFailed as failure:
                failed.append(failure.failures)
    return wanted


def _customers(
    project: Project, metrics: pl.LazyFrame, names: Iterable[str], medians: Mapping[str, CardStatistics]
) -> pl.DataFrame:
    """The metrics ``names`` of everybody, with everybody's scorecard."""
    schema = metrics.collect_schema()
    positions = {name: position for position, name in enumerate(project.scorecards)}
    has_active = ACTIVE in schema
    language = Language(schema, project.timezone)
    frame = assigned(project, metrics, positions, language, has_active=has_active, statistics=medians)
    return frame.select(CARD, *([ACTIVE] if has_active else []), *names).collect(engine="streaming")


def chosen(normalizer: Normalizer, values: int | None) -> Normalizer:
    """The normalizer that scores where ``values`` could be learned from: with too few its fallback, if it has one.

    None for a normalizer that learns nothing.
    """
    while values is not None and values < FEWEST_VALUES and normalizer.fallback is not None:
        normalizer = normalizer.fallback
    return normalizer


def _aggregates(normalizer: Normalizer, name: str, leaf: Leaf) -> dict[str, pl.Expr]:
    with attributed(normalizer, [name], leaf.path):
        named = normalizer.statistics(pl.col(leaf.metric))
        return {key: an_expression(each) for key, each in named.items()}


def _medians(project: Project, metrics: pl.LazyFrame) -> dict[str, dict[str, dict[str, Statistic]]]:
    """What relative metrics are measured against, of the segments' active customers."""
    if not relative_metrics(project):
        return {}
    schema = metrics.collect_schema()
    language = Language(schema, project.timezone)
    positions = {name: position for position, name in enumerate(project.scorecards)}
    active = metrics.filter(pl.col(ACTIVE)) if ACTIVE in schema else metrics
    return segment_medians(project, assigned(project, active, positions, language, has_active=False, statistics=None))


def _known(values: pl.Series) -> pl.Series:
    return values.filter(values.is_not_null() if values.dtype == pl.String else values.is_finite())


def _answered(values: pl.DataFrame, aggregates: Mapping[str, pl.Expr]) -> dict[str, Statistic]:
    answers = values.lazy().select(**aggregates).collect()  # lazily: only then equal parts are computed once
    if len(answers) != 1:
        raise ValueError(f"its statistics came to {len(answers)} rows: each must be one number or one list")
    return dict(_plain(answers.iter_columns()))


def _plain(answers: Iterable[pl.Series], prefix: str = "") -> Iterator[tuple[str, Statistic]]:
    """Numbers and lists of numbers; the fields of a struct are named after it, as ``rank.level``."""
    for answer in answers:
        name, kind = prefix + answer.name, answer.dtype
        if isinstance(kind, pl.Struct):
            yield from _plain(answer.struct.unnest().iter_columns(), f"{name}.")
        elif isinstance(kind, pl.List) and (kind.inner.is_numeric() or kind.inner == pl.Null):
            yield name, answer.explode(empty_as_null=False).cast(pl.Float64).round_sig_figs(SIGNIFICANT_DIGITS)
        elif kind.is_numeric() or kind in (pl.Boolean, pl.Null):
            number = answer.cast(pl.Float64).item()
            yield name, None if number is None or not math.isfinite(number) else _rounded(number)
        else:
            raise TypeError(f"its statistic {name!r} is {answer.item()!r:.40}: expected a number or a list of numbers")


def _rounded(number: float) -> float:
    # The last digits of a mean depend on the order of addition; what is used is the same on every machine.
    return float(f"{number:.{SIGNIFICANT_DIGITS}g}")


def check_fit(project: Project, schema: Mapping[str, pl.DataType]) -> None:
    """Raise ScorewellError where the metrics have not the columns that scorecards use, or a model stands over
    dimensions."""
    for name, card in project.scorecards.items():
        for leaf in leaves(tree(card)):
            if leaf.metric not in schema:
                raise ScorewellError(f"the metrics have no column {leaf.metric!r}, which scorecard {name!r} uses")
    _check_models(project)
    for _, one in each_score(project):
        check_relative(one, schema)


def _check_models(project: Project) -> None:
    for name, card in project.scorecards.items():
        for node in models(tree(card)):
            for child in node.children:
                if not isinstance(child, Leaf):
                    part = child.path.rpartition(".")[2]
                    raise ScorewellError(
                        f"scorecards.{name}: {node.aggregator.name} learns from metrics, and {part!r} is a dimension",
                        hint="give it a dimension of its own with metrics only",
                    )


def unreadable(project: Project, schema: Mapping[str, pl.DataType]) -> Failures:
    """The places whose normalizer cannot read what their metric holds: one cell may make text of a file's numbers."""
    found: list[Failures] = []
    for name, card in project.scorecards.items():
        for leaf in leaves(tree(card)):
            try:
                with attributed(leaf.settings.normalizer, [name], leaf.path):
                    _check_kinds(leaf, is_text=schema[leaf.metric] == pl.String)
            except ComponentFailed as failure:
                found.append(failure.failures)
    return merged(*found)


def _check_kinds(leaf: Leaf, *, is_text: bool) -> None:
    normalizer: Normalizer | None = leaf.settings.normalizer
    while normalizer is not None:
        for each in (normalizer, *_passed_on(normalizer)):
            _check_kind(leaf.metric, each, is_text=is_text)
        normalizer = normalizer.fallback


def _passed_on(value: object) -> Iterator[Normalizer]:
    """The normalizers among a normalizer's settings, at any depth, where it passes on what it is given."""
    if isinstance(value, Normalizer) and value.accepts != "any":
        return
    for each in inside(value):
        if isinstance(each, Normalizer):
            yield each
        yield from _passed_on(each)


def _check_kind(metric: str, normalizer: Normalizer, *, is_text: bool) -> None:
    if normalizer.accepts == "number" and is_text:
        raise ScorewellError(
            f"metric {metric!r} is a category, and normalizer {normalizer.name!r} needs a number",
            hint="the normalizer 'categories' gives each category its points; where it should be a number, "
            "`scorewell check` tells which cell is none",
        )
    if normalizer.accepts == "category" and not is_text:
        raise ScorewellError(f"metric {metric!r} is a number, and normalizer {normalizer.name!r} needs a category")
