"""The job in pandas: whole columns at a time, percentiles by ``groupby().rank()``, NumPy where pandas has no word."""

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

pa.set_cpu_count(2)  # for reading and writing; pandas itself has one thread


def score(source: Path, target: Path) -> None:
    metrics = pd.read_parquet(source).sort_values("customer_id", ignore_index=True)
    plan = metrics["plan"]
    segment = pd.Series(np.select([plan == name for name in PLANS[:-1]], range(3), 3), index=metrics.index)
    is_active = metrics["@active"]

    def by_segment(values: list[float]) -> pd.Series:
        return segment.map(dict(enumerate(values)))

    points = pd.DataFrame({x: normalized(i, metrics[x], segment, is_active) for i, x in enumerate(METRICS)})
    weights = pd.DataFrame({x: by_segment([metric_weight(i, s) for s in range(4)]) for i, x in enumerate(METRICS)})
    dimension_weights = pd.DataFrame({name: by_segment(list(WEIGHTS[name])) for name in DIMENSIONS})
    totals, dimensions, coverage = pd.DataFrame(), pd.DataFrame(), 0.0
    for d, name in enumerate(DIMENSIONS):
        these = [METRICS[i] for i in members(d)]
        totals[name] = total(points[these], weights[these])
        dimensions[name] = (points[these] * weights[these]).sum(axis=1) / totals[name]
        whole = by_segment([dimension_whole(d, s) for s in range(4)])
        coverage += totals[name].fillna(0) / whole * dimension_weights[name] / 100

    root = total(dimensions, dimension_weights)
    raw = ((dimensions * dimension_weights).sum(axis=1) / root).where(coverage >= 0.5 - 1e-9)
    printed = np.floor(raw.round(9) + 0.5)
    scores = pd.DataFrame(
        {
            "customer_id": metrics["customer_id"],
            "segment": segment.map(dict(enumerate(SEGMENTS))),
            "score": printed,
            "band": pd.cut(printed, [-math.inf, *BANDS.values()], labels=list(BANDS)),
            "status": np.select(
                [~is_active, printed.isna(), coverage < 1 - 1e-9],
                ["inactive", "insufficient_data", "partial"],
                "scored",
            ),
            "coverage": coverage.round(9),
            "baseline": pd.Series(100.0, index=metrics.index).where(printed.notna()),
        }
    )
    effective = dimension_weights.div(root.where(printed.notna()), axis=0) / totals
    lost = {
        name: effective[DIMENSIONS[i // 4]] * weights[METRICS[i]] * (points[METRICS[i]] - 100)
        for i, name in enumerate(CONTRIBUTIONS)
    }
    parts = [scores, dimensions.round(9).add_prefix("dimension."), pd.DataFrame(lost)]
    pd.concat(parts, axis=1).to_parquet(target, compression=COMPRESSION, index=False)


def normalized(i: int, x: pd.Series, segment: pd.Series, is_active: pd.Series) -> pd.Series:
    """The metric on 0 to 100; missing where it is missing, and for customers who are not active."""
    x = x.where(is_active)
    match kind(i):
        case "linear":
            return (x * 10).clip(0, 100)
        case "steps":
            return pd.Series(np.select([x < 0.2, x <= 0.6, x > 0.6], [0.0, 50.0, 100.0], np.nan), index=x.index)
        case "curve":
            return curve(x)
        case _:
            groups = x.groupby(segment)
            return (groups.rank() - 0.5) / groups.transform("count") * 100  # ties have their mean rank


def curve(x: pd.Series) -> pd.Series:
    z = (math.log(OK) - np.log(x.where(x > 0))) * (Z90 / (math.log(OK) - math.log(GOOD)))
    a = z.abs().clip(upper=FURTHEST)
    tail = np.exp(-0.5 * a * a) * np.polyval(NORMAL_P, a) / np.polyval(NORMAL_Q, a) * 100
    return tail.where(z <= 0, 100 - tail).mask(x <= 0, 100.0)


def total(parts: pd.DataFrame, weights: pd.DataFrame) -> pd.Series:
    """The sum of the weights of what is there; missing where nothing is."""
    present = weights.where(parts.notna()).sum(axis=1)
    return present.where(present > 0)
