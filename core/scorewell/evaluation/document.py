"""A comparison as one plain document: nested dicts, lists, text and numbers, ready for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl

from scorewell.evaluation.comparison import Comparison, Configuration
from scorewell.evaluation.conditions import Verdict
from scorewell.evaluation.levels import ranked_bands
from scorewell.evaluation.pairing import CUSTOMER

__all__ = ["document"]

_OF_A_CUSTOMER = ("customer_id", "name", "owner", "value", "move", "change")
_OF_A_PART = ("kind", "name", "label", "points", "old", "new", "detail")
_OF_A_SIDE = ("score", "band", "status", "segment", "stage", "scorecard")


def document(comparison: Comparison, verdicts: Sequence[Verdict] = ()) -> dict[str, Any]:
    """All that a comparison tells, and what became of the conditions. ``customers`` are those for whom something is
    different: the score, the band, or whether there is one; the greatest fall first."""
    value = comparison.value
    return {
        "as_of": comparison.as_of.isoformat(),
        "current": _configuration(comparison.current),
        "proposed": _configuration(comparison.proposed),
        "value": None if value is None else {"name": value.name, "currency": value.currency},
        "conditions": [
            {"condition": each.condition, "holds": each.holds, "figures": dict(each.figures)} for each in verdicts
        ],
        "figures": dict(comparison.figures),
        "migration": comparison.migration.to_dicts(),
        "spread": comparison.spread.to_dicts(),
        "histogram": comparison.histogram.rename({"from_": "from"}).to_dicts(),
        "scored_by": comparison.scored_by.to_dicts(),
        "causes": comparison.causes.to_dicts(),
        "customers": _customers(comparison),
        "moments": _dated(comparison.moments),
        "over_time": _dated(comparison.over_time),
    }


def _configuration(one: Configuration) -> dict[str, Any]:
    return {
        "label": one.label,
        "project": one.project.name,
        "configuration": one.project.fingerprint,
        "score": one.score,
        "bands": list(ranked_bands(one.project)),
    }


def _different(comparison: Comparison) -> pl.DataFrame:
    is_other = (pl.col("change") != 0).fill_null(value=False) | ~pl.col("move").is_in(["same", "none"])
    return comparison.counted.filter(is_other).sort("change", "customer_id", nulls_last=True)


def _customers(comparison: Comparison) -> list[dict[str, Any]]:
    parts: dict[str, list[dict[str, Any]]] = {}
    for row in comparison.parts.select(CUSTOMER, *_OF_A_PART).iter_rows(named=True):
        parts.setdefault(row.pop(CUSTOMER), []).append(row)
    return [_customer(row, parts) for row in _different(comparison).iter_rows(named=True)]


def _customer(row: dict[str, Any], parts: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    sides = {side: {what: row[f"{what}_{side}"] for what in _OF_A_SIDE} for side in ("current", "proposed")}
    return {**{name: row[name] for name in _OF_A_CUSTOMER}, **sides, "parts": parts.get(row[CUSTOMER], [])}


def _dated(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return [
        {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
        for row in frame.iter_rows(named=True)
    ]
