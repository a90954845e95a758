"""Forgetting: a customer, or a person, out of what sinks delivered and out of the history."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Literal

import attrs
import polars as pl
import polars.selectors as cs

from scorewell.api.v1 import Forgotten, Receipt, ScorewellError
from scorewell.configuration import Project
from scorewell.history import History
from scorewell.history.forgetting import FORGOTTEN, authors, is_forgotten, is_known, mentioned, names_of, was_forgotten
from scorewell.history.projects import history_if_kept
from scorewell.messages import suggested, why
from scorewell.runner.selection import NobodySelected, customer_id

__all__ = ["Forgetting", "SinkAnswer", "forget", "whom"]

_LOG = logging.getLogger("scorewell.runner")


@attrs.frozen(kw_only=True)
class SinkAnswer:
    """What a sink did. ``sink`` is its place and name; without ``receipt`` and ``failure`` it cannot take back what it
    delivered."""

    sink: str
    receipt: Receipt | None = None
    failure: str | None = None


@attrs.frozen(kw_only=True)
class Forgetting:
    """What was done. ``history`` counts what was removed, or for a person changed, by kind; None where nothing was
    touched: the project keeps no history, or a sink failed. ``configurations`` of the past that hold a name are left as
    they were written. ``alike`` are people who are called the same but for capital letters, and are still there."""

    forgotten: Forgotten
    sinks: tuple[SinkAnswer, ...]
    history: Mapping[str, int] | None
    configurations: int = 0
    alike: tuple[str, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether nothing failed."""
        return not any(answer.failure is not None for answer in self.sinks)


def whom(project: Project, who: str, kind: Literal["customer", "person"]) -> Forgotten:
    """Whom ``who`` means: of a customer the id, or a name that only one stored customer has; of a person the name.

    Raises NobodySelected for a customer that nothing is stored of. A project without a history takes an id as it is.
    """
    with history_if_kept(project) as history:
        if kind == "person" or history is None:
            return Forgotten(project=project.name, kind=kind, id=who)
        identity = _identity(history, who)
        with history.reading() as snapshot:
            return Forgotten(project=project.name, kind=kind, id=identity, names=names_of(snapshot, identity))


def forget(project: Project, forgotten: Forgotten) -> Forgetting:
    """Ask every sink to take back what it delivered, then take whom it is about out of the history.

    Where a sink fails, the others are asked all the same, but the history stays: it alone knows the names, and the same
    again goes on. Raises HistoryError where the history cannot be written, NobodySelected for a person of whom there is
    nothing anywhere, unless they were forgotten before.
    """
    answers = tuple(_answers(project, forgotten))
    with history_if_kept(project) as history:
        if history is None or any(answer.failure is not None for answer in answers):
            return Forgetting(forgotten=forgotten, sinks=answers, history=None)
        is_person = forgotten.kind == "person"
        if is_person:
            removed = history.forget_person(forgotten.id)
        else:
            removed = history.forget_customer(forgotten.id, forgotten.names)
        others = _people(history) if is_person else frozenset()
        delivered = any(answer.receipt is not None and answer.receipt.count for answer in answers)
        with history.reading() as snapshot:
            if is_person and not delivered and not any(removed.values()) and not was_forgotten(snapshot, forgotten.id):
                raise NobodySelected(
                    f"nothing that was stored or delivered names a person {forgotten.id!r}",
                    hint=suggested(forgotten.id, others),
                )
            return Forgetting(
                forgotten=forgotten,
                sinks=answers,
                history=removed,
                configurations=mentioned(snapshot, (forgotten.id, *forgotten.names)),
                alike=tuple(sorted(name for name in others if name.casefold() == forgotten.id.casefold())),
            )


def _people(history: History) -> frozenset[str]:
    """Who works with customers, as the last run and what people said call them."""
    with history.reading() as snapshot:
        said = authors(snapshot)
    last = history.last_run()
    if last is None or "metrics" in last.pruned:
        return said
    customers = history.metrics(last)
    held = customers.select(cs.by_name("owner", "manager", require_all=False) & cs.string())
    return said | {name for column in held.iter_columns() for name in column.drop_nulls().unique()} - {FORGOTTEN}


def _identity(history: History, who: str) -> str:
    """The id of the customer that a stored run knows as ``who``."""
    last = history.last_run()
    try:
        if last is None:
            raise NobodySelected(f"no customer {who!r}: the history has no run")
        return customer_id(history.metrics(last), who)
    except ScorewellError:
        # Gone from the customers' table since, but not from all that is kept; or forgotten before, and sinks may have
        # got it again.
        with history.reading() as snapshot:
            if not is_known(snapshot, who) and not is_forgotten(snapshot, pl.Series([who])).item():
                raise
        return who


def _answers(project: Project, forgotten: Forgotten) -> Iterator[SinkAnswer]:
    for position, sink in enumerate(project.sinks, 1):
        name = f"sinks.{position} ({sink.name})"
        try:
            yield SinkAnswer(sink=name, receipt=sink.forget(forgotten))
        except Exception as error:  # noqa: BLE001 - a sink may be anybody's
            _LOG.debug("%s failed", name, exc_info=error)
            yield SinkAnswer(sink=name, failure=why(error))
