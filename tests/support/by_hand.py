"""Scoring written a second time, row by row in plain Python: the yardstick of the properties.

Covers identity-normalized metrics, the three means and the minimum, missing policies, ``when`` on an attribute,
coverage, adjustments and rounding. Shares no code with what it judges.
"""

from __future__ import annotations

import math
from typing import Any

from scorewell.configuration.model import Dimension, Scorecard, ScoredMetric
from scorewell_standard.aggregators import GeometricMean, Minimum, WeightedAverage

Part = tuple[float | None, float | None, float, bool, float]
"""score, measured score, coverage, is applicable, weight"""


def expected(card: Scorecard, row: dict[str, Any]) -> dict[str, Any]:
    score, _, coverage, applies, _ = _node(card, row, card.minimum_coverage, None)
    failed = any(
        each.missing == "fail" and _holds(each.when, row) and row[name] is None for name, each in _all_metrics(card)
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


def _all_metrics(part: Scorecard | Dimension) -> list[tuple[str, ScoredMetric]]:
    return [*part.metrics.items(), *(pair for each in part.dimensions.values() for pair in _all_metrics(each))]


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
    parts = [_node(each, row, each.minimum_coverage, each.when, each.weight) for each in part.dimensions.values()] + [
        _metric(name, each, row) for name, each in part.metrics.items()
    ]
    applicable = [each for each in parts if each[3]]
    whole = sum(each[4] for each in applicable)
    if whole == 0 or not _holds(when, row):
        return None, None, 0.0, False, weight
    coverage = sum(each[4] * each[2] for each in applicable) / whole
    score = _combined(part.aggregator, applicable)
    if minimum_coverage and coverage < minimum_coverage - 1e-9:
        score = None
    return score, score if coverage > 0 else None, coverage, True, weight


def _combined(aggregator: object, parts: list[Part]) -> float | None:
    present = [(score, weight) for score, _, _, _, weight in parts if score is not None and weight > 0]
    total = sum(weight for _, weight in present)
    match aggregator:
        case WeightedAverage():
            return sum(score * weight for score, weight in present) / total if total else None
        case GeometricMean():
            if not total:
                return None
            if any(score == 0 for score, _ in present):
                return 0.0
            return math.exp(sum(math.log(score) * weight for score, weight in present) / total)
        case Minimum():
            measured = [each[1] for each in parts if each[1] is not None and each[4] > 0]
            return min(measured, default=None)
    raise AssertionError(aggregator)
