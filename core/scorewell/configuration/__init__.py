"""The configuration: YAML to a project, every mistake with its place in the file."""

from scorewell.configuration.loading import load
from scorewell.configuration.model import (
    Adjustment,
    Band,
    Customers,
    Dimension,
    Metric,
    Outcomes,
    Project,
    Review,
    Scorecard,
    ScoredMetric,
    Segment,
    SourceTables,
)
from scorewell.configuration.problems import ConfigurationError, Problem

__all__ = [
    "Adjustment",
    "Band",
    "ConfigurationError",
    "Customers",
    "Dimension",
    "Metric",
    "Outcomes",
    "Problem",
    "Project",
    "Review",
    "Scorecard",
    "ScoredMetric",
    "Segment",
    "SourceTables",
    "load",
]
