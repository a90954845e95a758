"""Sinks: where results go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol

import attrs

from scorewell.api.v1.components import Component
from scorewell.api.v1.errors import Finding
from scorewell.api.v1.passwords import without_passwords

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Appearance", "Audience", "Forgotten", "Receipt", "RenderedPage", "Run", "Sink"]

Audience = Literal["internal", "customer"]
"""Who reads a page: we, who see everything, or the customer, who sees what the configuration lets customers see."""


@attrs.frozen(kw_only=True)
class RenderedPage:
    """One page of a report: ``path`` is relative, safe on every file system and unique within the run.

    ``content`` is the whole HTML; ``model`` yields what the page was made from, as JSON: the versioned report model.
    """

    path: str
    title: str
    content: str
    model: Callable[[], str] | None = attrs.field(default=None, eq=False, repr=False)


@attrs.frozen(kw_only=True)
class Appearance:
    """How reports are to look: the ``theme`` and the ``settings`` that ``Run.reports`` is asked with."""

    theme: str | None = None
    settings: Mapping[str, str] = attrs.field(factory=dict)


class Run(Protocol):
    """What a sink may know of a run."""

    @property
    def id(self) -> str:
        """The hash of project, as_of and configuration: the same run again has the same id."""

    @property
    def project(self) -> str:
        """The project's name."""

    @property
    def as_of(self) -> datetime:
        """The moment the scores are of, aware, in the project's time zone."""

    @property
    def selection(self) -> str:
        """What the delivery is limited to, as a part of a file's name; "" for everybody.

        A limited delivery stands beside the whole one and never replaces it.
        """

    @property
    def scores(self) -> pl.DataFrame:
        """The scores frame, one row a customer and score, sorted by ``customer_id``: its columns are in the
        reference, ``docs/reference/scores.md``."""

    @property
    def bands(self) -> Mapping[str, str]:
        """The bands' names, over all scorecards from low to high, with their colours as ``#rrggbb``."""

    @property
    def scales(self) -> Mapping[str, tuple[float, float]]:
        """From where to where each scorecard's scores go, by the column ``scorecard``.

        Scores of different scales cannot be averaged or sorted together before they are put on one.
        """

    @property
    def findings(self) -> Sequence[Finding]:
        """What the run noticed."""

    def summary(self, locale: str = "en") -> pl.DataFrame:
        """What a CRM wants to know, for internal readers: one row for each of ``scores`` and in their order.

        Numbers in the reasons are written as ``locale`` has it, and their words are in its language where that is
        English, French, German or Spanish; else in English. Raises ScorewellError for an unknown locale.

        Twelve columns, always these and of these types: ``project``, ``customer_id``, ``score_name``, ``name``,
        ``owner`` (text), ``score`` (number), ``band`` (text), ``score_change`` (number: since the run before, null
        where nothing is known of one), ``reasons`` (text: at most three sentences, one a line, at most 255 characters
        together, the strongest first; where there is no score, why), ``data_completeness`` (number, 0 to 1),
        ``status`` (text), ``as_of`` (moment). Only ``project``, ``customer_id``, ``score_name``, ``reasons``,
        ``status`` and ``as_of`` are never null.
        """

    def reports(
        self, audience: Audience, theme: str | None = None, settings: Mapping[str, str] | None = None
    ) -> Iterator[RenderedPage]:
        """The rendered pages: one a customer; for the internal audience also ``index.html``, the portfolio.

        ``theme`` is the name of a registered theme or a folder; ``settings`` are the theme's texts, colours and logo.
        Raises ScorewellError for an unknown theme or setting, before the first page.
        """


@attrs.frozen(kw_only=True)
class Receipt:
    """What was delivered: ``location`` for the reader's eyes, without its password, ``count`` of ``what`` ("rows",
    "pages")."""

    location: str = attrs.field(converter=without_passwords)
    count: int
    what: str


@attrs.frozen(kw_only=True)
class Forgotten:
    """Whom a sink is to take out of what it delivered for ``project``: a customer, or a person who works with them.

    ``id`` is the customer's id, or how the customers' table calls the person; ``names`` are what else a customer was
    called.
    """

    project: str
    kind: Literal["customer", "person"]
    id: str
    names: tuple[str, ...] = ()


class Sink(Component):
    """Delivers the results of a run."""

    def deliver(self, run: Run) -> Receipt:
        """Deliver, idempotently: the same run again replaces what it wrote before, and a reader never sees a half."""
        raise NotImplementedError

    def appearance(self) -> Appearance | None:
        """How it will ask for reports, so that ``scorewell check`` tells of a theme or a logo that is not there.

        None where it asks for none. A setting of reports that is one of the sink's own has the same name.
        """
        return None

    def obstacles(self) -> Iterator[tuple[str, str]]:
        """What would keep it from delivering as things are, each after the name of the setting that leads there:
        ``("path", "out is a file, and a folder is needed")``.

        ``scorewell check`` tells it at the setting's line. It looks and changes nothing; a run delivers without asking,
        for things may be otherwise by then.
        """
        return iter(())

    def forget(self, forgotten: Forgotten) -> Receipt | None:
        """Remove what was ever delivered of a customer or a person, and say how much; 0 where there is none of it.

        None where this sink cannot take back what it delivered: then its user is told to do it by hand.
        """
        return None
