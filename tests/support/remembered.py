"""Runs to be remembered, small or large, that say only what matters to a case."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl

from scorewell.history import RunRecord

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
NEXT_MONDAY = datetime(2026, 3, 9, tzinfo=UTC)


def scores(values: dict[str, float | None], **columns: Any) -> pl.DataFrame:
    """A scores frame: one row a customer, with two dimensions."""
    ids = sorted(values)
    numbers = [values[name] for name in ids]
    frame = pl.DataFrame(
        {
            "customer_id": ids,
            "score_name": "health",
            "name": [name.title() for name in ids],
            "segment": "everyone",
            "stage": None,
            "score": numbers,
            "band": [None if number is None else "stable" for number in numbers],
            "status": ["insufficient_data" if number is None else "scored" for number in numbers],
            "coverage": 1.0,
            "baseline": 100.0,
            "dimension.usage": numbers,
            "dimension.usage.depth": 1 / 3,
            "scorecard": "f" * 16,
            "line": "1" * 16,
        },
        schema_overrides={"score": pl.Float64, "stage": pl.String, "dimension.usage": pl.Float64, "band": pl.String},
    )
    return frame.with_columns(pl.lit(value).alias(name) for name, value in columns.items())


def transition(customer: str, to_band: str = "healthy", from_band: str = "stable", kind: str = "band") -> pl.DataFrame:
    """One band change."""
    return pl.DataFrame(
        {
            "customer_id": [customer],
            "score_name": ["health"],
            "kind": [kind],
            "from_band": [from_band],
            "to_band": [to_band],
            "from_score": [60.0],
            "to_score": [80.0],
        }
    )


def record(
    values: dict[str, float | None] | None = None, *, as_of: datetime = MONDAY, run_id: str = "a1", **others: Any
) -> RunRecord:
    """What is remembered of a run with these scores; its metrics are the logins of its customers."""
    values = {"ada": 70.0, "bob": None} if values is None else values
    metrics = pl.DataFrame({"customer_id": sorted(values), "logins": range(len(values))})
    said = {
        "configuration": "c" * 16,
        "document": "name: Acme\n",
        "fit": '{"fits": []}',
        "scores": scores(values),
        "metrics": metrics,
        **others,
    }
    return RunRecord(run_id=run_id, as_of=as_of, **said)
