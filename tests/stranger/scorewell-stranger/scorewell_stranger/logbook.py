"""A source that knows its tables."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import polars as pl

from scorewell.api.v1 import CustomerKey, Location, Period, ReadError, Source, Table, frozen, setting


@frozen
class Logbook(Source):
    """A folder with ``teams.ndjson`` and ``visits.ndjson``, one JSON object a line."""

    name = "logbook"
    tables: ClassVar[Mapping[str, Table]] = {
        "teams": Table(customer=CustomerKey(column="id")),
        "visits": Table(customer=CustomerKey(column="team"), time="at"),
    }

    folder: Location = setting("the folder with the two files")

    def scan(self, table: str, period: Period | None) -> pl.LazyFrame:
        """``teams``: id, title (text). ``visits``: team (text), at (Datetime in UTC)."""
        path = Path(self.folder) / f"{table}.ndjson"
        if not path.is_file():
            raise ReadError(f"{self.described(table)}: there is no file {path}")
        frame = pl.scan_ndjson(path)
        return frame.with_columns(pl.col("at").str.to_datetime(time_zone="UTC")) if table == "visits" else frame

    def described(self, table: str) -> str:
        """What messages call a table."""
        return f"the logbook's {table}"
