"""What became of customers, as a run sees it, for the history to keep."""

from __future__ import annotations

import logging
from datetime import datetime

import polars as pl

from scorewell.api.v1 import ScorewellError
from scorewell.configuration import Project
from scorewell.metrics import are_dated, dated_outcomes, of_dates

__all__ = ["happened", "outcomes_in_words"]

_LOG = logging.getLogger("scorewell.runner")


def happened(project: Project, as_of: datetime) -> pl.DataFrame | None:
    """The outcomes with a date before a moment (aware): customer_id, outcome and happened_at (Datetime us, UTC).

    None where the project names none, or they cannot be read: no score rests on them, and `check` tells why.
    """
    if not are_dated(project):
        return None
    try:
        return outcomes_in_words(project, as_of)
    except ScorewellError as error:
        _LOG.debug("outcomes were not kept", exc_info=error)
        return None


def outcomes_in_words(project: Project, as_of: datetime) -> pl.DataFrame:
    """As ``happened``, but raises what ``dated_outcomes`` does; an outcome is String.

    Where an outcome is only yes or no, its condition says what it is.
    """
    found = dated_outcomes(project, as_of).frame
    said, outcomes = pl.col("outcome"), of_dates(project)
    if found.schema["outcome"] == pl.Boolean and outcomes is not None:
        said = pl.lit(str(outcomes.outcome))
    return found.select("customer_id", said.alias("outcome"), pl.col("time").alias("happened_at"))
