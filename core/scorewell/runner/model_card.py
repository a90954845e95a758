"""Model cards: what a reader must know before trusting what a model says."""

from __future__ import annotations

from collections.abc import Iterator

from scorewell.api.v1 import Aggregator, Learned
from scorewell.configuration import Project
from scorewell.messages import why
from scorewell.scoring import StoredFit
from scorewell.scoring.tree import Leaf, Node, models, tree

__all__ = ["model_card"]


def model_card(project: Project, stored: StoredFit, chosen: int | None) -> str:
    """The card of all models of a scorecard, in Markdown; ``chosen`` is the length of the list of customers that the
    examples were limited to, None without one."""
    return "\n".join(_lines(project, stored, chosen)) + "\n"


def _lines(project: Project, stored: StoredFit, chosen: int | None) -> Iterator[str]:
    card = project.scorecards[stored.scorecard]
    yield f"# Model card: {card.label or stored.scorecard}"
    yield ""
    yield f"Scorecard `{stored.scorecard}` of {project.name}. Written by `scorewell fit`; do not edit."
    yield ""
    yield "| | |"
    yield "|---|---|"
    yield f"| as of | {stored.as_of} |"
    if project.outcomes is not None:
        yield f"| what is predicted | {_cell(f'`{project.outcomes.outcome}`')} in `{project.outcomes.source}` |"
    yield f"| examples | {_examples(stored)} |"
    if chosen is not None:
        yield f"| limited to | a list of {chosen:,} customers |"
    yield f"| versions | {', '.join(f'{name} {version}' for name, version in sorted(stored.versions.items()))} |"
    yield f"| checksum of the fit | `{stored.checksum}` |"
    for node in models(tree(card)):
        yield from _model(project, stored, node)
    yield ""
    yield "## What it does not say"
    yield ""
    yield (
        "The model finds what went together with the outcome among these examples. It names no causes, and it knows "
        "nothing of customers unlike them. Train it again when the product, the prices or the customers change."
    )


def _examples(stored: StoredFit) -> str:
    if not stored.examples:
        return "no customer of this scorecard whose outcome is known"
    share = stored.happened / stored.examples
    return f"{stored.examples:,} customers; it happened to {stored.happened:,} of them ({share:.1%})"


def _model(project: Project, stored: StoredFit, node: Node) -> Iterator[str]:
    yield ""
    yield f"## {node.path or 'The score'}: {node.aggregator.name}"
    yield ""
    yield _cell(f"`{node.aggregator!r}`")
    yield ""
    why = stored.untrained.get(node.path)
    if why is not None:
        yield f"Not trained, too little data: {why}. Its rules give the scores instead."
        yield ""
    yield "| metric | better | what it is |"
    yield "|---|---|---|"
    for child in node.children:
        if isinstance(child, Leaf):
            metric = project.metrics[child.metric]
            yield f"| `{child.metric}` | {metric.better} | {_cell(metric.description or metric.label or '')} |"
    learned = stored.learned.get(node.path)
    described = None if learned is None else _described(node.aggregator, learned)
    if described:
        yield ""
        yield described


def _described(aggregator: Aggregator, learned: Learned) -> str:
    try:
        return str(aggregator.describe(learned)).strip()
    except Exception as error:  # noqa: BLE001 - what was learned is good, whatever became of the words about it
        return f"It could not be described: {why(error)}"


def _cell(text: str) -> str:
    """Text that stays in its cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")
