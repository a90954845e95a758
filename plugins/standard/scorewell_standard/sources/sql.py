"""The source ``sql``: a table or a query of any database that SQLAlchemy speaks to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scorewell.api.v1 import Period, Secret, Source, frozen, setting
from scorewell_standard.addresses import without_credentials

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Sql"]


@frozen
class Sql(Source):
    """Reads a table or a query in batches; only the columns that are used and, as far as a filter is simple, only
    the rows that are used leave the database.

    Decimals become numbers, and types that have no counterpart (UUID, JSON, intervals) text. In SQLite, which stores
    dates as text, text that is a date throughout is read as dates.
    """

    name = "sql"

    url: Secret = setting("where the database is, as postgresql://user:password@host/database or sqlite:///file.db")
    table: str | None = setting("the table or view, with its schema where it needs one: support.tickets", default=None)
    query: str | None = setting("a SELECT, instead of a table", default=None)

    def problems(self) -> Iterator[str]:
        if self.table is not None and self.query is not None:
            yield "table and query are both given: one of them suffices"

    def scan(self, table: str, period: Period | None) -> pl.LazyFrame:
        """The rows of ``table``, or where it is empty of the settings' table or query.

        ``period`` is not needed: filters reach the database by way of polars.
        """
        del period
        # Only here: SQLAlchemy takes a fifth of a second to import, and most projects read files.
        from scorewell_standard.sources import sql_table  # noqa: PLC0415 - SQLAlchemy is heavy

        return sql_table.scan(self.url, table or self.table, self.query, self.described(table))

    def described(self, table: str) -> str:
        """The table or the query's first words, and the database without user and password."""
        what = table or self.table or " ".join((self.query or "").split()[:6])
        where = without_credentials(self.url)
        return f"{what} ({where})".strip() if where else what or self.name
