"""The past that reports show, read from the history when pages are made."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import polars as pl

from scorewell.history import StoredRun
from scorewell.history.overrides import overrides
from scorewell.history.reading import Reads
from scorewell.reporting import Past
from scorewell.runner.remembering import is_of_shadow
from scorewell.scoring import PAST_SCORES, override_words

__all__ = ["past_of_reports"]

_YEARS = timedelta(days=731)
_INSTANT = pl.Datetime("us", "UTC")


def past_of_reports(history: Reads, as_of: datetime) -> Past:
    """What the history knows of the two years before a moment (aware)."""
    runs = history.runs(since=as_of - _YEARS, until=as_of - timedelta(microseconds=1))
    return Past(
        scores=history.scores(runs, columns=PAST_SCORES.names()).filter(~is_of_shadow()),
        overrides=_overrides(history),
        metrics=lambda: _metrics(history, runs),
    )


def _metrics(history: Reads, runs: Iterable[StoredRun]) -> Iterable[tuple[datetime, pl.DataFrame]]:
    for run in runs:
        yield run.as_of, history.metrics(run)


def _overrides(history: Reads) -> pl.DataFrame:
    """Every decision that was ever recorded, in words."""
    rows = [
        (
            each.customer_id,
            each.score_name,
            override_words(each.kind, each.value, each.band),
            each.because,
            each.author,
            each.begins,
            each.until if each.withdrawn_at is None else min(each.until, each.withdrawn_at),
        )
        for each in overrides(history)
    ]
    texts = dict.fromkeys(("customer_id", "score_name", "what", "reason", "author"), pl.String)
    return pl.DataFrame(rows, schema={**texts, "begins": _INSTANT, "ends": _INSTANT}, orient="row")
