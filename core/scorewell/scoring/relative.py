"""Relative metrics: what a value is beyond the median of the customer's segment.

The medians are learned with a scorecard's other statistics, under a path of their own for each such metric, by the
names of the segments that lead to the scorecard; beside each stands of how many values it is.
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

__all__ = ["beyond_median", "check_relative", "of_many", "relative_metrics", "segment_medians"]

_MEDIANS = "@relative."


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
            f"metrics.{name} is relative to the segment, but its normalizer uses earlier windows, which are not",
            hint="leave relative_to out",
        )
    for place, sql in _before_segments(project) if relative else ():
        for name in sorted(names_in(sql) & set(relative)):
            raise ScorewellError(
                f"{place}: the metric {name!r} is relative to the segment, which is not known yet here",
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
    """By scorecard, each relative metric's median in each segment that leads to it, and of how many values it is.

    Where nobody has a value there is none: None. ``population`` has the segments' active customers with ``SEGMENT``.
    """
    relative = [name for name in relative_metrics(project) if name in population.collect_schema()]
    if not relative:
        return {}
    # A median is one of the values, or lies between two: it does not depend on their order, and is kept to the last
    # digit, so that who is at the median is at exactly 0.
    finite = {name: pl.col(name).filter(pl.col(name).is_finite()) for name in relative}
    medians = {_path(name): values.median() for name, values in finite.items()}
    counts = {_counted(name): values.len().cast(pl.Float64) for name, values in finite.items()}
    answers = population.group_by(SEGMENT).agg(**medians, **counts).collect()
    by_segment = {row[SEGMENT]: row for row in answers.iter_rows(named=True)}
    learned: dict[str, dict[str, dict[str, Statistic]]] = {}
    for position, (segment, settings) in enumerate(project.segments.items()):
        cards = [settings.scorecard] if isinstance(settings.scorecard, str) else settings.scorecard.values()
        row = by_segment.get(position, {})
        for card in cards:
            for path in (*medians, *counts):
                learned.setdefault(card, {}).setdefault(path, {})[_spelled(project, segment)] = row.get(path)
    return learned


def of_many(statistics: Mapping[str, CardStatistics], least: int) -> dict[str, CardStatistics]:
    """The statistics without the medians of fewer than ``least`` values, through which one customer could show."""
    return {
        card: {
            path: {name: value if _is_of_many(named, path, name, least) else None for name, value in values.items()}
            for path, values in named.items()
        }
        for card, named in statistics.items()
    }


def _is_of_many(learned: CardStatistics, path: str, name: str, least: int) -> bool:
    if not path.startswith(_MEDIANS):
        return True
    count = learned.get(_counted(path.removeprefix(_MEDIANS)), {}).get(name)
    return isinstance(count, float) and count >= least


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
    return f"{_MEDIANS}{metric}"


def _counted(metric: str) -> str:
    return f"@relative_to_values.{metric}"
