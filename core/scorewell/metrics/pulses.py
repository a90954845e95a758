"""Pulses with all that was said beside them: for the inside of reports and explanations, and for no score."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from scorewell.configuration.model import Project
from scorewell.metrics.as_of import require_aware
from scorewell.metrics.happenings import happenings, text_cell
from scorewell.metrics.keys import CUSTOMER
from scorewell.metrics.moments import INSTANT
from scorewell.metrics.rows import ColumnPlan
from scorewell.metrics.strange_pulses import is_pulse

__all__ = ["PULSES", "pulses_as_of"]

PULSES = pl.Schema(
    {
        CUSTOMER: pl.String(),
        "time": INSTANT,
        "rating": pl.Float64(),
        "reason": pl.String(),
        "note": pl.String(),
        "author": pl.String(),
        "expires": INSTANT,
    }
)
"""What ``pulses_as_of`` gives; ``rating`` is 1 to 5, ``expires`` the moment from which on it holds no more."""


def pulses_as_of(project: Project, as_of: datetime) -> pl.DataFrame:
    """Every pulse that was known at a moment (aware), by customer and time; columns as in ``PULSES``.

    A cell that is not 1 to 5 is none. Empty where the project has no pulse. Raises ScorewellError where the table
    cannot be read.
    """
    require_aware(as_of)
    pulse = project.pulse
    if pulse is None:
        return pl.DataFrame(schema=PULSES)

    def cells(plan: ColumnPlan) -> Mapping[str, pl.Expr]:
        rating = pl.col(plan.cell(pulse.column, as_of)).cast(pl.Float64, strict=False)
        texts = {"reason": pulse.reason, "note": pulse.note, "author": pulse.by}
        return {"rating": rating, **{name: text_cell(plan, column, as_of) for name, column in texts.items()}}

    told = happenings(project, "pulse", pulse.source, as_of, cells).frame
    # The window of the metric is whole local days before the moment: the day it was given is the last that leaves it.
    day = pl.col("time").dt.convert_time_zone(project.timezone).dt.truncate("1d")
    expires = day.dt.offset_by(f"{(pulse.within.whole_days or 0) + 1}d").dt.convert_time_zone("UTC")
    return told.filter(is_pulse(pl.col("rating"))).with_columns(expires=expires).select(PULSES.names()).cast(PULSES)
