"""Copies of what a run wrote, each with a hash: `history check` finds rows that somebody edited, for they differ."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import polars as pl
import sqlalchemy as sa

from scorewell.history import schema
from scorewell.history.parts import frame_of, part_content, slices
from scorewell.history.reading import COPIED
from scorewell.history.rows import fetched

__all__ = [
    "DIMENSIONS",
    "RUN",
    "SCORES",
    "TRANSITIONS",
    "change_run",
    "checksum",
    "run_by_column",
    "said_by_run",
    "said_in",
    "scores_by_column",
    "scores_of_part",
    "transitions_by_column",
]

_runs, _scores, _frames = schema.runs, schema.scores, schema.frames
RUN = "run"
"""The kind of frame that says what the run's own row says."""
SCORES = (*COPIED, "coverage", "baseline", "scorecard", "override")
TRANSITIONS = ("customer_id", "score_name", "kind", "from_band", "to_band", "from_score", "to_score")
DIMENSIONS = "dimensions_crc32"
"""The column of copied scores with the checksum of the dimensions of all rows of the part: a copy of those would be
longer than all the rest."""

Change = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def scores_by_column(rows: pl.DataFrame) -> pl.DataFrame:
    """The copy of the rows of table ``scores``."""
    return pl.concat(
        some.select(*SCORES, pl.lit(checksum(some["dimensions"]), pl.Int64).alias(DIMENSIONS)) for some in slices(rows)
    )


def checksum(texts: pl.Series) -> int:
    """The CRC-32 of texts: SHA-256 would make the writing of a run slower by a fiftieth, and tell no more mistakes."""
    joined: bytes = texts.str.join("\n").cast(pl.Binary).item()
    return zlib.crc32(joined)


def scores_of_part(connection: sa.Connection, run: int, part: int) -> pl.DataFrame:
    """The customers and dimensions of those rows of table ``scores`` that a part is the copy of."""
    of_scores = (_frames.c.run == run) & (_frames.c.kind == "scores")
    heights = connection.execute(
        sa.select(_frames.c.rows).where(of_scores, _frames.c.part <= part).order_by(_frames.c.part)
    ).scalars()
    *before, own = heights
    query = sa.select(_scores.c.customer_id, _scores.c.dimensions).where(schema.of_run(_scores, run))
    return fetched(connection, query.order_by(_scores.c.id).offset(sum(before)).limit(own))


def transitions_by_column(rows: pl.DataFrame) -> pl.DataFrame:
    """The copy of the rows of table ``transitions``."""
    return rows.select(TRANSITIONS)


def run_by_column(connection: sa.Connection, run: int) -> pl.DataFrame:
    """The copy of a run's row, every cell as JSON; of no customer. Without what the clock said: the same run again
    writes the same frames."""
    row = connection.execute(sa.select(_runs).where(_runs.c.number == run)).mappings().one()
    return _frame_of_run({name: cell for name, cell in said_by_run(row).items() if name != "recorded_at"})


def said_by_run(row: sa.RowMapping) -> dict[str, Any]:
    """What a run's row says, as plain data."""
    return {name: cell.isoformat() if isinstance(cell, datetime) else cell for name, cell in row.items()}


def change_run(connection: sa.Connection, run: int, change: Change) -> None:
    """Make a change to a run's row, and the same change to its copy: what somebody edited in the row before still
    differs from the copy after it."""
    here = _runs.c.number == run
    row = connection.execute(sa.select(_runs).where(here)).mappings().one()
    connection.execute(sa.update(_runs).where(here).values(**change(said_by_run(row))))
    copy = (_frames.c.run == run) & (_frames.c.kind == RUN)
    for sha256, content in connection.execute(sa.select(_frames.c.sha256, _frames.c.content).where(copy)).all():
        said = said_in(frame_of([(0, sha256, content)], RUN, f"run {run}"))
        changed = part_content(_frame_of_run({**said, **change(said)}))
        connection.execute(sa.update(_frames).where(copy).values(**changed))


def said_in(copy: pl.DataFrame) -> dict[str, Any]:
    """What the copy of a run's row says, as plain data."""
    [row] = copy.drop("customer_id").iter_rows(named=True)
    return {name: json.loads(cell) for name, cell in row.items()}


def _frame_of_run(said: Mapping[str, Any]) -> pl.DataFrame:
    cells = {name: json.dumps(cell, sort_keys=True, ensure_ascii=False) for name, cell in said.items()}
    return pl.DataFrame({"customer_id": pl.Series([None], dtype=pl.String), **cells})
