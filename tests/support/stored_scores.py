"""Builders of what runs leave behind: a test says the moments, the scores, and what its case is about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import attrs
import polars as pl

from scorewell.scoring import PAST_SCORES, TRANSITIONS, Past

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 6, 1, tzinfo=BERLIN)


@attrs.frozen(kw_only=True)
class Stored:
    """One row of a run."""

    as_of: datetime
    score: float | None
    customer_id: str = "1"
    score_name: str = "health"
    segment: str | None = "smb"
    stage: str | None = None
    line: str | None = "a"

    @property
    def band(self) -> str | None:
        return band_of(self.score)


def band_of(score: float | None) -> str | None:
    if score is None:
        return None
    return "at_risk" if score <= 40 else "stable" if score <= 70 else "healthy"


def days_before(moment: datetime, days: float) -> datetime:
    """So many days of the wall clock before."""
    return (moment.replace(tzinfo=None) - timedelta(days=days)).replace(tzinfo=moment.tzinfo)


def stored(rows: Iterable[Stored]) -> pl.DataFrame:
    """The rows as the history gives them."""
    return _frame(rows, "UTC").select(PAST_SCORES.names())


def scores(rows: Iterable[Stored], timezone: str = "Europe/Berlin") -> pl.DataFrame:
    """The rows as a run makes them."""
    frame = _frame(rows, timezone)
    return frame.select("customer_id", "score_name", "segment", "stage", "as_of", "score", "band", "baseline", "line")


def past(rows: Iterable[Stored], transitions: Iterable[dict[str, object]] = ()) -> Past:
    return Past(scores=stored(rows), last_stays=pl.DataFrame(list(transitions), schema=TRANSITIONS))


def _frame(rows: Iterable[Stored], timezone: str) -> pl.DataFrame:
    schema = pl.Schema({**PAST_SCORES, "baseline": pl.Float64()})
    cells = [
        {**attrs.asdict(row), "band": row.band, "baseline": 100.0, "as_of": row.as_of.astimezone(ZoneInfo("UTC"))}
        for row in rows
    ]
    frame = pl.DataFrame(cells, schema=schema)
    return frame.with_columns(pl.col("as_of").dt.convert_time_zone(timezone))
