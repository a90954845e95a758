"""Training: what the models of a scorecard learn from customers whose outcome is known."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import attrs
import polars as pl

from scorewell.api.v1 import ExamplePart, Examples, Learned, TooLittleData
from scorewell.configuration.model import Project
from scorewell.scoring import plan
from scorewell.scoring.attribution import ComponentFailed, Failures, attributed, merged
from scorewell.scoring.cards import CARD
from scorewell.scoring.fitted import FittedProject
from scorewell.scoring.fitting import assigned
from scorewell.scoring.language import Language
from scorewell.scoring.tree import Leaf, Node, models

__all__ = ["Trained", "train"]


@attrs.frozen(kw_only=True)
class Trained:
    """What the models of one scorecard learned, by the path of their node.

    ``untrained`` says of those that had too little data what was missing. ``examples`` and ``happened`` count the
    customers that were learned from, and for how many of them the outcome happened.
    """

    learned: Mapping[str, Learned] = attrs.field(factory=dict)
    untrained: Mapping[str, str] = attrs.field(factory=dict)
    failures: Failures = attrs.field(factory=dict)
    examples: int = 0
    happened: int = 0


def train(fitted: FittedProject, name: str, metrics: pl.DataFrame, outcomes: pl.DataFrame) -> Trained:
    """Train every model of the scorecard ``name``.

    ``outcomes`` has ``customer_id`` and ``happened``. Examples are the customers of ``metrics`` whose segment and stage
    lead to the scorecard and whose outcome is known, active or not: who has left is an example too.
    """
    project = fitted.project
    language = Language(metrics.schema, project.timezone)
    compiled = fitted.compiled([name], {}, language)
    everybody = assigned(project, metrics.lazy(), {name: 0}, language, has_active=False, statistics=fitted.statistics)
    own = everybody.filter(pl.col(CARD) == 0)
    labelled = own.join(outcomes.lazy(), on="customer_id", how="inner").sort("customer_id")
    normalized = compiled.normalized(labelled).collect()
    learned: dict[str, Learned] = {}
    untrained: dict[str, str] = {}
    failures: list[Failures] = []
    for node in models(compiled.root):
        examples = _examples(project, node, compiled, normalized)
        try:
            with attributed(node.aggregator, [name], node.path):
                try:
                    learned[node.path] = _plain(node.aggregator.learn(examples))
                except TooLittleData as too_little:
                    untrained[node.path] = too_little.message
        except ComponentFailed as failure:
            failures.append(failure.failures)
    return Trained(
        learned=learned,
        untrained=untrained,
        failures=merged(*failures),
        examples=len(normalized),
        happened=int(normalized["happened"].sum()),
    )


def _examples(project: Project, node: Node, compiled: plan.Plan, normalized: pl.DataFrame) -> Examples:
    parts, values, scores = [], [], []
    for leaf in _metrics(node):
        part = compiled.parts[leaf.path]
        assert part.value is not None  # noqa: S101 - it is a metric; tells the type checker so
        is_text = normalized.schema[leaf.metric] == pl.String
        parts.append(
            ExamplePart(
                name=part.name,
                better=project.metrics[leaf.metric].better,
                kind="category" if is_text else "number",
            )
        )
        values.append(part.value.alias(part.name))
        scores.append(part.measured.cast(pl.Float64).alias(part.name))
    return Examples(
        parts=tuple(parts),
        customers=normalized["customer_id"],
        values=normalized.select(values),
        scores=normalized.select(scores),
        happened=normalized["happened"],
    )


def _metrics(node: Node) -> Iterator[Leaf]:
    for child in node.children:
        if isinstance(child, Leaf):
            yield child


def _plain(answer: object) -> Learned:
    """What was learned, as it will be read again; raises for what is no plain JSON data."""
    if not isinstance(answer, Mapping):
        raise TypeError(f"it learned {answer!r:.40}: expected a mapping of plain JSON data")
    plain: Learned = json.loads(json.dumps(dict(answer), allow_nan=False))
    return plain
