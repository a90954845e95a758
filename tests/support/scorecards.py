"""Builders of small scored projects: a test says only what matters to its case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from scorewell.api.v1 import Aggregator, Column, Normalizer
from scorewell.configuration.model import Band, Customers, Dimension, Metric, Project, Scorecard, ScoredMetric, Segment
from scorewell.scoring import fit
from scorewell_standard.aggregators import WeightedAverage
from scorewell_standard.normalizers import Linear

BANDS = (Band(name="at_risk", up_to=40.0), Band(name="stable", up_to=70.0), Band(name="healthy", up_to=100.0))
IDENTITY = Linear(from_=0.0, to=100.0)


def scored(normalizer: Normalizer = IDENTITY, **settings: Any) -> ScoredMetric:
    return ScoredMetric(normalizer=normalizer, **settings)


def dimension(aggregator: Aggregator | None = None, **settings: Any) -> Dimension:
    return Dimension(aggregator=aggregator or WeightedAverage(), **settings)


def scorecard(aggregator: Aggregator | None = None, **settings: Any) -> Scorecard:
    return Scorecard(
        aggregator=aggregator or WeightedAverage(), **{"bands": BANDS, "minimum_coverage": 0.0, **settings}
    )


def project(cards: Scorecard | Mapping[str, Scorecard], **settings: Any) -> Project:
    """A project whose metrics are all that its scorecards use, and one segment for everybody."""
    named = {"card": cards} if isinstance(cards, Scorecard) else dict(cards)
    first = next(iter(named))
    metrics = {name: Metric() for card in named.values() for name in _metrics(card)}
    return Project(
        name="test",
        sources={},
        customers=Customers(source="crm", attributes=(Column("plan"),)),
        scorecards=named,
        **{"segments": {first: Segment(scorecard=first)}, "metrics": metrics, **settings},
    )


def _metrics(part: Scorecard | Dimension) -> list[str]:
    return [*part.metrics, *(name for each in part.dimensions.values() for name in _metrics(each))]


def customers(**columns: list[Any]) -> pl.DataFrame:
    """A metrics table; ids are 1, 2, … of one width, so that they sort as they stand; what is no text is Float64."""
    count = len(next(iter(columns.values())))
    columns = {"customer_id": [str(number).zfill(len(str(count))) for number in range(1, count + 1)], **columns}
    numeric = {name for name, cells in columns.items() if not any(isinstance(cell, str | bool) for cell in cells)}
    return pl.DataFrame(columns, schema_overrides=dict.fromkeys(numeric, pl.Float64))


def score(of: Project, metrics: pl.DataFrame, **options: Any) -> pl.DataFrame:
    return fit(of, metrics).score(metrics.lazy(), **options).collect()


def unexplained(scores: pl.DataFrame) -> float:
    """The largest difference between a score and its baseline plus contributions."""
    contributions = [name for name in scores.columns if name.startswith("contribution.")]
    gap = (pl.sum_horizontal(["baseline", *contributions]) - pl.col("score")).abs()
    return scores.filter(pl.col("score").is_not_null()).select(gap.max()).item() or 0.0
