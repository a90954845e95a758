"""What the checks demand of the model's settings beyond their types, as far as JSON Schema can say it.

Each entry is laid over what the class itself says; a class or field without one needs none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scorewell.api.v1 import CustomerKey
from scorewell.configuration.checks.metrics import OF_A_MEASURE
from scorewell.configuration.model import (
    ROLES,
    Adjustment,
    Band,
    Customers,
    Dimension,
    Metric,
    Project,
    Score,
    Scorecard,
    ScoredMetric,
)

__all__ = ["NAMES", "TOGETHER", "VALUES"]

_IDENTIFIER = {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}
_ANY = {"minProperties": 1}
_WITH_PARTS: Mapping[str, Any] = {
    "anyOf": [
        {"required": ["dimensions"], "properties": {"dimensions": _ANY}},
        {"required": ["metrics"], "properties": {"metrics": _ANY}},
        {"required": ["roll_up"], "properties": {"dimensions": False, "metrics": False, "aggregator": False}},
    ]
}


def _exactly_one(*names: str) -> dict[str, Any]:
    return {"oneOf": [{"required": [name], "properties": {name: {"not": {"type": "null"}}}} for name in names]}


NAMES: Mapping[tuple[type[Any], str], Mapping[str, Any]] = {
    (Project, "sources"): _IDENTIFIER,
    (Project, "metrics"): _IDENTIFIER,
    (Project, "scorecards"): _IDENTIFIER,
    (Project, "segments"): _IDENTIFIER,
    (Project, "scores"): _IDENTIFIER,
    (Score, "segments"): _IDENTIFIER,
    (Project, "stages"): _IDENTIFIER,
    (Customers, "roles"): {"enum": list(ROLES)},
    (Scorecard, "dimensions"): _IDENTIFIER,
    (Scorecard, "metrics"): _IDENTIFIER,
    (Dimension, "dimensions"): _IDENTIFIER,
    (Dimension, "metrics"): _IDENTIFIER,
}
"""Which names a mapping may hold."""

VALUES: Mapping[tuple[type[Any], str], Mapping[str, Any]] = {
    (Project, "name"): {"pattern": r"\S"},
    (Project, "sources"): _ANY,
    (Project, "scorecards"): _ANY,
    (Project, "segments"): _ANY,
    (Project, "scores"): _ANY,
    (Score, "segments"): _ANY,
    (Metric, "min_rows"): {"minimum": 0},
    (Scorecard, "bands"): {"minItems": 1},
    (Dimension, "weight"): {"minimum": 0},
    (ScoredMetric, "weight"): {"minimum": 0},
    (Band, "name"): {"pattern": r"\S"},
    (Band, "color"): {"pattern": r"^#[0-9a-fA-F]{6}$|\$\{"},
    (Adjustment, "because"): {"pattern": r"\S"},
}
"""What a value must keep besides its type; keywords for numbers leave ``${NAME}`` alone."""

TOGETHER: Mapping[type[Any], Mapping[str, Any]] = {
    Adjustment: _exactly_one("at_most", "at_least", "add", "replace"),
    Band: _exactly_one("up_to", "from"),
    CustomerKey: {
        "oneOf": [
            {"required": ["column"], "properties": {"row": {"not": {"const": True}}, "column": {"type": "string"}}},
            {"required": ["row"], "properties": {"row": {"not": {"const": False}}, "column": {"type": "null"}}},
        ]
    },
    Dimension: _WITH_PARTS,
    Metric: {
        "oneOf": [
            {"required": ["source", "measure"], "properties": {"sql": False}},
            {"required": ["sql"], "properties": dict.fromkeys(("measure", *OF_A_MEASURE), False)},
        ]
    },
    Score: _exactly_one("segments", "scorecard"),
    Scorecard: _WITH_PARTS,
}
"""Which settings of a class go together."""
