"""Fit and score: two pure operations that everything else composes."""

from scorewell.scoring.fitted import FittedProject, fit
from scorewell.scoring.fitting import ACTIVE
from scorewell.scoring.mistakes import mistakes
from scorewell.scoring.outcome import STATUSES

__all__ = ["ACTIVE", "STATUSES", "FittedProject", "fit", "mistakes"]
