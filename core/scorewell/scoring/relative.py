"""Relative metrics: what a value is beyond the median of the customer's segment.

The medians are learned with a scorecard's other statistics, under a path of their own for each such metric, by the
names of the segments that lead to the scorecard.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from scorewell.api.v1 import ScorewellError
from scorewell.configuration.model import Project
from scorewell.configuration.past_windows import past_windows
from scorewell.configuration.scores import score_name
from scorewell.dialect import names_in
from scorewell.scoring.assignment import SEGMENT
from scorewell.scoring.cards import CARD
from scorewell.scoring.documents import CardStatistics
from scorewell.scoring.inputs import Statistic

__all__ = ["beyond_median", "check_relative", "relative_metrics", "segment_medians"]


def relative_metrics(project: Project) -> tuple[str, ...]:
    """The metrics that are relative to the segment, as configured."""
    return tuple(name for name, metric in project.metrics.items() if metric.relative_to == "segment")


def check_relative(project: Project, schema: Mapping[str, pl.DataType]) -> None:
    """Raise ScorewellError for a category that is to be relative, for a normalizer that looks at its earlier windows,
    and for a rule that would need the segment first."""
    relative = relative_metrics(project)
    for name in relative:
        if schema.get(name) == pl.String:
            raise ScorewellError(
                f"metrics.{name}: only a number can be relative to the segment, and this is a category",
                hint="leave relative_to out",
            )
    for name in sorted(past_windows(project).keys() & set(relative)):
        raise ScorewellError(
            f"metrics.{name} is relative to the segment, and a normalizer looks at its earlier windows, which are not",
            hint="leave relative_to out",
        )
    for place, sql in _before_segments(project) if relative else ():
        for name in sorted(names_in(sql) & set(relative)):
            raise ScorewellError(
                f"{place}: the metric {name!r} is relative to the segment, and this is known before there is one",
                hint="a second metric without relative_to",
            )


def _before_segments(project: Project) -> Iterator[tuple[str, str]]:
    rules = {f"segments.{name}.when": segment.when for name, segment in project.segments.items()}
    rules |= {f"stages.{name}": when for name, when in project.stages.items()}
    for place, when in rules.items():
        if when is not None:
            yield place, when
    for name, metric in project.metrics.items():
        if metric.sql is not None:
            yield f"metrics.{name}.sql", metric.sql


def segment_medians(project: Project, population: pl.LazyFrame) -> dict[str, dict[str, dict[str, Statistic]]]:
    """By scorecard, each relative metric's median in each segment that leads to it; None where nobody has a value.

    ``population`` has the segments' active customers with ``SEGMENT``.
    """
    relative = [name for name in relative_metrics(project) if name in population.collect_schema()]
    if not relative:
        return {}
    # A median is one of the values, or lies between two: it does not depend on their order, and is kept to the last
    # digit, so that who is at the median is at exactly 0.
    finite = (pl.col(name).filter(pl.col(name).is_finite()).median().alias(name) for name in relative)
    answers = population.group_by(SEGMENT).agg(*finite).collect()
    by_segment = {row[SEGMENT]: row for row in answers.iter_rows(named=True)}
    medians: dict[str, dict[str, dict[str, Statistic]]] = {}
    for position, (segment, settings) in enumerate(project.segments.items()):
        cards = [settings.scorecard] if isinstance(settings.scorecard, str) else settings.scorecard.values()
        row = by_segment.get(position, {})
        for card in cards:
            for name in relative:
                medians.setdefault(card, {}).setdefault(_path(name), {})[_spelled(project, segment)] = row.get(name)
    return medians


def beyond_median(
    project: Project,
    positions: Mapping[str, int],
    statistics: Mapping[str, CardStatistics],
    schema: Mapping[str, pl.DataType],
) -> dict[str, pl.Expr]:
    """The relative metrics over a frame with ``SEGMENT`` and ``CARD``; missing for customers without a scorecard.

    ``positions`` are the scorecards' in ``CARD``.
    """
    names = [_spelled(project, segment) for segment in project.segments]
    cards = {position: card for card, position in positions.items()}
    place = pl.col(CARD) * len(names) + pl.col(SEGMENT)
    columns = {}
    for name in relative_metrics(project):
        if name in schema:
            learned = [
                statistics.get(cards.get(card, ""), {}).get(_path(name), {})
                for card in range(max(cards, default=-1) + 1)
            ]
            medians = pl.Series([each.get(segment) for each in learned for segment in names], dtype=pl.Float64)
            columns[name] = pl.col(name) - pl.lit(medians).gather(place)
    return columns


def _spelled(project: Project, segment: str) -> str:
    # Two scores may share a scorecard and have segments of the same name.
    return f"{score_name(project)}.{segment}" if project.scores else segment


def _path(metric: str) -> str:
    return f"@relative.{metric}"
