"""Compiling scorecards of one shape to their plan.

One ``with_columns`` a layer, parts being column references: expressions nested eight deep take a second to plan.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

import attrs
import polars as pl

from scorewell.api.v1 import Combination, Condition, Learned, Normalizer, Part
from scorewell.configuration.model import Project, Scorecard, ScoredMetric
from scorewell.configuration.scales import filled_in
from scorewell.scoring.attribution import ComponentFailed, a_baseline, a_combination, an_expression, attributed
from scorewell.scoring.cards import CARD, Cards, Weights
from scorewell.scoring.columns import FAILED, children, children_coverage, coverage, measured, normalized, raw, score
from scorewell.scoring.contributions import contribution_layers
from scorewell.scoring.documents import CardStatistics
from scorewell.scoring.inputs import FrozenStatistics, MetricInputs, NodeParts, in_scale_name
from scorewell.scoring.language import Language
from scorewell.scoring.plan import Answer, Layer, Plan
from scorewell.scoring.tree import Leaf, Node, leaves, nodes, tree

__all__ = ["compile_plan"]

TOP = 100.0


@attrs.frozen
class _Height:
    """The layers of all nodes of one height, which the plan has one after the other, and their combinations."""

    totals: Layer = attrs.field(factory=dict)
    scores: Layer = attrs.field(factory=dict)
    masked: Layer = attrs.field(factory=dict)
    after: Layer = attrs.field(factory=dict)
    combined: list[tuple[Node, Combination, NodeParts]] = attrs.field(factory=list)


@attrs.define
class _Compiler:
    """Collects layers while it walks the trees of all scorecards at once."""

    project: Project
    cards: Cards
    scorecards: Sequence[Scorecard]
    statistics: Sequence[CardStatistics]
    forced: Mapping[str, float]
    language: Language
    failed: Collection[str]
    learned: Mapping[str, Learned]
    layers: list[Layer] = attrs.field(factory=list)
    part: dict[str, Part] = attrs.field(factory=dict)
    applicable: dict[str, pl.Expr] = attrs.field(factory=dict)  # absent: everywhere
    filled: set[str] = attrs.field(factory=set)
    conditional: set[str] = attrs.field(factory=set)
    for_everybody: set[str] = attrs.field(factory=set)
    combinations: dict[str, Combination] = attrs.field(factory=dict)
    answers: list[Answer] = attrs.field(factory=list)
    weights: Weights = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.weights = Weights(self.cards)

    def compile(self) -> Plan:
        trees = [tree(card) for card in self.scorecards]
        root = trees[0]
        self._leaves([list(leaves(each)) for each in trees])
        normalizing = len(self.layers)
        by_path = [{node.path: node for node in nodes(each)} for each in trees]
        fails = [leaf for leaf in leaves(root) if leaf.settings.missing == "fail"]
        if fails:
            missing = [self._is_asked(leaf, by_path) & pl.col(normalized(leaf.path)).is_null() for leaf in fails]
            self.layers.append({FAILED: pl.any_horizontal(missing)})
        for height in range(1, root.height + 1):
            self._nodes([[each[node.path] for each in by_path] for node in nodes(root) if node.height == height])
        points, own_points = contribution_layers(root, self.combinations, self.part, self.conditional, self.reference)
        self.layers += points
        # All at once, before the first that needs one.
        self.layers[0] |= self.weights.columns
        return Plan(
            cards=self.cards,
            layers=tuple(self.layers),
            root=root,
            baseline=self.reference,
            own=own_points,
            fails=bool(fails),
            for_everybody=frozenset(self.for_everybody),
            answers=tuple(self.answers),
            parts=self.part,
            normalizing=normalizing,
        )

    @property
    def scale(self) -> tuple[float, float]:
        return self.scorecards[0].scale

    @cached_property
    def reference(self) -> float:
        """The root aggregator's baseline: from where all contributions count."""
        aggregator = self.scorecards[0].aggregator
        if "" in self.failed:
            return TOP
        with attributed(aggregator, self.cards.names, ""):
            return a_baseline(aggregator.baseline(self.scale, self.learned.get("")))

    # -- leaves ----------------------------------------------------------------------------------------------------

    def _leaves(self, variants: list[list[Leaf]]) -> None:
        values: Layer = {}
        looked_at: Layer = {}
        filled: Layer = {}
        for position, leaf in enumerate(variants[0]):
            settings = [each[position].settings for each in variants]
            whens = [each.when for each in settings]
            value = pl.col(leaf.metric)
            shown = value
            weight = self.weights.of([each.weight for each in settings])
            expression = self._normalize(leaf, settings, value)
            # Without an answer there is nothing to look at.
            has_failed = leaf.path in self.failed
            is_total = has_failed or leaf.path in self.forced or self._is_total(leaf, settings)
            name = normalized(leaf.path)
            if is_total and not any(whens):
                values[name] = expression
            else:
                values[raw(leaf.path)] = expression
                answer = pl.col(raw(leaf.path))
                applies = pl.lit(value=True) if is_total else ~(value.is_not_null() & answer.is_null())
                if any(whens):
                    holds = self._holds(whens)
                    applies = holds & applies
                    # Where a metric is out of the weights, a model may not see it either.
                    looked_at[f"@value.{leaf.path}"] = pl.when(holds).then(value)
                    shown = pl.col(f"@value.{leaf.path}")
                applicable = f"@applicable.{leaf.path}"
                looked_at[applicable] = applies
                looked_at[name] = pl.when(applies & (is_total | answer.is_between(0, 100))).then(answer)
                self.applicable[leaf.path] = pl.col(applicable)
            score_column = pl.col(name)
            # What a broken component leaves open is not the user's missing data: nothing may pretend to know it.
            fill = None if has_failed else filled_in(leaf.settings.missing, self.scale)
            if fill is not None:
                applies = self.applicable.get(leaf.path, pl.lit(value=True))
                filled[score(leaf.path)] = pl.when(applies & pl.col(name).is_null()).then(fill).otherwise(pl.col(name))
                score_column = pl.col(score(leaf.path))
                self.filled.add(leaf.path)
            self.part[leaf.path] = Part(
                name=leaf.metric, score=score_column, measured=pl.col(name), weight=weight, value=shown
            )
        self.layers += [values, looked_at, filled]

    def _normalize(self, leaf: Leaf, settings: Sequence[ScoredMetric], value: pl.Expr) -> pl.Expr:
        if leaf.path in self.failed:
            return pl.lit(None, dtype=pl.Float64)
        forced = self.forced.get(leaf.path)
        if forced is not None:
            return pl.lit(forced)
        distinct: dict[str, list[int]] = {}
        for position, each in enumerate(settings):
            distinct.setdefault(repr(each.normalizer), []).append(position)
        answers: list[pl.Expr] = [pl.lit(None)] * len(settings)
        for positions in distinct.values():
            normalizer = settings[positions[0]].normalizer
            try:
                answer = self._answer(normalizer, leaf, positions, value)
            except ComponentFailed:
                for position in positions:  # it may be the statistics of one scorecard that it cannot read
                    self._answer(normalizer, leaf, [position], value)
                raise
            self.answers.append(Answer(normalizer, leaf.path, 0, (answer,)))
            for position in positions:
                answers[position] = answer
        return self.cards.choose(answers)

    def _answer(self, normalizer: Normalizer, leaf: Leaf, positions: Sequence[int], value: pl.Expr) -> pl.Expr:
        inputs = MetricInputs(leaf.metric, self.project.metrics[leaf.metric].better, self.scale, self.language)
        learned = [each.get(leaf.path, {}) for each in self.statistics]
        # Statistics of scorecards with another normalizer at this place are not this one's to read.
        shared = [
            learned[position] if position in positions else learned[positions[0]] for position in range(len(learned))
        ]
        with attributed(normalizer, [self.cards.names[position] for position in positions], leaf.path):
            return an_expression(normalizer.normalize(value, inputs, FrozenStatistics(self.cards, shared)))

    def _is_total(self, leaf: Leaf, settings: Sequence[ScoredMetric]) -> bool:
        totals = []
        for name, each in zip(self.cards.names, settings, strict=True):
            with attributed(each.normalizer, [name], leaf.path):
                totals.append(each.normalizer.is_total(self.scale))
        return all(totals)

    def _is_asked(self, leaf: Leaf, by_path: Sequence[Mapping[str, Node]]) -> pl.Expr:
        """Where the leaf applies, and so do all dimensions that it is in."""
        asked = self.applicable.get(leaf.path, pl.lit(value=True))
        above = leaf.path
        while above:
            above = above.rpartition(".")[0]
            asked = asked & self._holds([each[above].when for each in by_path])
        return asked

    def _holds(self, whens: Sequence[Condition | None]) -> pl.Expr:
        """Where the condition of the customer's scorecard holds; one that is null does not."""
        if not any(whens):
            return pl.lit(value=True)
        return self.cards.choose([self.language.holds(when) for when in whens]).fill_null(value=False)

    # -- nodes, bottom up ------------------------------------------------------------------------------------------

    def _nodes(self, group: list[list[Node]]) -> None:
        """All nodes of one height, each as the list of its variants, one a scorecard."""
        height = _Height()
        for variants in group:
            if variants[0].roll_up is not None:
                self._rolled_up(variants, height.scores, height.masked)
            else:
                self._combined(variants, height)
        own_layers = _stacked([parts.layers for _, _, parts in height.combined])
        for node, combination, parts in height.combined:
            self._remember(node, combination, parts, len(own_layers))
        self.layers += [height.totals, *own_layers, height.scores, height.masked, height.after]

    def _combined(self, variants: list[Node], height: _Height) -> None:
        """The score and the coverage of a node, and what it is as a part of its parent."""
        node = variants[0]
        parts = [self.part[child.path] for child in node.children]
        total = pl.col(f"@total.{node.path}")
        height.totals[f"@total.{node.path}"] = pl.sum_horizontal(
            [pl.when(part.score.is_not_null()).then(part.weight).otherwise(0.0) for part in parts]
        )
        if self.scale != (0.0, 100.0):
            height.totals.update({in_scale_name(part.measured): self._in_scale(part.measured) for part in parts})
        seen = NodeParts(tuple(parts), total, self.scale, self.learned.get(node.path), node.path)
        combination = self._combine(node, seen)
        height.combined.append((node, combination, seen))
        self.combinations[node.path] = combination
        height.scores[score(node.path)] = combination.score
        covered = self._coverage(variants, parts, total)
        # Where it applies, a node that failed is missing data of its parent.
        height.scores[coverage(node.path)] = covered * 0.0 if node.path in self.failed else covered
        if not self._always_applies(variants):
            self.applicable[node.path] = pl.col(coverage(node.path)).is_not_null()
        if len({tuple(_weight(child) for child in each.children) for each in variants}) == 1:
            self.for_everybody.add(node.path)
        if conditions := self._conditions(variants):
            self.conditional.add(node.path)
            height.masked[score(node.path)] = pl.when(pl.all_horizontal(conditions)).then(pl.col(score(node.path)))
        self._as_part(variants, height)

    def _as_part(self, variants: list[Node], height: _Height) -> None:
        """The node as its parent's aggregator is given it: what is filled in below it alone is not measured."""
        node = variants[0]
        measured_score = pl.col(score(node.path))
        if any(leaf.path in self.filled for leaf in leaves(node)):
            self.filled.add(node.path)
            is_measured = pl.col(coverage(node.path)) > 0
            height.after[measured(node.path)] = pl.when(is_measured).then(pl.col(score(node.path)))
            measured_score = pl.col(measured(node.path))
        if node.path:
            self.part[node.path] = Part(
                name=node.path.rpartition(".")[2],
                score=pl.col(score(node.path)),
                measured=measured_score,
                weight=self.weights.of([each.weight for each in variants]),
            )

    def _rolled_up(self, variants: list[Node], scores: Layer, masked: Layer) -> None:
        """A node whose score stands in the frame already: what the customer's children come to."""
        node = variants[0]
        forced = self.forced.get(node.path)
        scores[score(node.path)] = pl.col(children(node.path)) if forced is None else pl.lit(forced)
        covered = pl.col(children_coverage(node.path))
        if any(each.when for each in variants):
            holds = self._holds([each.when for each in variants])
            covered = pl.when(holds).then(covered)
        scores[coverage(node.path)] = covered
        self.applicable[node.path] = pl.col(coverage(node.path)).is_not_null()
        self.conditional.add(node.path)
        masked[score(node.path)] = pl.when(pl.all_horizontal(self._conditions(variants))).then(pl.col(score(node.path)))
        self.part[node.path] = Part(
            name=node.path.rpartition(".")[2],
            score=pl.col(score(node.path)),
            measured=pl.col(score(node.path)),
            weight=self.weights.of([each.weight for each in variants]),
        )

    def _combine(self, node: Node, parts: NodeParts) -> Combination:
        if node.path in self.failed:
            nothing = pl.lit(None, dtype=pl.Float64)
            return Combination(score=nothing, weights=(nothing,) * len(parts), scale=nothing)
        with attributed(node.aggregator, self.cards.names, node.path):
            answer = node.aggregator.combine(parts, self.reference)
            return a_combination(answer, len(parts))

    def _remember(self, node: Node, combination: Combination, parts: NodeParts, own_layers: int) -> None:
        """Note what the node's aggregator answered: it sees the totals, which become the next layer, and its own."""
        if node.path in self.failed:
            return
        start = len(self.layers) + 1
        for depth, (_, expression) in enumerate(parts.layers):
            self.answers.append(Answer(node.aggregator, node.path, start + depth, (expression,), is_numeric=False))
        optional = [each for each in (combination.scale, combination.own) if each is not None]
        expressions = (combination.score, *combination.weights, *(combination.offsets or ()), *optional)
        self.answers.append(Answer(node.aggregator, node.path, start + own_layers, expressions))

    def _conditions(self, variants: list[Node]) -> list[pl.Expr]:
        """What must hold for the node to have a score, beyond that its aggregator gives one."""
        node = variants[0]
        conditions = []
        limits = [each.minimum_coverage or 0.0 for each in variants]
        if any(limits):
            # A share computed from floats may miss its bound by the last digit: 0.6 of 0.6 is enough.
            conditions.append(pl.col(coverage(node.path)) >= self.cards.number([limit - 1e-9 for limit in limits]))
        if node.path in self.applicable:
            conditions.append(self.applicable[node.path])
        if not node.path:
            # Where all scorecards agree, weights are literals: nothing else says that this is nobody's scorecard.
            conditions.append(pl.col(CARD).is_not_null())
            if any(leaf.settings.missing == "fail" for leaf in leaves(node)):
                conditions.append(~pl.col(FAILED))
        return conditions

    def _in_scale(self, measured_score: pl.Expr) -> pl.Expr:
        low, high = self.scale
        # Nine decimals: a rule 'support < 4' must not miss by the last digit of a conversion.
        return (measured_score * ((high - low) / 100.0) + low).round(9)

    def _always_applies(self, variants: list[Node]) -> bool:
        """Whether in every scorecard the node has no condition and a part with a weight that always applies."""
        return not any(each.when for each in variants) and all(
            any(_weight(child) > 0 and child.path not in self.applicable for child in each.children)
            for each in variants
        )

    def _coverage(self, variants: list[Node], parts: Sequence[Part], total: pl.Expr) -> pl.Expr:
        """Σ wᵢ·coverageᵢ / Σ wᵢ over the parts that apply; null where none with a weight does, or the node does not."""
        share = self._share(variants, parts, total)
        if any(each.when for each in variants):
            applies = self._holds([each.when for each in variants])
            return pl.when(applies).then(share)
        return share

    def _share(self, variants: list[Node], parts: Sequence[Part], total: pl.Expr) -> pl.Expr:
        node = variants[0]
        only_leaves = not any(isinstance(child, Node) for child in node.children)
        if only_leaves and not any(child.path in self.filled for child in node.children):
            had_data = total  # every part with a score was measured: the sum is there already
        else:
            had_data = pl.sum_horizontal(
                [
                    part.weight * pl.col(coverage(child.path))  # null where it does not apply: adds nothing
                    if isinstance(child, Node)
                    else pl.when(part.measured.is_not_null()).then(part.weight).otherwise(0.0)
                    for child, part in zip(node.children, parts, strict=True)
                ]
            )
        if any(child.path in self.applicable for child in node.children):
            whole = pl.sum_horizontal(
                [
                    pl.when(self.applicable[child.path]).then(part.weight).otherwise(0.0)
                    if child.path in self.applicable
                    else part.weight
                    for child, part in zip(node.children, parts, strict=True)
                ]
            )
            return pl.when(whole > 0).then(had_data / whole)
        # Known beforehand: nothing to check, and nothing to compute twice.
        weights = [_whole_weight(each) for each in variants]
        return had_data / self.cards.number([weight if weight > 0 else None for weight in weights])


