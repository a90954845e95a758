"""What does not fit the columns, known only once they are read: one odd cell makes a column of numbers one of text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import attrs
import polars as pl

from scorewell.api.v1 import Finding, Level
from scorewell.configuration import ConfigurationError, Problem, Project
from scorewell.configuration.past_windows import past_column, past_windows
from scorewell.configuration.places import placed
from scorewell.configuration.problems import Mark
from scorewell.dialect import DialectError
from scorewell.metrics import MetricsTable
from scorewell.scoring import mistakes
from scorewell.scoring.attribution import Failure
from scorewell.scoring.fitting import unreadable
from scorewell.scoring.tree import leaves, tree

__all__ = ["misfits_told", "with_misread_failed"]


def with_misread_failed(project: Project, metrics: MetricsTable) -> MetricsTable:
    """The metrics with those failed that are text and that every scorecard which uses them reads as numbers.

    So their columns are of numbers at every moment, in files and tables that hold several.
    """
    failures = unreadable(project, metrics.frame.schema)
    uses: dict[str, list[Failure | None]] = {}
    for name, card in project.scorecards.items():
        for leaf in leaves(tree(card)):
            uses.setdefault(leaf.metric, []).append(failures.get(name, {}).get(leaf.path))
    is_text = {name for name, dtype in metrics.frame.schema.items() if dtype == pl.String}
    lost = {name: told[0] for name, told in uses.items() if name in is_text and told[0] is not None and all(told)}
    if not lost:
        return metrics
    past = past_windows(project)
    columns = [*lost, *(past_column(name, k) for name in lost for k in range(1, past.get(name, 0) + 1))]
    findings = [
        Finding(id="metric-failed", level=Level.ERROR, where=f"metrics.{name}", message=why.cause, hint=why.hint)
        for name, why in lost.items()
    ]
    return attrs.evolve(
        metrics,
        frame=metrics.frame.with_columns(pl.lit(None, dtype=pl.Float64).alias(column) for column in columns),
        failed={**metrics.failed, **{name: why.cause for name, why in lost.items()}},
        findings=(*metrics.findings, *findings),
    )


@contextmanager
def misfits_told(project: Project, schema: pl.Schema) -> Iterator[None]:
    """Raise ConfigurationError for a DialectError raised inside, with all conditions that do not fit, each with its
    file and line; ``schema`` is that of the metrics table."""
    try:
        yield
    except DialectError as error:
        problems = []
        for found in mistakes(project, schema):
            mark = placed(project, found.where) or Mark("")
            problems.append(
                Problem(
                    file=mark.file,
                    line=mark.line,
                    column=mark.column,
                    path=found.where,
                    message=found.message,
                    hint=found.hint,
                )
            )
        if not problems:
            raise
        raise ConfigurationError(problems) from error
