"""Scoring written a second time, row by row in plain Python: the yardstick of the properties.

Covers identity-normalized metrics, all aggregators but rules, missing policies, ``when`` on an attribute,
coverage, adjustments and rounding. Shares no code with what it judges.
"""

from __future__ import annotations

import math
import statistics
from typing import Any

from scorewell.api.v1 import PartName
from scorewell.configuration.model import Dimension, Scorecard, ScoredMetric
from scorewell_standard.aggregators import (
    AddedPoints,
    GeometricMean,
    Maximum,
    Median,
    Minimum,
    WeakestShare,
    WeightedAverage,
)

Part = tuple[float | None, float | None, float, bool, float]
"""score, measured score, coverage, is applicable, weight"""


def expected(card: Scorecard, row: dict[str, Any]) -> dict[str, Any]:
    score, _, coverage, applies, _ = _node(card, row, card.minimum_coverage, None)
    failed = any(
        each.missing == "fail" and _holds(each.when, row) and row[name] is None
        for name, each in _asked_metrics(card, row)
    )
    score = _adjusted(None if failed else score, card, row)
    printed = None if score is None else math.floor(round(score, 9) + 0.5)
    if failed:
        status = "error"
    elif not applies:
        status = "not_applicable"
    elif printed is None:
        status = "insufficient_data"
    else:
        status = "scored" if coverage > 1 - 1e-12 else "partial"
    return {"score": printed, "unrounded": score, "coverage": coverage if applies else None, "status": status}


def _adjusted(score: float | None, card: Scorecard, row: dict[str, Any]) -> float | None:
    for adjustment in card.adjustments:
        if not _holds(adjustment.when, row):
            continue
        if adjustment.replace is not None:
            score = adjustment.replace
        elif score is not None and adjustment.at_most is not None:
            score = min(score, adjustment.at_most)
        elif score is not None and adjustment.at_least is not None:
            score = max(score, adjustment.at_least)
        elif score is not None and adjustment.add is not None:
            score = min(100.0, max(0.0, score + adjustment.add))
    return score


def _asked_metrics(part: Scorecard | Dimension, row: dict[str, Any]) -> list[tuple[str, ScoredMetric]]:
    inside = [each for each in part.dimensions.values() if _holds(each.when, row)]
    return [*part.metrics.items(), *(pair for each in inside for pair in _asked_metrics(each, row))]


def _holds(condition: str | None, row: dict[str, Any]) -> bool:
    if condition is None:
        return True
    name, _, text = condition.partition(" = ")
    return row[name] is not None and row[name] == text.strip("'")


def _metric(name: str, settings: ScoredMetric, row: dict[str, Any]) -> Part:
    value = row[name]
    if not _holds(settings.when, row):
        return None, None, 0.0, False, settings.weight
    if value is not None:
        return value, value, 1.0, True, settings.weight
    fill = {"neutral": 50.0, "worst": 0.0, "ignore": None, "fail": None}.get(settings.missing, settings.missing)
    return fill, None, 0.0, True, settings.weight


def _node(
    part: Scorecard | Dimension,
    row: dict[str, Any],
    minimum_coverage: float | None,
    when: str | None,
    weight: float = 1.0,
) -> Part:
    named = [
        (name, _node(each, row, each.minimum_coverage, each.when, each.weight))
        for name, each in part.dimensions.items()
    ] + [(name, _metric(name, each, row)) for name, each in part.metrics.items()]
    applicable = [each for _, each in named if each[3]]
    whole = sum(each[4] for each in applicable)
    if whole == 0 or not _holds(when, row):
        return None, None, 0.0, False, weight
    coverage = sum(each[4] * each[2] for each in applicable) / whole
    score = _combined(part.aggregator, applicable, [name for name, each in named if each[3]])
    if minimum_coverage and coverage < minimum_coverage - 1e-9:
        score = None
    return score, score if coverage > 0 else None, coverage, True, weight


def _combined(aggregator: object, parts: list[Part], names: list[str]) -> float | None:
    present = [(score, weight) for score, _, _, _, weight in parts if score is not None and weight > 0]
    measured = [(each[1], each[4]) for each in parts if each[1] is not None and each[4] > 0]
    match aggregator:
        case Minimum():
            return min((score for score, _ in measured), default=None)
        case Maximum():
            return max((score for score, _ in measured), default=None)
        case WeakestShare(below=below):
            whole = sum(weight for _, weight in measured)
            return 100 * sum(weight for score, weight in measured if score >= below) / whole if whole else None
        case AddedPoints():
            known = [(name, each[0]) for name, each in zip(names, parts, strict=True) if each[0] is not None]
            return _points(aggregator, known) if known else None
    return _mean(aggregator, present) if present else None


def _points(rule: AddedPoints, known: list[tuple[str, float]]) -> float:
    added = sum(rule.add.get(PartName(name), 0.0) * score / 100 for name, score in known)
    taken = sum(rule.deduct.get(PartName(name), 0.0) * (100 - score) / 100 for name, score in known)
    return min(100.0, max(0.0, (rule.start or 0.0) + added - taken))


def _mean(aggregator: object, present: list[tuple[float, float]]) -> float:
    total = sum(weight for _, weight in present)
    match aggregator:
        case WeightedAverage():
            return sum(score * weight for score, weight in present) / total
        case GeometricMean():
            if any(score == 0 for score, _ in present):
                return 0.0
            return math.exp(sum(math.log(score) * weight for score, weight in present) / total)
        case Median():
            return statistics.median(score for score, _ in present)
    raise AssertionError(aggregator)
