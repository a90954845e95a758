"""One customer's scorecard as a tree with the values in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import attrs
import polars as pl

from scorewell.api.v1 import Condition, Learned, Normalizer
from scorewell.configuration import Dimension, Project, RollUp, Scorecard, thresholds_of
from scorewell.configuration.scales import filled_in, of_hundred
from scorewell.dialect import condition
from scorewell.runner.bounds import agreed
from scorewell.runner.children import ChildScore
from scorewell.runner.effective_weights import Child, effective_weights
from scorewell.scoring import FEWEST_VALUES, Failure, FittedProject
from scorewell.scoring.tree import ROLLED_UP, Leaf, tree
from scorewell.scoring.tree import Node as Branch

__all__ = ["Node", "explained", "leaves"]

_DUST = 1e-9


@attrs.frozen(kw_only=True)
class Node:
    """A part of the score: the score itself (path ""), a dimension, a metric, or a child that is rolled up.

    ``value`` is a metric's, in ``unit``. ``normalized`` is 0–100 whatever the scorecard's scale, null without data.
    ``weight`` is the configured one; ``share`` is what it came to in the whole score, 0–1, after parts without data
    left and the aggregators chose, null where that is nothing. ``contribution`` is in the scorecard's scale, a
    dimension's is the sum of its parts' and ``own``, what its aggregator itself added. ``remark`` says what is special
    in words: no data and what was done about it, not applicable, failed. ``because`` is what the configuration says of
    why: of the weight, then of the thresholds; ``owner`` is who decides about them.
    """

    path: str
    label: str
    kind: Literal["score", "dimension", "metric", "child"]
    value: float | str | None = None
    unit: str | None = None
    normalized: float | None
    weight: float
    share: float | None
    contribution: float
    own: float = 0.0
    remark: str | None = None
    because: tuple[str, ...] = ()
    owner: str | None = None
    parts: tuple[Node, ...] = ()


def explained(
    fitted: FittedProject,
    scorecard: str,
    row: pl.DataFrame,
    scores: Mapping[str, Any],
    *,
    failed: Mapping[str, str],
    children: Mapping[str, Sequence[ChildScore]] | None = None,
    as_known_today: Mapping[str, str] | None = None,
) -> Node:
    """The tree of the customer in ``row`` (one row of the metrics), whose row of the scores frame is ``scores``.

    ``fitted`` is what scored; ``failed`` are the metrics whose source or component failed; ``children`` are those that
    are rolled up, by path; ``as_known_today`` are the metrics that are not what they were then, with their table.
    """
    whole = _Tree(
        project=fitted.project,
        name=scorecard,
        card=fitted.scorecards[scorecard],
        row=row,
        scores=scores,
        failed=failed,
        broken=fitted.failures.get(scorecard, {}),
        learned=fitted.learned.get(scorecard, {}),
        fallbacks=fitted.fallbacks(scorecard),
        children=children or {},
        as_known_today=as_known_today or {},
    )
    return whole.branch(tree(whole.card), share=1.0, applies=True)


def leaves(node: Node) -> Iterator[Node]:
    """The metrics below a node, in their configured order."""
    if node.kind == "metric":
        yield node
    for part in node.parts:
        yield from leaves(part)


@attrs.frozen
class _Tree:
    project: Project
    name: str
    card: Scorecard
    row: pl.DataFrame
    scores: Mapping[str, Any]
    failed: Mapping[str, str]
    broken: Mapping[str, Failure]
    learned: Mapping[str, Learned]
    fallbacks: Mapping[str, Normalizer]
    children: Mapping[str, Sequence[ChildScore]]
    as_known_today: Mapping[str, str]

    def branch(self, branch: Branch, *, share: float | None, applies: bool) -> Node:
        applies = applies and self._holds(branch.when)
        if branch.roll_up is not None:
            return self._rolled_up(branch, branch.roll_up, share=share, applies=applies)
        shown = {child.path: self._child(child, applies=applies) for child in branch.children}
        known = [shown[child.path] for child in branch.children]
        within: list[float | None] = [None] * len(known)
        # What a model makes of a part is points of its own, not a share of the part's.
        if branch.path not in self.broken and branch.path not in self.learned:
            reference = self.card.aggregator.baseline(self.card.scale, self.learned.get(""))
            within = effective_weights(branch.aggregator, known, scale=self.card.scale, reference=reference)
        parts = []
        for child, part in zip(branch.children, within, strict=True):
            below = None if share is None or part is None else share * part
            if isinstance(child, Leaf):
                parts.append(self._leaf(child, share=below, applies=applies))
            else:
                parts.append(self.branch(child, share=below, applies=applies))
        own = float(self.scores.get(_own(branch.path)) or 0.0)
        return Node(
            path=branch.path,
            label=self._label(branch),
            kind="dimension" if branch.path else "score",
            normalized=self._normalized(branch),
            weight=branch.weight,
            share=share,
            contribution=sum(part.contribution for part in parts) + own,
            own=own,
            remark=self._remark(branch, parts, applies=applies),
            because=_said(self._part(branch).because),
            owner=self._part(branch).owner,
            parts=tuple(parts),
        )

    def _rolled_up(self, branch: Branch, roll_up: RollUp, *, share: float | None, applies: bool) -> Node:
        """A node whose parts are the customer's children; its own points are what the worst of them holds down."""
        contribution = float(self.scores.get(f"contribution.{branch.path}") or 0.0)
        normalized = self._normalized(branch)
        children = self.children.get(branch.path, ())
        counted = [child for child in children if child.normalized is not None and child.weight > 0]
        whole = sum(child.weight for child in counted)
        reference = self.card.aggregator.baseline(self.card.scale, self.learned.get(""))
        factor = 0.0 if normalized in (None, reference) else contribution / (normalized - reference)
        parts = []
        for child in children:
            part = child.weight / whole if child in counted and normalized is not None else None
            points = 0.0 if part is None or child.normalized is None else factor * part * (child.normalized - reference)
            parts.append(
                Node(
                    path=branch.path,
                    label=child.name or child.customer_id,
                    kind="child",
                    normalized=child.normalized,
                    weight=child.weight,
                    share=None if share is None or part is None else share * part,
                    contribution=points,
                    remark=_of_child(child, roll_up),
                )
            )
        own = contribution - sum(part.contribution for part in parts)
        return Node(
            path=branch.path,
            label=self._label(branch),
            kind="dimension",
            normalized=normalized,
            weight=branch.weight,
            share=share,
            contribution=contribution,
            own=own if abs(own) > _DUST else 0.0,
            remark=_of_children(roll_up, children, own, applies=applies),
            because=_said(self._part(branch).because),
            owner=self._part(branch).owner,
            parts=tuple(parts),
        )

    def _leaf(self, leaf: Leaf, *, share: float | None, applies: bool) -> Node:
        metric = self.project.metrics[leaf.metric]
        child = self._child(leaf, applies=applies)
        thresholds = thresholds_of(self.project, self.name, leaf.path)
        owners = (leaf.settings.owner, *(said.owner for said in thresholds))
        return Node(
            path=leaf.path,
            label=(metric.label or _spoken(leaf.metric)) + (" (beyond the segment's)" if metric.relative_to else ""),
            kind="metric",
            value=self.row.item(0, leaf.metric),
            unit=metric.unit,
            normalized=child.score,
            weight=leaf.settings.weight,
            share=share,
            contribution=float(self.scores.get(f"contribution.{leaf.path}") or 0.0),
            remark=self._why_special(leaf, child, applies=applies and self._holds(leaf.settings.when)),
            because=_said(leaf.settings.because, *(said.because for said in thresholds)),
            owner=next((owner for owner in owners if owner is not None), None),
        )

    def _child(self, part: Branch | Leaf, *, applies: bool) -> Child:
        """What a part brings into its node."""
        if isinstance(part, Branch):
            score = self._normalized(part)
            if part.roll_up is not None:
                return Child(name=part.path.rpartition(".")[2], weight=part.weight, score=score, measured=score)
            measured = score if any(self._measured(leaf) is not None for leaf in _below(part)) else None
            return Child(name=part.path.rpartition(".")[2], weight=part.weight, score=score, measured=measured)
        measured = self._measured(part)
        score = measured
        if measured is None and self._may_be_filled(part, applies=applies):
            score = filled_in(part.settings.missing, self.card.scale)
        return Child(name=part.metric, weight=part.settings.weight, score=score, measured=measured)

    def _may_be_filled(self, leaf: Leaf, *, applies: bool) -> bool:
        # A value that is present and has no normalized form is not applicable, not missing.
        if leaf.path in self.broken:
            return False
        return applies and self._holds(leaf.settings.when) and self.row.item(0, leaf.metric) is None

    def _measured(self, leaf: Leaf) -> float | None:
        return self._of_hundred(self.scores.get(f"normalized.{leaf.path}"))

    def _normalized(self, branch: Branch) -> float | None:
        if branch.path:
            return self._of_hundred(self.scores.get(f"dimension.{branch.path}"))
        paths = [leaf.path for leaf in _below(branch)]
        paths += [each.path for each in _branches(branch) if each.roll_up is not None]
        points = [self.scores.get(f"contribution.{path}") for path in paths]
        owns = [self.scores.get(_own(each.path)) for each in _branches(branch)]
        told = [float(each) for each in (*points, *owns) if each is not None]
        # Before adjustments and rounding: the baseline and what the tree took from it.
        if not told or self.scores["baseline"] is None:
            return None
        return self._of_hundred(self.scores["baseline"] + sum(told))

    def _of_hundred(self, score: float | None) -> float | None:
        return None if score is None else of_hundred(score, self.card.scale)

    def _holds(self, rule: Condition | None) -> bool:
        return rule is None or self.row.select(condition(rule).fill_null(value=False)).item() is True

    def _why_special(self, leaf: Leaf, child: Child, *, applies: bool) -> str | None:
        if not applies:
            return "not applicable: its condition does not hold"
        if child.measured is not None:
            return self._scored_by(leaf)
        if leaf.metric in self.failed:
            return f"failed: {self.failed[leaf.metric]}"
        if leaf.path in self.broken:
            return self.broken[leaf.path].why
        if self.row.item(0, leaf.metric) is not None:
            return self._no_answer(leaf)
        policy = {"ignore": "left out, its weight goes to the others", "fail": "without it there is no score"}
        done = policy.get(str(leaf.settings.missing)) or f"counted as {child.score:g} of 100"
        return f"no data: {done}"

    def _scored_by(self, leaf: Leaf) -> str | None:
        """What is special in how a value was scored: by a fallback, against what was agreed with the customer."""
        told = []
        fallback = self.fallbacks.get(leaf.path)
        if fallback is not None:
            few = f"fewer than {FEWEST_VALUES} values to compare with"
            told.append(f"{few}: scored by its fallback, {fallback.name}")
        known = [f"{bound} = {value:g}" for bound, value in self._agreed(leaf).items() if value is not None]
        if known:
            told.append(f"measured against {', '.join(known)}")
        if leaf.metric in self.as_known_today:
            told.append(f"as known today: {self.as_known_today[leaf.metric]} has no past values")
        return "; ".join(told) or None

    def _agreed(self, leaf: Leaf) -> dict[str, float | None]:
        normalizer = self.fallbacks.get(leaf.path, leaf.settings.normalizer)
        return agreed(self.project, self.card, leaf.metric, normalizer, self.row)

    def _no_answer(self, leaf: Leaf) -> str:
        empty = [bound for bound, value in self._agreed(leaf).items() if value is None]
        if empty:
            return f"not applicable: {', '.join(empty)} is empty"
        return "not applicable: its normalizer has no answer for this value"

    def _remark(self, branch: Branch, parts: list[Node], *, applies: bool) -> str | None:
        if not applies:
            return "not applicable: its condition does not hold"
        if branch.path in self.broken:
            return self.broken[branch.path].why
        if branch.path and self._normalized(branch) is None:
            if parts and any(part.normalized is not None for part in parts):
                return "too little data: below its minimum coverage"
            return "no data"
        return None

    def _label(self, branch: Branch) -> str:
        if not branch.path:
            return self.card.label or _spoken(self.name)
        if branch.path == ROLLED_UP and self.card.roll_up is not None:
            return "children"
        return self._part(branch).label or _spoken(branch.path.rpartition(".")[2])

    def _part(self, branch: Branch) -> Scorecard | Dimension:
        part: Scorecard | Dimension = self.card
        if self.card.roll_up is not None:
            return part
        for name in branch.path.split(".") if branch.path else ():
            part = part.dimensions[name]
        return part


