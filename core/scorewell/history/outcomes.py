"""What became of customers, as runs saw it: kept also where the source forgets."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import sqlalchemy as sa

from scorewell.history import schema
from scorewell.history.forgetting import is_forgotten
from scorewell.history.reading import Reads
from scorewell.history.rows import fetched, insert, rows_of, storable_texts
from scorewell.history.writing import Writer

__all__ = ["outcomes", "remember_outcomes"]

_table = schema.outcomes
_KEY = ["customer_id", "outcome", "happened_at"]


def remember_outcomes(writer: Writer, happened: pl.DataFrame) -> int:
    """Add those that are not stored yet, without those of customers that were forgotten; how many were added.

    ``happened`` has customer_id, outcome (String) and happened_at (Datetime us, UTC). What was kept before stays: a
    source that corrects itself has both, with when each was first seen.
    """
    told = storable_texts(happened.select(_KEY), "customer_id", "outcome")
    new = told.unique().join(outcomes(writer).select(_KEY), on=_KEY, how="anti").sort(_KEY)
    new = new.filter(~is_forgotten(writer, new.get_column("customer_id")))
    if new.is_empty():
        return 0
    greatest = writer.connection.execute(sa.select(sa.func.max(_table.c.number))).scalar_one()
    first = int(greatest or 0) + 1
    rows = new.with_columns(
        number=pl.int_range(first, first + pl.len(), dtype=pl.Int64),
        project=pl.lit(writer.project),
        recorded_at=pl.lit(datetime.now(UTC)).dt.cast_time_unit("us"),
    )
    insert(writer.connection, _table, rows_of(_table, rows))
    return new.height


def outcomes(history: Reads) -> pl.DataFrame:
    """What happened to the project's customers, in the order in which it happened.

    Columns customer_id, outcome, happened_at and recorded_at (both Datetime us, UTC).
    """
    columns = [_table.c[name] for name in (*_KEY, "recorded_at")]
    query = sa.select(*columns).where(_table.c.project == history.project)
    with history.connected() as connection:
        return fetched(connection, query.order_by(_table.c.happened_at, _table.c.customer_id, _table.c.outcome))
