"""What is too old to be kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from scorewell.history import schema
from scorewell.history.copies import change_run
from scorewell.history.errors import HistoryError
from scorewell.history.writing import Writer

__all__ = ["PRUNABLE", "prune"]

_runs = schema.runs


def prune(writer: Writer, before: Mapping[str, datetime]) -> dict[str, int]:
    """Remove of each of these kinds of rows what is older than its moment; how many rows that were, by kind.

    Raises HistoryError for a kind that there is not.
    """
    unknown = sorted(set(before) - set(PRUNABLE))
    if unknown:
        raise HistoryError(f"nothing called {unknown[0]!r} can be pruned: expected one of {', '.join(PRUNABLE)}")
    removed = {name: PRUNABLE[name](writer, moment) for name, moment in before.items()}
    writer.drop_unreferenced()
    return removed


def _whole_runs(writer: Writer, condition: sa.ColumnElement[bool]) -> int:
    mine = writer.stored((_runs.c.project == writer.project) & condition)
    for run in mine:
        writer.remove(run)
    return len(mine)


def _old_runs(writer: Writer, moment: datetime) -> int:
    return _whole_runs(writer, _runs.c.as_of < moment)


def _superseded_runs(writer: Writer, moment: datetime) -> int:
    return _whole_runs(writer, (_runs.c.as_of < moment) & _runs.c.superseded)


def _of_runs(name: str, table: sa.Table, *frames: str) -> Callable[[Writer, datetime], int]:
    """What prunes the rows of runs in a table, with the runs' frames of these kinds; the rows of the table are counted.

    Each run notes ``name`` among what was pruned of it.
    """

    def pruned(writer: Writer, moment: datetime) -> int:
        count = 0
        for run in writer.stored((_runs.c.project == writer.project) & (_runs.c.as_of < moment)):
            of_kinds = schema.of_run(schema.frames, run.number) & schema.frames.c.kind.in_(frames)
            gone = writer.connection.execute(sa.delete(schema.frames).where(of_kinds)).rowcount
            if table is not schema.frames:
                gone = writer.connection.execute(sa.delete(table).where(schema.of_run(table, run.number))).rowcount
            if gone:
                change_run(writer.connection, run.number, lambda said: {"pruned": sorted({*said["pruned"], name})})
            count += gone
        return count

    return pruned


def _of_project(table: sa.Table, moments: sa.Column[Any]) -> Callable[[Writer, datetime], int]:
    """Rows that are the project's own."""

    def pruned(writer: Writer, moment: datetime) -> int:
        old = (table.c.project == writer.project) & (moments < moment)
        return writer.connection.execute(sa.delete(table).where(old)).rowcount

    return pruned


PRUNABLE: Mapping[str, Callable[[Writer, datetime], int]] = {
    "runs": _old_runs,
    "superseded": _superseded_runs,
    "scores": _of_runs("scores", schema.scores, "scores"),
    "metrics": _of_runs("metrics", schema.frames, "metrics"),
    "transitions": _of_runs("transitions", schema.transitions, "transitions", "stays"),
    "receipts": _of_runs("receipts", schema.receipts),
    "overrides": _of_project(schema.overrides, schema.overrides.c.until),
    "pulses": _of_project(schema.pulses, schema.pulses.c.given_at),
    "outcomes": _of_project(schema.outcomes, schema.outcomes.c.happened_at),
    "period_fits": _of_project(schema.period_fits, schema.period_fits.c.as_of),
}
"""What can be pruned, each by its own age: runs by the moment they are of, and with all that belongs to them; an
override by its end."""
