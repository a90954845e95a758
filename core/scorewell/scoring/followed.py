"""From the scores of a moment to what they mean beside those before: lines, bands that hold, trend, transitions."""

from __future__ import annotations

import attrs
import polars as pl

from scorewell.configuration.model import Project
from scorewell.scoring.lines import with_lines
from scorewell.scoring.past import Past, Readings
from scorewell.scoring.transitions import transitions_of
from scorewell.scoring.trend import trend_of

__all__ = ["Followed", "followed"]


@attrs.frozen
class Followed:
    """A scores frame with its trend and ``line``, which is for the history and not delivered, and its transitions."""

    scores: pl.DataFrame
    transitions: pl.DataFrame


def followed(scores: pl.DataFrame, past: Past, project: Project) -> Followed:
    """A stamped scores frame as ``with_lines``, ``with_trend`` and ``transitions`` together make it.

    The stored scores are looked up once.
    """
    lined = with_lines(scores, project)
    readings = Readings.of(lined, past)
    return Followed(trend_of(lined, readings, past), transitions_of(lined, readings, past))
