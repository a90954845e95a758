"""What is remembered of a run, and what the history says of one that it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

import attrs
import polars as pl

from scorewell.api.v1 import Finding

__all__ = ["EVERY_KIND", "OWN_KINDS", "STAYS_BEGIN", "Kind", "RunRecord", "StoredReceipt", "StoredRun"]

Kind = Literal["run", "backfill", "rescore", "import"]
OWN_KINDS: tuple[Kind, ...] = ("run", "backfill", "rescore")
EVERY_KIND: tuple[Kind, ...] = (*OWN_KINDS, "import")
"""How the scores came about: a run of that day, a past moment scored later, stored metric values scored again, or
another product's scores."""

STAYS_BEGIN = ("moved", "entered", "restarted")
"""The kinds of band change with which a customer's time in a band begins: after ``returned`` it goes on, after ``left``
it may."""


@attrs.frozen(kw_only=True)
class StoredRun:
    """A run that the history holds, without its rows.

    ``number`` is the store's own, and the same run again keeps it. ``as_of`` and ``recorded_at`` are in UTC;
    ``recorded_at`` is the only thing here that a clock says. ``configuration`` is the fingerprint. ``failed`` says of
    metrics that could not be computed why, ``stale`` of metrics whose table was too old how old. ``superseded`` is true
    where another run of the same moment was remembered after it; ``pruned`` says which of its rows were removed since
    (scores, metrics, transitions, receipts).
    """

    number: int
    run_id: str
    project: str
    as_of: datetime
    kind: Kind
    configuration: str
    versions: Mapping[str, str]
    failed: Mapping[str, str]
    stale: Mapping[str, str]
    customers: int
    superseded: bool
    recorded_at: datetime
    pruned: Sequence[str] = ()


@attrs.frozen(kw_only=True, eq=False)
class RunRecord:
    """What is remembered of a run.

    ``as_of`` is aware. ``configuration`` is the fingerprint and ``document`` the text that it is of; ``fit`` is
    ``FittedProject.to_json()``. ``scores`` is the scores frame of everybody, with ``line``; ``override`` may be absent.
    ``metrics`` is the metrics table, a row a customer. ``transitions`` has the columns customer_id, score_name, kind,
    from_band, to_band, from_score, to_score; None for none.
    """

    run_id: str
    as_of: datetime
    kind: Kind = "run"
    configuration: str
    document: str
    versions: Mapping[str, str] = attrs.field(factory=dict)
    fit: str
    scores: pl.DataFrame = attrs.field(repr=False)
    metrics: pl.DataFrame = attrs.field(repr=False)
    failed: Mapping[str, str] = attrs.field(factory=dict)
    stale: Mapping[str, str] = attrs.field(factory=dict)
    findings: Sequence[Finding] = ()
    transitions: pl.DataFrame | None = attrs.field(default=None, repr=False)


@attrs.frozen(kw_only=True)
class StoredReceipt:
    """What a sink did with a run: ``count`` of ``what`` at ``location``, or the ``failure`` in words.

    ``sink`` is its place and name, as ``sinks.2 (html)``.
    """

    sink: str
    location: str | None = None
    count: int | None = None
    what: str | None = None
    failure: str | None = None
