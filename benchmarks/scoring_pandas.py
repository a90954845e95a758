"""The job in pandas: whole columns, NumPy for the arithmetic, percentiles by ``groupby().rank()``."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from scoring_input import (
    BANDS,
    COMPRESSION,
    CONTRIBUTIONS,
    DIMENSIONS,
    FURTHEST,
    GOOD,
    METRICS,
    NORMAL_P,
    NORMAL_Q,
    OK,
    PLANS,
    SEGMENTS,
    WEIGHTS,
    Z90,
    dimension_whole,
    kind,
    members,
    metric_weight,
)

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]

pa.set_cpu_count(2)  # for reading and writing; pandas itself has one thread


def score(source: Path, target: Path) -> None:
    metrics = pd.read_parquet(source).sort_values("customer_id", ignore_index=True)
    is_active = metrics["@active"].to_numpy()
    segment = pd.Index(PLANS).get_indexer(metrics["plan"])
    weights = np.array([[metric_weight(i, s) for s in range(4)] for i in range(20)])[:, segment]
    dimension_weights = np.array([WEIGHTS[name] for name in DIMENSIONS])[:, segment]
    wholes = np.array([[dimension_whole(d, s) for s in range(4)] for d in range(5)])[:, segment]

    normalized = [normal(i, metrics[name], segment, is_active) for i, name in enumerate(METRICS)]
    totals = [present(normalized, weights, members(d)) for d in range(5)]
    dimensions = [weighted(normalized, weights, members(d)) / totals[d] for d in range(5)]
    shares = [np.nan_to_num(totals[d]) / wholes[d] for d in range(5)]
    coverage = sum(share * weight for share, weight in zip(shares, dimension_weights, strict=True)) / 100
    total = present(dimensions, dimension_weights, range(5))
    raw = np.where(coverage >= 0.5 - 1e-9, weighted(dimensions, dimension_weights, range(5)) / total, np.nan)
    score = np.floor(raw.round(9) + 0.5)
    has_score = ~np.isnan(score)
    lost = [np.where(has_score, dimension_weights[d] / total / totals[d], np.nan) for d in range(5)]
    band = np.searchsorted(list(BANDS.values()), score)  # NaN lies behind the last
    status = np.select([~is_active, ~has_score, coverage < 1 - 1e-9], [0, 1, 2], 3)
    pd.DataFrame(
        {
            "customer_id": metrics["customer_id"],
            "segment": pd.Categorical.from_codes(segment, SEGMENTS),
            "score": score,
            "band": pd.Categorical.from_codes(np.where(has_score, band, -1), list(BANDS)),
            "status": pd.Categorical.from_codes(status, ["inactive", "insufficient_data", "partial", "scored"]),
            "coverage": coverage.round(9),
            "baseline": np.where(has_score, 100.0, np.nan),
            **{f"dimension.{name}": dimensions[d].round(9) for d, name in enumerate(DIMENSIONS)},
            **{name: lost[i // 4] * weights[i] * (normalized[i] - 100) for i, name in enumerate(CONTRIBUTIONS)},
        }
    ).to_parquet(target, compression=COMPRESSION, index=False)


def normal(i: int, column: pd.Series, segment: np.ndarray, is_active: np.ndarray) -> Floats:
    """The metric on 0 to 100, NaN where it is missing and for customers who are not active."""
    x = column.to_numpy()
    match kind(i):
        case "linear":
            result = (x * 10).clip(0, 100)
        case "steps":
            result = np.select([x < 0.2, x <= 0.6, x > 0.6], [0.0, 50.0, 100.0], np.nan)
        case "curve":
            result = curve(x)
        case _:
            values = column.where(is_active).groupby(segment)
            result = ((values.rank() - 0.5) / values.transform("count") * 100).to_numpy()  # ties have their mean rank
    return np.where(is_active, result, np.nan)


def curve(x: Floats) -> Floats:
    is_positive = x > 0
    z = (math.log(OK) - np.log(x, where=is_positive, out=np.ones_like(x))) * (Z90 / (math.log(OK) - math.log(GOOD)))
    a = np.abs(z).clip(0, FURTHEST)
    tail = np.exp(-0.5 * a * a) * np.polyval(NORMAL_P, a) / np.polyval(NORMAL_Q, a) * 100
    share = np.where(z > 0, 100 - tail, tail)
    return np.where(is_positive, share, np.where(np.isnan(x), np.nan, 100.0))


def present(parts: list[Floats], weights: np.ndarray, numbers: range) -> Floats:
    """The sum of the weights of what is there; NaN where nothing is."""
    result = sum(np.where(np.isnan(parts[i]), 0, weights[i]) for i in numbers)
    return np.where(result > 0, result, np.nan)


def weighted(parts: list[Floats], weights: np.ndarray, numbers: range) -> Floats:
    return sum(np.nan_to_num(parts[i] * weights[i]) for i in numbers)
