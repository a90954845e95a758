"""Normalizers that choose: by threshold, by category, by condition, or by the user's own expression."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise

import attrs
import polars as pl

from scorewell.api.v1 import Condition, Doubt, Expression, Inputs, Normalizer, Points, Statistics, frozen, setting
from scorewell_standard.normalizers.levels import Levels

_STEP = re.compile(r"(?P<sign><=|>=|<|>|=)\s*(?P<number>[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)\s*(?P<percent>%?)")
_COMPARE: Mapping[str, Callable[[pl.Expr, float], pl.Expr]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}


@frozen
class Steps(Normalizer):
    """Levels with thresholds between them, tried in order: the first that holds gives the points.

    A key is a comparison (``"< 0.2"``, ``"<= 20%"``, ``"> 5"``, ``">= 5"``, ``"= 0"``), so that each boundary says
    whether it belongs to the level; ``else`` is for all other values. ``%`` divides by 100. Points are in the
    scorecard's scale; ``none``, or no ``else``, means not applicable there. Null stays null.
    """

    name = "steps"

    steps: Mapping[str, Points | None] = setting("comparisons in order, each with its points; else for the rest")

    def problems(self) -> Iterator[str]:
        if not self.steps:
            yield "steps is empty: it needs at least one comparison or 'else'"
        for position, key in enumerate(self.steps):
            if key == "else":
                if position != len(self.steps) - 1:
                    yield "'else' must be the last step: those behind it are never reached"
            elif _STEP.fullmatch(key.strip()) is None:
                yield f'{key!r} is not a comparison: write <, <=, >, >= or = and a number, as in "< 20%", or else'

    def doubts(self) -> Iterator[Doubt]:
        levels = self._levels()
        if levels is not None:
            keys = [key for key in self.steps if key != "else"]
            for position in levels.never():
                yield Doubt("never-reached", f"the steps before {keys[position]!r} take all its values")
            if "else" not in self.steps:
                for gap in levels.gaps():
                    yield Doubt("gap", f"no step takes {gap}")

    def reach(self, scale: tuple[float, float]) -> tuple[float, float]:
        return _reached(self.steps.values(), scale)

    def rises(self) -> bool | None:
        levels = self._levels()
        if levels is None:
            return None
        scores = [score for key, score in self.steps.items() if key != "else"]
        rest = self.steps.get("else")
        along = [rest if position is None else scores[position] for position in levels.taken()]
        known = [score for score in along if score is not None]
        up, down = (any(sign * (b - a) > 0 for a, b in pairwise(known)) for sign in (1, -1))
        return None if up == down else up

    def _levels(self) -> Levels | None:
        """The comparisons; None where one is no comparison with a number."""
        matches = [_STEP.fullmatch(key.strip()) for key in self.steps if key != "else"]
        found = [(match["sign"], _number(match)) for match in matches if match is not None]
        return Levels(found) if len(found) == len(matches) else None

    def is_total(self, scale: tuple[float, float]) -> bool:
        return "else" in self.steps and all(
            score is not None and scale[0] <= score <= scale[1] for score in self.steps.values()
        )

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        points = pl.lit(None, dtype=pl.Float64)
        for key, score in reversed([*self.steps.items()]):
            if key == "else":
                points = pl.when(value.is_not_null()).then(_level(inputs, score))
            else:
                points = pl.when(_comparison(key, value)).then(_level(inputs, score)).otherwise(points)
        return points


def _comparison(key: str, value: pl.Expr) -> pl.Expr:
    match = _STEP.fullmatch(key.strip())
    if match is None:
        raise ValueError(f"{key!r} is not a comparison")
    return _COMPARE[match["sign"]](value, _number(match))


def _number(match: re.Match[str]) -> float:
    return float(match["number"]) / (100.0 if match["percent"] else 1.0)


@frozen
class Categories(Normalizer):
    """Points for each category; ``else`` is for all others.

    Compared exactly, including case. Points are in the scorecard's scale; ``none``, or a category without ``else``,
    means not applicable. A numeric metric is compared as a number, a yes/no one as ``true`` and ``false``. Null stays
    null.
    """

    name = "categories"
    accepts = "any"

    categories: Mapping[str, Points | None] = setting("each category with its points; else for the others")

    def problems(self) -> Iterator[str]:
        if not self.categories:
            yield "categories is empty: it needs at least one category or 'else'"

    def reach(self, scale: tuple[float, float]) -> tuple[float, float]:
        return _reached(self.categories.values(), scale)

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        points = pl.lit(None, dtype=pl.Float64)
        text = value.cast(pl.String)
        for category, score in reversed([*self.categories.items()]):
            if category != "else":
                points = pl.when(text.is_in(_spellings(category))).then(_level(inputs, score)).otherwise(points)
        if "else" in self.categories:
            known = text.is_in([spelling for category in self.categories for spelling in _spellings(category)])
            points = pl.when(~known).then(_level(inputs, self.categories["else"])).otherwise(points)
        return pl.when(value.is_not_null()).then(points)


def _spellings(category: str) -> list[str]:
    """The texts of a metric's value that are this category: numbers have a decimal point, yes/no are 1 and 0."""
    truth = {"true": "1.0", "false": "0.0"}.get(category)
    return [category, f"{category}.0", *([] if truth is None else [truth])]


