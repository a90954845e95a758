"""Normalizers that give points to each of a few levels: by threshold or by category."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise

import polars as pl

from scorewell.api.v1 import Doubt, Inputs, Normalizer, Points, Statistics, frozen, setting
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
