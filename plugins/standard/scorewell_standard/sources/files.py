"""The source ``files``: a table from a file, a folder of files, a pattern, or an object store."""

from __future__ import annotations

import codecs
import glob
from collections.abc import Iterator, Mapping, Sequence

import attrs
import polars as pl

from scorewell.api.v1 import Location, Period, ReadError, Rejected, Secret, Source, frozen, setting, without_passwords
from scorewell_standard.sources.delimited import Dialect
from scorewell_standard.sources.file_names import FILE_DATE, DateInName, dated, days_of
from scorewell_standard.sources.inference import DeclaredType
from scorewell_standard.sources.locations import Format, files_at, format_of, unreadable_address
from scorewell_standard.sources.opened import PLACE, Opened, open_file, open_parquet
from scorewell_standard.sources.plain_text import is_remote
from scorewell_standard.sources.storage import misfits, revealed
from scorewell_standard.sources.typed import Typing, typed, untyped_cells
from scorewell_standard.sources.unreadable import told

__all__ = ["Files"]

_MEANT_FOR: Mapping[str, tuple[Format, ...]] = {
    "separator": ("csv", "tsv"),
    "header": ("csv", "tsv", "excel"),
    "columns": ("csv", "tsv", "excel"),
    "skip_rows": ("csv", "tsv", "excel"),
    "encoding": ("csv", "tsv", "ndjson"),
    "sheet": ("excel",),
}
"""The settings that say how a format is written, and so nothing of the others."""


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
    date_in_name: str | None = setting(
        'how the name of each file tells its day, as "%Y-%m-%d": the column file_date holds it', default=None
    )
    sheet: str | None = setting("the sheet of a spreadsheet; default the first", default=None)
    storage_options: Mapping[str, Secret] = setting("credentials and region of an object store", factory=dict)

    def problems(self) -> Iterator[str]:
        if self.separator is not None and (len(self.separator) != 1 or not self.separator.isascii()):
            yield f"separator {self.separator!r}: expected one character"
        if self.header is False and not self.columns:
            yield "header: false needs columns: the names of the columns"
        yield from unreadable_address(self.path)
        yield from misfits(self.storage_options)
        if self.skip_rows < 0:
            yield f"skip_rows is {self.skip_rows}: expected 0 or more"
        for column in self.dates.keys() & self.types.keys():
            yield f"column {column!r} is in dates and in types: one of them suffices"
        for column, form in self.dates.items():
            if "%" not in form:
                yield f'dates: {column}: {form!r} is no date format: expected one such as "%d.%m.%Y"'
        known = self.format or format_of(self.path)
        if known is not None:
            yield from self._misplaced(known)
        if self.date_in_name is not None:
            yield from DateInName(self.date_in_name).problems()
        try:
            codecs.lookup(self.encoding)
        except LookupError:
            yield f"encoding {self.encoding!r} is not known: expected one such as utf-8 or windows-1252"

    def scan(self, table: str, period: Period | None) -> pl.LazyFrame:
        """One row a record. ``period`` leaves out files of later days where names tell days; else it is not needed:
        filters reach the file by polars itself."""
        del table
        with told(self.path):
            return typed(self._opened(period), self._typing()).frame

    @property
    def period_column(self) -> str | None:
        """``file_date`` where files' names tell their days."""
        return None if self.date_in_name is None else FILE_DATE

    def described(self, table: str) -> str:
        """The path or URL, without its password."""
        path = without_passwords(self.path)
        return f"{table} ({path})" if table else path

    def rejected(self, table: str, period: Period | None) -> Iterator[Rejected]:
        """Lines that are no record, and cells that are not what ``types`` and ``dates`` say: those are null."""
        del table
        if self.date_in_name is not None:
            places = () if is_remote(self.path) else files_at(self.path, self.format)[0]
            yield from DateInName(self.date_in_name).undated(places)
        with told(self.path):
            opened = self._opened(period)
            for file in opened:
                yield from file.rejected
            yield from untyped_cells(opened, self._typing())

    def _misplaced(self, known: Format) -> Iterator[str]:
        """What is said of how files of other formats are written."""
        given = {
            "separator": self.separator is not None,
            "header": self.header is not None,
            "columns": bool(self.columns),
            "skip_rows": self.skip_rows != 0,
            "encoding": self.encoding != "utf-8",
            "sheet": self.sheet is not None,
        }
        for name, formats in _MEANT_FOR.items():
            if given[name] and known not in formats:
                yield f"{name} does not apply to {known} files: it is for {', '.join(formats)}"

    def _opened(self, period: Period | None) -> Sequence[Opened]:
        places, known = files_at(self.path, self.format)
        for misplaced in self._misplaced(known):
            raise ReadError(f"{self.path}: {misplaced}")
        if self.date_in_name is None:
            return self._of_format(places, known)
        name = DateInName(self.date_in_name)
        if is_remote(self.path) and glob.has_magic(self.path):
            return self._of_pattern(name, known, period)
        days = name.within(period, places)
        return [dated(file, pl.lit(day)) for place, day in days.items() for file in self._of_format((place,), known)]

    def _of_pattern(self, name: DateInName, known: Format, period: Period | None) -> Sequence[Opened]:
        """The files of an object store, whose names only polars can list."""
        if known != "parquet":
            raise ReadError(
                f"{self.path}: date_in_name needs the files' names, and only Parquet files can be listed there",
                hint="copy the files beside the project, or have them written as Parquet",
            )
        first, last = days_of(period)
        files = open_parquet(self.path, (self.path,), revealed(self.storage_options), place_column=PLACE)
        opened = [dated(file, name.of_column(pl.col(PLACE))) for file in files]
        in_time = pl.col(FILE_DATE).is_between(first, last)
        return [attrs.evolve(file, records=file.records.drop(PLACE).filter(in_time)) for file in opened]

    def _of_format(self, places: Sequence[str], known: Format) -> Sequence[Opened]:
        options = revealed(self.storage_options)
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
