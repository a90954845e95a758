"""What was before: the past of a project as reports are given it. All times are aware."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

import attrs
import polars as pl

from scorewell.api.v1 import Finding

__all__ = ["EarlierMetrics", "Past"]

EarlierMetrics = Callable[[], Iterable[tuple[datetime, pl.DataFrame]]]
"""The metrics table of each earlier moment, the oldest first. Read only where customers' own pages are made."""


@attrs.frozen(kw_only=True, eq=False)
class Past:
    """The past of the delivered customers, each part a frame or None where the project has none of it.

    All times are ``Datetime("us", "UTC")``; further columns, customers and scores are ignored, an absent
    ``score_name`` means every score. Nothing at or after the run's moment is shown as past.

    - ``scores``, one row a customer, score and earlier run: ``customer_id, score_name, as_of, score, band, segment,
      stage, line``. Two years are shown at most. Where ``line`` differs from one row to the next, the line is broken;
      where the band does on an unbroken line, it changed.
    - ``actions``, what was done for a customer: ``customer_id, time, play, owner, result``.
    - ``overrides``: ``customer_id, score_name, what`` (``at most 40``)``, reason, author, begins, ends``, with ``ends``
      when it was withdrawn, where it was.
    - ``pulses``, the judgements of people: ``customer_id, time, rating`` (1 to 5)``, reason, note, author, expires``.
    - ``changes`` since the run before this one, rows that add up to each customer's change of score: ``customer_id,
      score_name, kind, name, points, old, new``.
    - ``findings`` are what was noticed while all this was read; the portfolio tells them with those of the run.
    - ``metrics`` is what scores of the past are computed from again, for readers who may see a part of it only.
    """

    scores: pl.DataFrame | None = None
    actions: pl.DataFrame | None = None
    overrides: pl.DataFrame | None = None
    pulses: pl.DataFrame | None = None
    changes: pl.DataFrame | None = None
    metrics: EarlierMetrics | None = None
    findings: tuple[Finding, ...] = ()