def _stacked(several: Sequence[Sequence[tuple[str, pl.Expr]]]) -> list[Layer]:
    """The first of each as one layer, then the second of each."""
    layers: list[Layer] = [{} for _ in range(max((len(each) for each in several), default=0))]
    for each in several:
        for layer, (name, expression) in zip(layers, each, strict=False):
            layer[name] = expression
    return layers


def _whole_weight(node: Node) -> float:
    # Added from left to right, as the plan adds the weights of the parts present: complete data must give exactly 1.
    return sum(_weight(child) for child in node.children)


def _weight(part: Node | Leaf) -> float:
    return part.weight if isinstance(part, Node) else part.settings.weight


def compile_plan(
    project: Project,
    cards: Mapping[str, Scorecard],
    statistics: Mapping[str, CardStatistics],
    forced: Mapping[str, float],
    language: Language,
    *,
    failed: Collection[str],
    learned: Mapping[str, Learned],
) -> Plan:
    """The plan of scorecards of one shape. ``forced`` puts normalized values (0–100, by path) in place of others.

    ``failed`` are the paths whose component is not asked: there is no value, and nothing is filled in. ``learned`` is
    what models learned, by path: a scorecard with a model has a plan of its own. Raises ComponentFailed for the first
    of the others that fails.
    """
    return _Compiler(
        project=project,
        cards=Cards(tuple(cards)),
        scorecards=list(cards.values()),
        statistics=[statistics.get(name, {}) for name in cards],
        forced=forced,
        language=language,
        failed=failed,
        learned=learned,
    ).compile()
