"""The source ``files``: a table from a file, a folder of files, a pattern, or an object store."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from scorewell.api.v1 import Location, Period, Rejected, Secret, Source, frozen, setting
from scorewell_standard.sources.delimited import Dialect
from scorewell_standard.sources.inference import DeclaredType
from scorewell_standard.sources.locations import Format, files_at
from scorewell_standard.sources.opened import Opened, open_file, open_parquet
from scorewell_standard.sources.typed import Typing, typed, untyped_cells

__all__ = ["Files"]


@frozen
class Files(Source):
    """Reads CSV, TSV, space-aligned text, Parquet, NDJSON and Excel files, lazily where the format allows it.

    Text has no types, so a column is what *all* of its cells are: true/false, whole numbers, numbers, ISO dates or
    datetimes, else text; ``00017`` and numbers of 19 digits and more stay text. Blank cells are null. Several files
    make one table with the columns of all.
    """

    name = "files"

    path: Location = setting(
        "a file, a folder, a pattern such as usage/*.csv, or a URL (s3://, gs://, az://, https://)"
    )
    format: Format | None = setting("csv, tsv, parquet, ndjson or excel; default: what the ending says", default=None)
    separator: str | None = setting(
        'what separates fields, default a comma; " " for columns aligned by spaces', default=None
    )
    header: bool | None = setting("whether the first line holds the columns' names; default: found out", default=None)
    columns: tuple[str, ...] = setting("the columns' names, where the file has none or others", factory=tuple)
    skip_rows: int = setting("lines before the header", default=0)
    encoding: str = setting("how text is encoded, as windows-1252", default="utf-8")
    null_values: tuple[str, ...] = setting("cells that mean nothing, besides blank ones, as n/a", factory=tuple)
    decimal_comma: bool = setting("whether numbers are written 12,5", default=False)
    dates: Mapping[str, str] = setting('how a column\'s dates are written, as {date: "%Y%m%d"}', factory=dict)
    types: Mapping[str, DeclaredType] = setting("what a column holds, where its cells do not say it", factory=dict)
    sheet: str | None = setting("the sheet of a spreadsheet; default the first", default=None)
    storage_options: Mapping[str, Secret] = setting("credentials and region of an object store", factory=dict)

    def problems(self) -> Iterator[str]:
        if self.separator is not None and (len(self.separator) != 1 or not self.separator.isascii()):
            yield f"separator {self.separator!r}: expected one character"
        if self.header is False and not self.columns:
            yield "header: false needs columns: the names of the columns"
        if self.skip_rows < 0:
            yield f"skip_rows is {self.skip_rows}: expected 0 or more"
        for column in self.dates.keys() & self.types.keys():
            yield f"column {column!r} is in dates and in types: one of them suffices"
        for column, form in self.dates.items():
            if "%" not in form:
                yield f'dates: {column}: {form!r} is no date format: expected one such as "%d.%m.%Y"'
        try:
            codecs.lookup(self.encoding)
        except LookupError:
            yield f"encoding {self.encoding!r} is not known: expected one such as utf-8 or windows-1252"

    def scan(self, table: str, period: Period | None) -> pl.LazyFrame:
        """One row a record. ``table`` and ``period`` are not needed: filters reach the file by polars itself."""
        del table, period
        return typed(self._opened(), self._typing()).frame

    def described(self, table: str) -> str:
        """The path or URL."""
        return f"{table} ({self.path})" if table else self.path

    def rejected(self, table: str) -> Iterator[Rejected]:
        """Lines that are no record, and cells that are not what ``types`` and ``dates`` say: those are null."""
        del table
        opened = self._opened()
        for file in opened:
            yield from file.rejected
        yield from untyped_cells(opened, self._typing())

    def _opened(self) -> Sequence[Opened]:
        places, known = files_at(self.path, self.format)
        options = {key: secret.reveal() for key, secret in self.storage_options.items()}
        if known == "parquet":
            return open_parquet(self.path, places, options)
        dialect = Dialect(
            separator=self.separator or ("\t" if known == "tsv" else ","),
            encoding=self.encoding,
            skip_rows=self.skip_rows,
            header=self.header,
            columns=self.columns,
            storage_options=tuple(options.items()),
        )
        return [open_file(place, known, dialect, self.sheet) for place in places]

    def _typing(self) -> Typing:
        return Typing(
            dates=self.dates, types=self.types, null_values=self.null_values, decimal_comma=self.decimal_comma
        )
