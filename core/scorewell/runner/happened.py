"""What became of customers, as a run sees it, for the history to keep."""

from __future__ import annotations

import logging
from datetime import datetime

import polars as pl

from scorewell.api.v1 import ScorewellError
from scorewell.configuration import Project
from scorewell.metrics import are_dated, dated_outcomes

__all__ = ["happened"]

_LOG = logging.getLogger("scorewell.runner")


def happened(project: Project, as_of: datetime) -> pl.DataFrame | None:
    """The outcomes with a date before a moment (aware): customer_id, outcome and happened_at (Datetime us, UTC).

    None where the project names none, or they cannot be read: no score rests on them, and `check` tells why. Where an
    outcome is only yes or no, its condition says what it is.
    """
    if project.outcomes is None or not are_dated(project):
        return None
    try:
        found = dated_outcomes(project, as_of).frame
    except ScorewellError as error:
        _LOG.debug("outcomes were not kept", exc_info=error)
        return None
    said = pl.col("outcome")
    if found.schema["outcome"] == pl.Boolean:
        said = pl.lit(str(project.outcomes.outcome))
    return found.select("customer_id", said.alias("outcome"), pl.col("time").alias("happened_at"))
