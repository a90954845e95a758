"""A fit for a project with parts left out: what a reader may see scores with what was learned for the whole."""

from __future__ import annotations

import attrs

from scorewell.api.v1 import Learned
from scorewell.configuration.model import Project, Scorecard
from scorewell.scoring.fitted import FittedProject
from scorewell.scoring.tree import leaves, models, nodes, tree

__all__ = ["seen_as"]


def seen_as(fitted: FittedProject, project: Project) -> FittedProject:
    """The fit of ``project``, which is the fitted one with metrics, dimensions or scorecards left out.

    A model that lost a metric has learned nothing, and the rules that it is configured with score.
    """
    return attrs.evolve(
        fitted,
        project=project,
        learned={name: _learned(fitted, name, card) for name, card in project.scorecards.items()},
        failures={
            name: {path: failure for path, failure in failures.items() if path in _paths(project.scorecards[name])}
            for name, failures in fitted.failures.items()
            if name in project.scorecards
        },
    )


def _learned(fitted: FittedProject, name: str, card: Scorecard) -> dict[str, Learned]:
    whole = {node.path: node for node in nodes(tree(fitted.project.scorecards[name]))}
    known = fitted.learned.get(name, {})
    return {
        node.path: known[node.path]
        for node in models(tree(card))
        if node.path in known and len(node.children) == len(whole[node.path].children)
    }


def _paths(card: Scorecard) -> set[str]:
    root = tree(card)
    return {node.path for node in nodes(root)} | {leaf.path for leaf in leaves(root)}
