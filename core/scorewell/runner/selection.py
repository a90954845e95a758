"""Whom a run delivers, where the user asked for a few. Whom it is fitted on is not decided here: always everybody."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection

import polars as pl

from scorewell.api.v1 import ScorewellError
from scorewell.configuration import Project, each_score, scores_of
from scorewell.messages import suggested

__all__ = [
    "NobodySelected",
    "check_customers",
    "check_score",
    "check_scorecards",
    "check_segments",
    "customer_id",
    "selected",
    "selection_name",
]


class NobodySelected(ScorewellError):  # noqa: N818 - says what happened, and reads so where it is caught
    """A segment, score or customer was named that does not exist, or a name that several customers have."""


def check_segments(project: Project, segments: Collection[str]) -> None:
    """Raise NobodySelected for the first of ``segments`` that the project does not have."""
    known = list(dict.fromkeys(name for _, one in each_score(project) for name in one.segments))
    for segment in segments:
        if segment not in known:
            raise NobodySelected(
                f"no segment {segment!r}; there are {', '.join(known)}", hint=suggested(segment, known)
            )


def check_customers(scores: pl.DataFrame, customers: Collection[str]) -> None:
    """Raise NobodySelected for the first of ``customers`` (ids or names) that is not in ``scores``."""
    for customer in customers:
        customer_id(scores, customer)


def check_score(project: Project, score: str | None) -> None:
    """Raise NobodySelected for a score that the project does not have; None is its first."""
    known = list(scores_of(project))
    if score is not None and score not in known:
        raise NobodySelected(f"no score {score!r}; there is {', '.join(known)}", hint=suggested(score, known))


def check_scorecards(project: Project, scorecards: Collection[str]) -> None:
    """Raise NobodySelected for the first of ``scorecards`` that the project does not have."""
    for scorecard in scorecards:
        if scorecard not in project.scorecards:
            raise NobodySelected(
                f"no scorecard {scorecard!r}; there are {', '.join(project.scorecards)}",
                hint=suggested(scorecard, project.scorecards),
            )


def selected(scores: pl.DataFrame, segments: Collection[str] | None, customers: Collection[str] | None) -> pl.DataFrame:
    """The rows of ``segments`` and of ``customers`` (ids or names), in the order of ``scores``; None is no limit.

    A customer is in a segment where any of its scores puts it there, and is delivered with all its scores. Raises
    NobodySelected for a customer that is not in ``scores``.
    """
    if customers is not None:
        ids = [customer_id(scores, customer) for customer in customers]
        scores = scores.filter(pl.col("customer_id").is_in(ids))
    if segments is not None:
        inside = scores.filter(pl.col("segment").is_in(list(segments)))
        scores = scores.filter(pl.col("customer_id").is_in(inside["customer_id"].unique().implode()))
    return scores


def selection_name(segments: Collection[str] | None, customers: Collection[str] | None) -> str:
    """A name for the selection, safe in a file's name whatever it holds, in any order; "" for everybody."""
    if segments is None and customers is None:
        return ""
    if customers is None and segments is not None and len(segments) == 1:
        return f"only-{next(iter(segments))}"
    parts = [sorted(segments or ()), sorted(customers or ())]
    return f"only-{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:8]}"


def customer_id(table: pl.DataFrame, wanted: str) -> str:
    """The id of the customer that ``wanted`` names: an id, else a name that only one customer has, in any case.

    ``table`` has ``customer_id`` and maybe ``name``. Raises NobodySelected with near misses.
    """
    table = table.unique("customer_id", maintain_order=True)  # a customer may have several scores
    ids = table.get_column("customer_id")
    if (ids == wanted).any():
        return wanted
    if "name" not in table.columns:
        raise NobodySelected(f"no customer with the id {wanted!r} among {len(table):,}", hint=_near(wanted, ids))
    names = table.get_column("name").cast(pl.String)
    for found in (table.filter(names == wanted), table.filter(names.str.to_lowercase() == wanted.lower())):
        if len(found) == 1:
            return str(found.item(0, "customer_id"))
        if len(found) > 1:
            some = ", ".join(found.get_column("customer_id").head(5))
            more = f" and {len(found) - 5:,} more" if len(found) > 5 else ""
            raise NobodySelected(
                f"{len(found):,} customers are called {wanted!r}: {some}{more}", hint="name one by its id"
            )
    near = _near(wanted, ids, names)
    raise NobodySelected(f"no customer with the id or name {wanted!r} among {len(table):,}", hint=near)


def _near(wanted: str, ids: pl.Series, *names: pl.Series) -> str | None:
    """What to try. Spreadsheets lose the zeros that ids begin with: such an id is meant before all that look alike."""
    padded = ids.filter(ids.str.strip_chars_start("0") == wanted.lstrip("0")).head(3)
    return " or ".join(padded) or suggested(wanted, [each for some in (ids, *names) for each in some.drop_nulls()])