def _reached(points: Iterable[float | None], scale: tuple[float, float]) -> tuple[float, float]:
    """The least and the greatest of some points in a scale, as 0–100."""
    low, high = scale
    scores = [(each - low) / (high - low) * 100.0 for each in points if each is not None]
    return min(scores, default=0.0), max(scores, default=100.0)


def _level(inputs: Inputs, score: float | None) -> pl.Expr:
    return pl.lit(None, dtype=pl.Float64) if score is None else inputs.points(score)


@frozen
class Case:
    """One case: where ``when`` holds (without it, always), ``normalizer`` decides; none is not applicable."""

    when: Condition | None = setting(
        "a condition over roles, attributes and metrics; 'value' is the metric", default=None
    )
    normalizer: Normalizer | None = setting("what decides here; none for not applicable")


@frozen
class Cases(Normalizer):
    """Another normalizer for each condition, tried in order; where none holds, the metric is not applicable.

    Statistics are learned from the whole population, whatever the case; so are they counted where a normalizer in here
    has a fallback.
    """

    name = "cases"
    accepts = "any"

    cases: tuple[Case, ...] = setting("the cases, in order")

    def problems(self) -> Iterator[str]:
        if not self.cases:
            yield "cases is empty: it needs at least one case"
        for position, case in enumerate(self.cases[:-1], 1):
            if case.when is None:
                yield f"case {position} has no 'when' and is not the last: the cases after it never apply"

    @property
    def past_windows(self) -> int:
        return max((case.normalizer.past_windows for case in self.cases if case.normalizer is not None), default=0)

    @property
    def fallback(self) -> Normalizer | None:
        fallbacks = [None if case.normalizer is None else case.normalizer.fallback for case in self.cases]
        if all(each is None for each in fallbacks):
            return None
        cases = zip(self.cases, fallbacks, strict=True)
        return Cases(cases=tuple(Case(when=case.when, normalizer=each or case.normalizer) for case, each in cases))

    def reach(self, scale: tuple[float, float]) -> tuple[float, float]:
        each = [case.normalizer.reach(scale) for case in self.cases if case.normalizer is not None]
        return min((least for least, _ in each), default=0.0), max((most for _, most in each), default=100.0)

    def statistics(self, value: pl.Expr) -> Mapping[str, pl.Expr]:
        return {
            f"{position}.{name}": aggregate
            for position, case in enumerate(self.cases)
            if case.normalizer is not None
            for name, aggregate in case.normalizer.statistics(value).items()
        }

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        points = pl.lit(None, dtype=pl.Float64)
        for position, case in reversed([*enumerate(self.cases)]):
            answer = (
                pl.lit(None, dtype=pl.Float64)
                if case.normalizer is None
                else case.normalizer.normalize(value, inputs, _CaseStatistics(statistics, position))
            )
            holds = pl.lit(value=True) if case.when is None else inputs.condition(case.when, value=value)
            points = pl.when(holds).then(answer).otherwise(points)
        return points


@attrs.frozen
class _CaseStatistics:
    """The statistics of one case among those of all."""

    statistics: Statistics
    position: int

    def __getitem__(self, name: str) -> pl.Expr:
        return self.statistics[f"{self.position}.{name}"]

    def has(self, name: str) -> bool:
        return self.statistics.has(f"{self.position}.{name}")

    def interpolated(self, x: str, y: str, value: pl.Expr) -> pl.Expr:
        return self.statistics.interpolated(f"{self.position}.{x}", f"{self.position}.{y}", value)

    def lookup(self, name: str, index: pl.Expr) -> pl.Expr:
        return self.statistics.lookup(f"{self.position}.{name}", index)


@frozen
class SqlExpression(Normalizer):
    """The user's own formula: SQL over ``value``, roles, attributes and metrics, in the scorecard's scale.

    A result outside the scale counts as missing, with a finding; null for a present value means not applicable. Null
    stays null, whatever the formula makes of it: what missing data does is ``missing``'s to say.
    """

    name = "sql"
    accepts = "any"

    sql: Expression = setting("an expression of value, roles, attributes and metrics")

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        # least(100, value) of a null is 100, and a case falls into its else: nobody who caps a formula means that.
        return pl.when(value.is_not_null()).then(inputs.points(inputs.expression(self.sql, value=value)))
