"""The sink ``sql``: scores as tables of a database, for warehouses, dashboards and CRMs."""

from __future__ import annotations

from collections.abc import Iterator

from scorewell.api.v1 import Forgotten, Receipt, Run, Secret, Sink, frozen, setting
from scorewell_standard.addresses import without_credentials

__all__ = ["Sql"]


@frozen
class Sql(Sink):
    """Two tables of a database, or one of them: ``scores`` gets the scores frame, a row a customer and moment, with
    the project before it; ``summary`` twelve columns made for a CRM, a row a customer: the latest.

    All of a delivery is one transaction: readers see the former rows or the new ones, never a half. The same moment
    again replaces its rows, and a delivery that is limited to some customers replaces theirs alone. Several projects
    may share a table. Tables and columns that are not there are made; a column of another type is an error.
    """

    name = "sql"

    url: Secret = setting("where the database is, as postgresql://user:password@host/database or sqlite:///file.db")
    scores: str | None = setting("the table for the scores frame, with its schema where it needs one", default=None)
    summary: str | None = setting("the table for the twelve columns made for a CRM, likewise", default=None)
    locale: str | None = setting(
        "the language of the summary, and how its numbers are written; default en", default=None
    )

    def problems(self) -> Iterator[str]:
        if self.scores is None and self.summary is None:
            yield "neither scores nor summary is given: name the table of at least one"
        elif self.scores == self.summary:
            yield f"scores and summary are both {self.scores}: each needs a table of its own"
        if self.summary is None and self.locale is not None:
            yield f"locale is {self.locale}, but the scores frame has no words: name a table for the summary"

    def deliver(self, run: Run) -> Receipt:
        """Write the tables; the same moment again replaces its rows."""
        # Only here: SQLAlchemy takes a fifth of a second to import, and most projects write files.
        from scorewell_standard.sinks.sql_delivery import deliver  # noqa: PLC0415 - SQLAlchemy is heavy

        deliver(run, self.url, scores=self.scores, summary=self.summary, locale=self.locale, place=self._place)
        return Receipt(location=self._place, count=run.scores.height, what="rows")

    def forget(self, forgotten: Forgotten) -> Receipt:
        """Remove a customer's rows from the tables; of a person, the name where it is an owner's."""
        from scorewell_standard.sinks.sql_forgetting import forget  # noqa: PLC0415 - SQLAlchemy is heavy

        count = forget(forgotten, self.url, scores=self.scores, summary=self.summary, place=self._place)
        return Receipt(location=self._place, count=count, what="rows")

    @property
    def _place(self) -> str:
        tables = " and ".join(table for table in (self.scores, self.summary) if table is not None)
        return f"{tables} ({without_credentials(self.url)})"
