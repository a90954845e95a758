"""Rules over the parts' scores: the first whose condition holds decides."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from scorewell.api.v1 import Aggregator, Combination, Condition, Parts, Points, frozen, setting


@frozen
class Rule:
    """One rule: where ``when`` holds (without it, always), the score is ``score``: a number in the scorecard's scale,
    or what another aggregator makes of the same parts."""

    when: Condition | None = setting("a condition over the names of the parts; default always", default=None)
    score: Points | Aggregator = setting("a number in the scorecard's scale, or an aggregator")


@frozen
class Rules(Aggregator):
    """The first rule whose condition holds decides.

    Conditions see the parts' measured scores by name, in the scorecard's scale; a part without one is null, and a null
    condition does not hold. A rule with a number is the node's own contribution; a rule with an aggregator explains
    itself by that aggregator's parts. Null where no rule holds or no part has a score. The baseline is 100.
    """

    name = "rules"

    rules: tuple[Rule, ...] = setting("the rules, in order")

    def problems(self) -> Iterator[str]:
        if not self.rules:
            yield "rules is empty: it needs at least one rule"
        for position, rule in enumerate(self.rules[:-1], 1):
            if rule.when is None:
                yield f"rule {position} has no 'when' and is not the last: the rules after it never apply"

    def combine(self, parts: Parts, reference: float) -> Combination:
        holds = [pl.lit(value=True) if rule.when is None else parts.condition(rule.when) for rule in self.rules]
        combined = [
            _constant(parts, reference, rule.score)
            if isinstance(rule.score, (int, float))
            else rule.score.combine(parts, reference)
            for rule in self.rules
        ]
        any_part = pl.any_horizontal([part.score.is_not_null() for part in parts])
        offsets = None
        if any(each.offsets is not None for each in combined):
            nothing = (pl.lit(0.0),) * len(parts)
            offered = [nothing if each.offsets is None else each.offsets for each in combined]
            offsets = tuple(_first(holds, list(of_part), 0.0) for of_part in zip(*offered, strict=True))
        return Combination(
            score=pl.when(any_part).then(_first(holds, [each.score for each in combined])),
            weights=tuple(
                _first(holds, [weight if each.scale is None else weight * each.scale for weight, each in pairs], 0.0)
                for pairs in ([(each.weights[index], each) for each in combined] for index in range(len(parts)))
            ),
            offsets=offsets,
            own=_first(holds, [pl.lit(0.0) if each.own is None else each.own for each in combined], 0.0),
        )


def _constant(parts: Parts, reference: float, score: float) -> Combination:
    points = parts.points(score)
    return Combination(score=pl.lit(points), weights=tuple(pl.lit(0.0) for _ in parts), own=pl.lit(points - reference))


def _first(holds: list[pl.Expr], values: list[pl.Expr], otherwise: float | None = None) -> pl.Expr:
    """The value of the first condition that holds."""
    chosen = pl.lit(otherwise, dtype=pl.Float64)
    for condition, value in zip(reversed(holds), reversed(values), strict=True):
        chosen = pl.when(condition).then(value).otherwise(chosen)
    return chosen
