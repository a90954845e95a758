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
    if project.outcomes is not None:
        return
    for path, node in nodes(project):
        if node.aggregator.learns:
            told = f"{node.aggregator.name} learns from outcomes, and the project names none"
            yield found("nothing-to-learn-from", f"{path}.aggregator", told)
