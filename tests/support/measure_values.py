"""A measure's value of a few rows, as of 1 March 2026."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl
from tests.support.eager_rows import EagerRows, at, measured, table

from scorewell.api.v1 import Expression, Measure
from scorewell.dialect import SqlAggregate

NOW = at("2026-03-01")
TIMED: dict[str, Any] = {"time_column": "seen_at"}


def value(measure: Measure, frame: pl.DataFrame, as_of: datetime = NOW, **declared: Any) -> Any:
    """What the measure makes of the rows; ``declared`` is what ``EagerRows`` takes."""
    return measured(measure, EagerRows(frame, as_of, **declared))


def visits(*moments: str, timezone: str = "UTC") -> pl.DataFrame:
    """Rows with nothing but their time."""
    return table(timezone, seen_at=moments)


def sql(text: str) -> Measure:
    """An SQL aggregate."""
    return SqlAggregate(sql=Expression(text))
