"""From the scores of a moment to what they mean beside those before: lines, bands that hold, trend, transitions."""

from __future__ import annotations

import attrs
import polars as pl

from scorewell.configuration.model import Project
from scorewell.scoring.hysteresis import held
from scorewell.scoring.lines import with_lines
from scorewell.scoring.past import Past
from scorewell.scoring.readings import Readings
from scorewell.scoring.transitions import transitions_of
from scorewell.scoring.trend import trend_of

__all__ = ["Followed", "followed"]


@attrs.frozen
class Followed:
    """A scores frame with its trend and ``line``, which is for the history and not delivered, and its transitions."""

    scores: pl.DataFrame
    transitions: pl.DataFrame


def followed(scores: pl.DataFrame, past: Past, project: Project, *, trend: bool = True) -> Followed:
    """What ``with_lines``, ``with_hysteresis``, ``with_trend`` and ``transitions`` make of a stamped scores frame.

    The stored scores are looked up once. ``trend=False`` leaves out the trend's columns, which no history keeps.
    """
    lined = with_lines(scores, project)
    readings = Readings.of(lined, past)
    kept = held(lined, readings, project)
    shown = trend_of(kept, readings, past) if trend else kept
    return Followed(shown, transitions_of(kept, readings))
