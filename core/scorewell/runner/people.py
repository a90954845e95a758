"""What people decided and said of one customer, beside what was computed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs
import polars as pl

from scorewell.api.v1 import ScorewellError
from scorewell.configuration import Project
from scorewell.history import History
from scorewell.history.overrides import overrides
from scorewell.metrics import pulses_as_of
from scorewell.scoring import override_words, pulse_gap, pulse_points

__all__ = ["Overridden", "PulseBeside", "overridden", "pulse_beside"]


@attrs.frozen(kw_only=True)
class Overridden:
    """The override in force: what it says, why, whose it is, until when, and the points it added or took."""

    number: int | None
    rule: str
    because: str | None
    author: str | None
    until: datetime | None
    contribution: float


@attrs.frozen(kw_only=True)
class PulseBeside:
    """The latest pulse that holds: 1 to 5, in the scorecard's scale as ``points``, and its ``gap`` to the score.

    The gap is above 0 where people think better of the customer than the data do.
    """

    value: float
    points: float | None
    gap: float | None
    given_at: datetime
    reason: str | None
    note: str | None
    author: str | None


def overridden(scores: Mapping[str, Any], history: History | None, as_of: datetime) -> Overridden | None:
    """The override of a row of the scores; None where there is none."""
    rule = scores.get("override")
    if rule is None:
        return None
    points = scores.get("contribution.override") or 0.0
    found = overrides(history, customer_id=scores["customer_id"]) if history is not None else ()
    for each in reversed(found):
        says = override_words(each.kind, each.value, each.band)
        if each.counts_at(as_of) and (each.score_name, says) == (scores["score_name"], rule):
            return Overridden(
                number=each.number,
                rule=rule,
                because=each.because,
                author=each.author,
                until=each.until.astimezone(as_of.tzinfo),
                contribution=points,
            )
    return Overridden(number=None, rule=rule, because=None, author=None, until=None, contribution=points)


def pulse_beside(
    project: Project, customer_id: str, score: float | None, scale: tuple[float, float], as_of: datetime
) -> PulseBeside | None:
    """The pulse beside a customer's score; None where the project has none, where none holds, and where they cannot be
    read, which the metric has told."""
    try:
        known = pulses_as_of(project, as_of)
    except ScorewellError:
        return None
    rows = known.filter(
        pl.col("customer_id") == customer_id, pl.col("expires") > pl.lit(as_of).dt.convert_time_zone("UTC")
    )
    if rows.is_empty():
        return None
    last = rows.row(-1, named=True)
    return PulseBeside(
        value=last["rating"],
        points=pulse_points(last["rating"], scale),
        gap=pulse_gap(last["rating"], score, scale),
        given_at=last["time"].astimezone(as_of.tzinfo),
        reason=last["reason"],
        note=last["note"],
        author=last["author"],
    )
