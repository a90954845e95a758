"""The configuration: YAML to a project, every mistake with its place in the file."""

from scorewell.configuration.drafts import live_project, shadow_projects
from scorewell.configuration.loading import load, load_kept, load_over
from scorewell.configuration.model import (
    Adjustment,
    Band,
    Customers,
    Dimension,
    GoLive,
    HistoryStore,
    Hysteresis,
    Ignored,
    Leave,
    Lint,
    Metric,
    Outcomes,
    Project,
    Review,
    RollUp,
    Score,
    Scorecard,
    ScoredMetric,
    Segment,
    SourceTables,
)
from scorewell.configuration.problems import ConfigurationError, Problem
from scorewell.configuration.reviews import thresholds_of
from scorewell.configuration.scores import each_score, of_score, score_name, scores_of

__all__ = [
    "Adjustment",
    "Band",
    "ConfigurationError",
    "Customers",
    "Dimension",
    "GoLive",
    "HistoryStore",
    "Hysteresis",
    "Ignored",
    "Leave",
    "Lint",
    "Metric",
    "Outcomes",
    "Problem",
    "Project",
    "Review",
    "RollUp",
    "Score",
    "Scorecard",
    "ScoredMetric",
    "Segment",
    "SourceTables",
    "each_score",
    "live_project",
    "load",
    "load_kept",
    "load_over",
    "of_score",
    "score_name",
    "scores_of",
    "shadow_projects",
    "thresholds_of",
]
