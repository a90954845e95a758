"""Tables of events that may have been filled in later, with nothing that says when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from scorewell.api.v1 import Column, Condition, Expression, Finding
from scorewell.configuration.model import Project
from scorewell.dialect import names_in
from scorewell.lint.kinds import found
from scorewell.lint.walking import walked
from scorewell.messages import listed

if TYPE_CHECKING:
    import polars as pl

__all__ = ["unknown_times"]


def unknown_times(project: Project, columns: Mapping[str, Mapping[str, pl.DataType]]) -> Iterator[Finding]:
    """Of the tables whose columns are known, where a metric reads a cell that may have been filled in later.

    A plugin that knows its tables knows when their cells become known.
    """
    for name, types in columns.items():
        source, table, meaning = project.table(name)
        path = f"sources.{name}" if table == "" else f"sources.{name.partition('.')[0]}.tables.{table}"
        is_said = bool(meaning.known) or f"{path}.known" in project.origin
        is_said = is_said or meaning.valid_from is not None or meaning.taken_at is not None
        if meaning.time is None or is_said or table in type(source).tables:
            continue
        times = [column for column, dtype in types.items() if dtype.is_temporal()]
        times += [one for one in (meaning.time, meaning.until) if one is not None and one in types]
        times = sorted(set(times), key=list(types).index)
        cells = sorted(_read(project, name) & types.keys() - {*times, meaning.time, meaning.until})
        if len(times) > 1 and cells:
            known = f"{' and '.join(times)} hold times, but known does not say when {listed(cells, 3)} became known"
            yield found("unknown-times", path, known)


def _read(project: Project, table: str) -> set[str]:
    """The columns of a table that metrics read."""
    metrics = (metric for metric in project.metrics.values() if metric.source == table)
    settings = (word for metric in metrics for _, word in walked((metric.measure, metric.where)))
    words = {word for word in settings if isinstance(word, str)}
    columns = {str(word) for word in words if isinstance(word, Column)}
    return columns.union(*(names_in(word) for word in words if isinstance(word, Expression | Condition)))
