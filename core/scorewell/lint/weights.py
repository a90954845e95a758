"""Weights that mislead: nothing, next to nothing, or a judgement that outweighs the facts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scorewell.api.v1 import Finding
from scorewell.configuration.model import Project
from scorewell.lint.kinds import found
from scorewell.lint.walking import Leaf, leaves, nodes
from scorewell.messages import listed

__all__ = ["misleading_weights"]

_LEAST = 0.01
_MOST_OF_A_PULSE = 0.2
_PULSE = re.compile(r"(^|[_.])pulses?([_.]|$)", re.IGNORECASE)


def misleading_weights(project: Project) -> Iterator[Finding]:
    """Of each scorecard. What a weight comes to is only known of averages: points, say, may not look at it at all."""
    for path, node in nodes(project):
        if not node.aggregator.is_average:
            continue
        for kind, parts in (("metrics", node.metrics), ("dimensions", node.dimensions)):
            for name, part in parts.items():
                if part.weight == 0:
                    yield found("zero-weight", f"{path}.{kind}.{name}.weight", f"{name} weighs 0 and moves no score")
    for name, card in project.scorecards.items():
        counted = [leaf for leaf in leaves(card, f"scorecards.{name}") if _is_share(leaf) and leaf.share > 0]
        yield from _light(counted)
        pulses = [leaf for leaf in counted if is_pulse(project, leaf.metric)]
        share = sum(leaf.share for leaf in pulses)
        if share > _MOST_OF_A_PULSE + 1e-9:
            told = f"{' and '.join(leaf.metric for leaf in pulses)} is {share:.0%} of the score"
            yield found("heavy-pulse", pulses[0].path, told)


def _light(counted: list[Leaf]) -> Iterator[Finding]:
    """Metrics of less than a point; several of one dimension are one finding."""
    groups: dict[str, list[Leaf]] = {}
    for leaf in counted:
        # A hair below a point is a point: 1 of 100 equal weights.
        if leaf.share < _LEAST - 1e-9:
            groups.setdefault(leaf.path.rpartition(".")[0], []).append(leaf)
    for path, group in groups.items():
        names = [leaf.metric for leaf in group]
        most = f"{max(leaf.share for leaf in group) * 100:.2g} of 100 points at most"
        if len(group) == 1:
            yield found("light-metric", group[0].path, f"{names[0]} can move the score by {most}")
        else:
            told = f"{len(group)} metrics can each move the score by {most}: {listed(names, 3)}"
            yield found("light-metric", path, told)


def is_pulse(project: Project, metric: str) -> bool:
    """Whether the metric is of the table of pulses, or its name, or its table's, has the word in it."""
    source = project.metrics[metric].source or ""
    is_of_pulses = project.pulse is not None and source == project.pulse.source
    return is_of_pulses or any(_PULSE.search(name) is not None for name in (metric, source))


def _is_share(leaf: Leaf) -> bool:
    return all(aggregator.is_average for aggregator in leaf.above)
