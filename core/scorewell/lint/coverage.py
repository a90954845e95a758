"""Minimum coverage that nobody of a segment can reach, because tables cover none of its customers."""

from __future__ import annotations

from collections.abc import Iterator

from scorewell.api.v1 import Finding
from scorewell.configuration.model import Dimension, Project, Scorecard
from scorewell.configuration.scores import scores_of
from scorewell.lint.conditions import Choice, both, regions
from scorewell.lint.kinds import found
from scorewell.lint.segments import taken
from scorewell.lint.walking import leaves

__all__ = ["unreachable_coverage"]


def unreachable_coverage(project: Project) -> Iterator[Finding]:
    """Of each segment's scorecards and their dimensions; what a condition may take out of the weights counts as had."""
    for score in scores_of(project).values():
        for segment, settings in score.segments.items():
            named = settings.scorecard
            cards = [named] if isinstance(named, str) else dict.fromkeys(named.values())
            for card in cards:
                path = f"scorecards.{card}"
                yield from _node(project, project.scorecards[card], path, segment, taken(settings.when))


def _node(
    project: Project, node: Scorecard | Dimension, path: str, segment: str, customers: Choice
) -> Iterator[Finding]:
    never = [
        leaf
        for leaf in leaves(node, path)
        if not leaf.may_not_apply and leaf.share and not _may_be_covered(project, leaf.metric, customers)
    ]
    most = 1.0 - sum(leaf.share for leaf in never)
    if never and node.minimum_coverage is not None and most < node.minimum_coverage - 1e-9:
        metrics = ", ".join(leaf.metric for leaf in never)
        message = (
            f"no customer of the segment {segment} has data for more than {most:.0%} of the weight: {metrics} "
            f"{'is' if len(never) == 1 else 'are'} not covered, and {node.minimum_coverage:.0%} is needed"
        )
        yield found("coverage-out-of-reach", f"{path}.minimum_coverage", message)
        return
    for name, dimension in node.dimensions.items():
        yield from _node(project, dimension, f"{path}.dimensions.{name}", segment, customers)


def _may_be_covered(project: Project, metric: str, customers: Choice) -> bool:
    source = project.metrics[metric].source
    covers = None if source is None else project.table(source)[2].covers
    return covers is None or bool(both(customers, regions(covers)))
