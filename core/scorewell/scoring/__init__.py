"""Fit and score: two pure operations that everything else composes."""

from scorewell.scoring.attribution import Failure, Failures, failure_findings
from scorewell.scoring.fitted import FittedProject, fit
from scorewell.scoring.fitting import ACTIVE
from scorewell.scoring.isolation import isolated
from scorewell.scoring.mistakes import mistakes
from scorewell.scoring.outcome import STATUSES
from scorewell.scoring.training import Trained, train

__all__ = [
    "ACTIVE",
    "STATUSES",
    "Failure",
    "Failures",
    "FittedProject",
    "Trained",
    "failure_findings",
    "fit",
    "isolated",
    "mistakes",
    "train",
]
