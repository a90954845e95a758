"""Any moment to scores: measured, fitted and scored as of it, without delivering anything."""

from scorewell.replay.acquaintance import plugins_for
from scorewell.replay.fits import FOLDER, fit_file, model_card_file, place_of, stored_fits, written
from scorewell.replay.identity import run_id
from scorewell.replay.learning import fitted_as_of
from scorewell.replay.periods import KeptFits, PeriodFit, PeriodFits, period_start, period_starts
from scorewell.replay.records import Forgotten, Overrides, Records
from scorewell.replay.scored import (
    Scored,
    Shadow,
    in_order,
    is_past,
    measured_over,
    scored_as_of,
    scored_from,
    scored_over,
    without_forgotten,
)

__all__ = [
    "FOLDER",
    "Forgotten",
    "KeptFits",
    "Overrides",
    "PeriodFit",
    "PeriodFits",
    "Records",
    "Scored",
    "Shadow",
    "fit_file",
    "fitted_as_of",
    "in_order",
    "is_past",
    "measured_over",
    "model_card_file",
    "period_start",
    "period_starts",
    "place_of",
    "plugins_for",
    "run_id",
    "scored_as_of",
    "scored_from",
    "scored_over",
    "stored_fits",
    "without_forgotten",
    "written",
]
