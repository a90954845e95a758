"""Columns put below each other, so that one expression writes them all as text.

To plan a long expression takes many times as long as to compute it for a thousand customers. Scorecards of one scale
and the same bands write all their numbers alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any

import polars as pl

from scorewell.reporting.outline import Outline

__all__ = ["Group", "Stackable", "by_look", "stacked"]

Group = tuple[pl.DataFrame, Outline]
"""Some customers and the scorecard they share. The columns are those of the metrics table and of the scores frame."""

Stackable = tuple[Outline, Mapping[str, Sequence[pl.Series]]]
"""Columns of a group, by the name that expressions know them by; there are as many of each name, and at least one."""


def by_look(groups: Sequence[Group]) -> Iterator[tuple[pl.DataFrame, Outline]]:
    """The customers of groups that write numbers alike, below each other, with one of their outlines.

    ``@row`` (UInt32) is a customer's place in all groups together, ``@group`` that of its group.
    """
    alike: dict[object, list[pl.DataFrame]] = {}
    outlines: dict[object, Outline] = {}
    start = 0
    for number, (customers, outline) in enumerate(groups):
        place = pl.int_range(pl.len(), dtype=pl.UInt32) + start
        own = customers.with_columns(place.alias("@row"), pl.lit(number, dtype=pl.UInt32).alias("@group"))
        alike.setdefault(outline.look, []).append(own)
        outlines.setdefault(outline.look, outline)
        start += customers.height
    for look, frames in alike.items():
        yield pl.concat(frames), outlines[look]


def stacked(
    columns: Sequence[Stackable], expressions: Callable[[Outline], Sequence[pl.Expr]]
) -> list[tuple[list[list[Any]], ...]]:
    """For each group what each expression of its outline makes of its columns: a list of elements for each column."""
    answers: list[tuple[list[list[Any]], ...]] = [() for _ in columns]
    alike: dict[object, list[int]] = {}
    for position, (outline, _) in enumerate(columns):
        alike.setdefault(outline.look, []).append(position)
    for positions in alike.values():
        outline, first = columns[positions[0]]
        frame = pl.DataFrame(
            {name: pl.concat([series for each in positions for series in columns[each][1][name]]) for name in first}
        )
        written = frame.select(each.alias(f"{number}") for number, each in enumerate(expressions(outline)))
        elements = [column.to_list() for column in written.get_columns()]
        end = 0
        for position in positions:
            heights = [len(series) for series in next(iter(columns[position][1].values()))]
            edges = list(accumulate(heights, initial=end))
            answers[position] = tuple([values[begin:after] for begin, after in pairwise(edges)] for values in elements)
            end = edges[-1]
    return answers
