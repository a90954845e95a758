"""Fit and score: two pure operations that everything else composes."""

from scorewell.scoring.adding_up import unexplained
from scorewell.scoring.assignment import used_scorecards
from scorewell.scoring.attribution import Failure, Failures, failure_findings
from scorewell.scoring.changes import KINDS_OF_CAUSE, Side, changes
from scorewell.scoring.findings import few_values, untrained_models
from scorewell.scoring.fitted import FittedProject, fit
from scorewell.scoring.fitting import ACTIVE, FEWEST_VALUES, has_statistics, populations
from scorewell.scoring.followed import Followed, followed
from scorewell.scoring.gained_and_lost import gained_and_lost
from scorewell.scoring.hysteresis import fewest_runs, with_hysteresis
from scorewell.scoring.isolation import isolated
from scorewell.scoring.lifts import with_lifts
from scorewell.scoring.lines import with_lines
from scorewell.scoring.mistakes import mistakes
from scorewell.scoring.outcome import STATUSES
from scorewell.scoring.overriding import (
    OVERRIDES,
    OverrideKind,
    band_values,
    override_words,
    with_overrides,
    without_overrides,
)
from scorewell.scoring.past import PAST_SCORES, PAST_WORDS, REACH, TRANSITIONS, Past
from scorewell.scoring.pulse_gap import pulse_gap, pulse_points
from scorewell.scoring.relative import of_many
from scorewell.scoring.seen import seen_as
from scorewell.scoring.stored import (
    StoredFit,
    outcomes_of_project,
    population_of_scorecard,
    settings_of_scorecard,
)
from scorewell.scoring.training import Trained, train
from scorewell.scoring.transitions import transitions
from scorewell.scoring.tree import has_models
from scorewell.scoring.trend import with_trend

__all__ = [
    "ACTIVE",
    "FEWEST_VALUES",
    "KINDS_OF_CAUSE",
    "OVERRIDES",
    "PAST_SCORES",
    "PAST_WORDS",
    "REACH",
    "STATUSES",
    "TRANSITIONS",
    "Failure",
    "Failures",
    "FittedProject",
    "Followed",
    "OverrideKind",
    "Past",
    "Side",
    "StoredFit",
    "Trained",
    "band_values",
    "changes",
    "failure_findings",
    "few_values",
    "fewest_runs",
    "fit",
    "followed",
    "gained_and_lost",
    "has_models",
    "has_statistics",
    "isolated",
    "mistakes",
    "of_many",
    "outcomes_of_project",
    "override_words",
    "population_of_scorecard",
    "populations",
    "pulse_gap",
    "pulse_points",
    "seen_as",
    "settings_of_scorecard",
    "train",
    "transitions",
    "unexplained",
    "untrained_models",
    "used_scorecards",
    "with_hysteresis",
    "with_lifts",
    "with_lines",
    "with_overrides",
    "with_trend",
    "without_overrides",
]
