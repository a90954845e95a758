"""Pulses with all that was said beside them: for the inside of reports and explanations, and for no score."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from scorewell.api.v1 import Column, Period, ReadError, ScorewellError
from scorewell.configuration.model import Project
from scorewell.metrics.as_of import require_aware
from scorewell.metrics.customers import key_map
from scorewell.metrics.keys import CUSTOMER, KEY, key_text
from scorewell.metrics.moments import INSTANT
from scorewell.metrics.places import in_project
from scorewell.metrics.tables import OpenTable, why

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

    Empty where the project has no pulse. Raises ScorewellError where the table cannot be read.
    """
    require_aware(as_of)
    if project.pulse is None:
        return pl.DataFrame(schema=PULSES)
    try:
        return _pulses(project, as_of)
    except ScorewellError as error:
        raise ScorewellError(in_project(project.folder, f"pulse: {error.message}"), hint=error.hint) from error


def _pulses(project: Project, as_of: datetime) -> pl.DataFrame:
    pulse = project.pulse
    assert pulse is not None  # noqa: S101 - the caller has looked; tells the type checker so
    table = OpenTable.scan(project, pulse.source, Period(None, as_of.astimezone(UTC)))
    if table.time is None:
        raise ScorewellError(f"{table.place}: a pulse expires, and its rows have no time", hint="time: <column>")
    time = table.time.instant

    def text(column: Column | None) -> pl.Expr:
        cell = pl.lit(None) if column is None else table.known_cell(column, as_of)
        return cell.cast(pl.String)

    # The window of the metric is whole local days before the moment: the day it was given is the last that leaves it.
    last_day = time.dt.convert_time_zone(project.timezone).dt.truncate("1d")
    expires = last_day.dt.offset_by(f"{(pulse.within.whole_days or 0) + 1}d").dt.convert_time_zone("UTC")
    keys = key_map(project, table, as_of, {})
    rows = table.seen(as_of).select(
        table.raw_key(as_of),
        time.alias("time"),
        table.known_cell(pulse.column, as_of).cast(pl.Float64, strict=False).alias("rating"),
        text(pulse.reason).alias("reason"),
        text(pulse.note).alias("note"),
        text(pulse.by).alias("author"),
        expires.alias("expires"),
    )
    rows = rows.with_columns(key_text(pl.col(KEY), rows.collect_schema()[KEY]).alias(KEY))
    try:
        found = keys.lead(rows.filter(pl.col("rating").is_not_null())).select(PULSES.names()).collect()
    except ScorewellError:
        raise
    except Exception as error:
        raise ReadError(f"{table.place}: cannot be read: {why(error)}") from error
    return found.drop_nulls(CUSTOMER).sort(CUSTOMER, "time", "rating", *PULSES.names()[3:6]).cast(PULSES)
