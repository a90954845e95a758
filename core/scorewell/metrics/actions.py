"""Actions: what was done for each customer, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from scorewell.configuration.model import Project
from scorewell.metrics.happenings import Happenings, happenings, text_cell
from scorewell.metrics.rows import ColumnPlan

__all__ = ["actions_as_of"]


def actions_as_of(project: Project, as_of: datetime) -> Happenings:
    """The actions taken before ``as_of``, an aware moment, as they were known then.

    ``frame``: ``customer_id``, ``time`` (Datetime us, UTC), ``play``, ``owner``, ``result`` (String, null where nothing
    is told); no rows where the project names no actions. Raises ScorewellError where they cannot be read.
    """
    actions = project.actions
    if actions is None:
        names = ("play", "owner", "result")
        schema = {"customer_id": pl.String(), "time": pl.Datetime("us", "UTC"), **dict.fromkeys(names, pl.String())}
        return Happenings(pl.DataFrame(schema=schema), ())
    columns = {"play": actions.play, "owner": actions.owner, "result": actions.result}

    def cells(plan: ColumnPlan) -> Mapping[str, pl.Expr]:
        return {name: text_cell(plan, column, as_of) for name, column in columns.items()}

    return happenings(project, "actions", actions.source, as_of, cells)
