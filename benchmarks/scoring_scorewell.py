"""The job in Scorewell: a project built in Python, fitted and scored."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from scoring_input import (
    BANDS,
    COLUMNS,
    COMPRESSION,
    DIMENSIONS,
    GOOD,
    METRICS,
    OK,
    PLANS,
    SEGMENTS,
    WEIGHTS,
    kind,
    members,
    metric_weight,
)

import scorewell.scoring
from scorewell.api.v1 import Column, Condition, Normalizer
from scorewell.configuration.model import (
    Band,
    Customers,
    Dimension,
    Metric,
    Project,
    Scorecard,
    ScoredMetric,
    Segment,
)
from scorewell.scoring import FittedProject
from scorewell_standard.aggregators import WeightedAverage
from scorewell_standard.normalizers import Curve, Linear, Percentile, Steps


def project() -> Project:
    def normalizer(number: int) -> Normalizer:
        match kind(number):
            case "linear":
                return Linear(from_=0.0, to=10.0)
            case "steps":
                return Steps(steps={"< 0.2": 0.0, "<= 0.6": 50.0, "else": 100.0})
            case "curve":
                return Curve(good=GOOD, ok=OK)
            case _:
                return Percentile()

    def scorecard(segment: int) -> Scorecard:
        return Scorecard(
            aggregator=WeightedAverage(),
            bands=tuple(Band(name=name, up_to=up_to) for name, up_to in BANDS.items()),
            dimensions={
                name: Dimension(
                    weight=WEIGHTS[name][segment],
                    aggregator=WeightedAverage(),
                    metrics={
                        METRICS[number]: ScoredMetric(
                            weight=metric_weight(number, segment), normalizer=normalizer(number)
                        )
                        for number in members(position)
                    },
                )
                for position, name in enumerate(DIMENSIONS)
            },
        )

    conditions = (*(Condition(f"plan = '{plan}'") for plan in PLANS[:-1]), None)
    return Project(
        name="benchmark",
        sources={},
        customers=Customers(source="crm", attributes=(Column("plan"),)),
        metrics={name: Metric() for name in METRICS},
        scorecards={name: scorecard(position) for position, name in enumerate(SEGMENTS)},
        segments={
            name: Segment(when=condition, scorecard=name) for name, condition in zip(SEGMENTS, conditions, strict=True)
        },
    )


def fit(source: Path) -> FittedProject:
    return scorewell.scoring.fit(project(), pl.scan_parquet(source))


def score(source: Path, target: Path, fitted: FittedProject) -> None:
    fitted.score(pl.scan_parquet(source), finite=True).select(COLUMNS).sink_parquet(target, compression=COMPRESSION)
