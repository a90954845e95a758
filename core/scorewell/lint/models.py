"""Models that nothing can train: aggregators that learn from outcomes in a project that names none."""

from __future__ import annotations

from collections.abc import Iterator

from scorewell.api.v1 import Finding
from scorewell.configuration.model import Project
from scorewell.lint.kinds import found
from scorewell.lint.walking import nodes

__all__ = ["models_without_outcomes"]


def models_without_outcomes(project: Project) -> Iterator[Finding]:
    """Until a project says what became of its customers, the rules beside each model give the scores."""
    outcomes = project.outcomes
    if outcomes is not None and not _is_dated(project, outcomes.source):
        return
    for path, node in nodes(project):
        if node.aggregator.learns:
            why = (
                f"{outcomes.source} has a time, and models cannot learn from dated outcomes"
                if outcomes
                else "the project names none"
            )
            told = f"{node.aggregator.name} learns from outcomes, but {why}"
            yield found("nothing-to-learn-from", f"{path}.aggregator", told)


def _is_dated(project: Project, table: str) -> bool:
    return table in project.tables and project.table(table)[2].time is not None
