"""Scorecards that say how they learn from customers, and compare nobody."""

from __future__ import annotations

from collections.abc import Iterator

from scorewell.api.v1 import Finding
from scorewell.configuration.model import Project, Scorecard
from scorewell.lint.kinds import found

__all__ = ["unused_learning"]


def unused_learning(project: Project) -> Iterator[Finding]:
    """A ``refit`` or ``fit_on`` that changes no score. Models rest on neither: ``scorewell fit`` alone trains them."""
    for name, card in project.scorecards.items():
        for setting, is_used in _said(project, card).items():
            if not is_used:
                path = f"scorecards.{name}.{setting}"
                yield found("learns-nothing", path, f"{_why(project, card)}, and so {setting} changes nothing")


def _said(project: Project, card: Scorecard) -> dict[str, bool]:
    """The settings that ask for something else than their defaults, and whether anything in the scorecard heeds them.

    A pinned model is no contradiction: it stays as it is whatever a scorecard says.
    """
    from scorewell.scoring.fitting import compares, has_statistics  # noqa: PLC0415 - for scorecards that say so alone
    from scorewell.scoring.tree import has_models, leaves, tree  # noqa: PLC0415

    said = {}
    if card.refit != "every_run":
        said["refit"] = has_statistics(project, card) or (card.refit == "never" and has_models(card))
    if card.fit_on != "segment":
        said["fit_on"] = any(compares(leaf) for leaf in leaves(tree(card)))
    return said


def _why(project: Project, card: Scorecard) -> str:
    from scorewell.scoring import has_models, has_statistics  # noqa: PLC0415

    if has_statistics(project, card):
        return "what is relative to the segment is compared with nobody else"
    if has_models(card):
        return "only scorewell fit trains its model, and nothing else compares customers"
    return "nothing in it compares customers"