def _of_child(child: ChildScore, roll_up: RollUp) -> str | None:
    if child.weight <= 0:
        return f"left out: its {_spoken(roll_up.by)} is empty, 0 or less"
    return f"no score: {_spoken(child.status)}" if child.normalized is None else None


def _of_children(roll_up: RollUp, children: Sequence[ChildScore], own: float, *, applies: bool) -> str | None:
    if not applies:
        return "not applicable: its condition does not hold"
    if not children:
        return "not applicable: it has no children"
    counted = [child for child in children if child.normalized is not None and child.weight > 0]
    if not counted:
        return "no data: no child counts"
    told = f"{len(counted)} of {len(children)} children, by {_spoken(roll_up.by)}"
    if own < -_DUST:
        worst = min(counted, key=lambda child: child.normalized or 0.0)
        told += f"; held in the band of the worst, {worst.name or worst.customer_id}"
    return told


def _said(*reasons: str | None) -> tuple[str, ...]:
    return tuple(reason for reason in reasons if reason is not None)


def _own(path: str) -> str:
    return f"contribution.own.{path}" if path else "contribution.own"


def _below(branch: Branch) -> Iterator[Leaf]:
    for child in branch.children:
        if isinstance(child, Leaf):
            yield child
        else:
            yield from _below(child)


def _branches(branch: Branch) -> Iterator[Branch]:
    yield branch
    for child in branch.children:
        if isinstance(child, Branch):
            yield from _branches(child)


def _spoken(name: str) -> str:
    return name.replace("_", " ")
