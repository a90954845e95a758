"""Any moment to scores: measured, fitted and scored as of it, without delivering anything."""

from scorewell.replay.fits import fit_file, model_card_file, place_of, stored_fits, written
from scorewell.replay.identity import run_id
from scorewell.replay.periods import PeriodFit, PeriodFits, period_start, period_starts
from scorewell.replay.plugins_used import plugins_for
from scorewell.replay.records import Records
from scorewell.replay.scored import (
    Scored,
    Shadow,
    in_order,
    is_past,
    measured_over,
    scored_as_of,
    scored_from,
    scored_over,
    told_once,
    without_forgotten,
)

__all__ = [
    "PeriodFit",
    "PeriodFits",
    "Records",
    "Scored",
    "Shadow",
    "fit_file",
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
    "told_once",
    "without_forgotten",
    "written",
]
