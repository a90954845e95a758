"""A file of any format, opened: its records, how to name a record's place, and what was no record."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import attrs
import polars as pl
from polars.exceptions import PolarsError

from scorewell.api.v1 import ReadError, Rejected, remote_cause
from scorewell_standard.sources.delimited import Dialect, has_number_or_date, open_delimited
from scorewell_standard.sources.locations import Format
from scorewell_standard.sources.plain_text import is_remote, text_of
from scorewell_standard.sources.unreadable import COPY, told, told_as

__all__ = ["PLACE", "Opened", "open_file", "open_parquet"]

PLACE = "@file"
"""The file that a row is from, where that is a column."""


@attrs.frozen(kw_only=True, eq=False)
class Opened:
    """One file. ``records`` has the columns' own types: all text in delimited files (``is_text``)."""

    place: str
    records: pl.LazyFrame
    is_text: bool = False
    infer_dates: bool = False
    rejected: Sequence[Rejected] = ()
    place_of: Callable[[int], str]
    """What a message calls the record of a row, from 0."""
    identity: Hashable = None
    """Equal for the same unchanged file, opened the same way; None where nobody can know that."""


def open_file(place: str, known: Format, dialect: Dialect, sheet: str | None) -> Opened:
    """Open one file. Raises ReadError with its place."""
    with told(place):
        match known:
            case "ndjson":
                return _open_ndjson(place, dialect)
            case "excel":
                with told_as("Excel", place):
                    return _open_excel(place, dialect, sheet)
            case _:
                stamp = _stamp(place)
                table = open_delimited(place, dialect, stamp)
                return Opened(
                    place=place,
                    records=table.records,
                    is_text=True,
                    rejected=table.rejected,
                    place_of=lambda row: f"{place} line {table.line_of(row)}",
                    identity=None if stamp is None else (place, stamp, dialect),
                )


def _stamp(place: str) -> tuple[int, int] | None:
    if is_remote(place):
        return None
    status = Path(place).stat()
    return status.st_mtime_ns, status.st_size


def open_parquet(
    path: str, places: Sequence[str], options: Mapping[str, str | float], *, place_column: str | None = None
) -> Sequence[Opened]:
    """Open Parquet files: as one scan where all have the same columns, so that nothing stands in the engine's way.

    Folders named ``column=value`` are columns; ``place_column`` is one that holds each row's file. Raises ReadError
    with the place of the file that is damaged.
    """
    partitioned = any("=" in part for place in places for part in Path(place.removeprefix(path)).parent.parts)

    def scanned(files: str | list[str]) -> pl.LazyFrame:
        return pl.scan_parquet(
            files,
            storage_options=dict(options) or None,
            hive_partitioning=partitioned or None,
            glob=is_remote(path),
            include_file_paths=place_column,
        )

    frames: list[pl.LazyFrame] = []
    for place in places:
        with told_as("Parquet", place):
            frames.append(scanned(place))
            frames[-1].collect_schema()
    if len({tuple(frame.collect_schema().items()) for frame in frames}) == 1 and len(places) > 1:
        return [Opened(place=path, records=scanned(list(places)), place_of=partial(_row, path))]
    return [
        Opened(place=place, records=frame, place_of=partial(_row, place))
        for place, frame in zip(places, frames, strict=True)
    ]


def _row(place: str, row: int) -> str:
    return f"{place} row {row + 1}"


def _open_ndjson(place: str, dialect: Dialect) -> Opened:
    options = dict(dialect.storage_options)

    def opened(source: str | bytes, lines: Sequence[int] | None, rejected: Sequence[Rejected]) -> Opened:
        records = pl.scan_ndjson(source, infer_schema_length=None, storage_options=options or None)
        records.select(pl.len()).collect(engine="streaming")  # a line that is no JSON is found now, not later
        return Opened(
            place=place,
            records=records,
            infer_dates=True,
            rejected=rejected,
            place_of=lambda row: f"{place} line {row + 1 if lines is None else lines[row]}",
        )

    try:
        return opened(place, None, ())
    except (PolarsError, OSError) as error:
        if remote_cause(error) is not None:
            raise
        text, cause = text_of(place, dialect.encoding, options), error
    if text.lstrip().startswith("["):
        text = _list_as_lines(place, text)
    # The closer look: which lines are no objects, and the table of the others.
    whole: list[str] = []
    lines: list[int] = []
    rejected: list[Rejected] = []
    for number, line in enumerate(text.split("\n"), 1):
        problem = _no_object(line) if line.strip() else None
        if problem is not None:
            rejected.append(Rejected(place=f"{place} line {number}", reason=problem))
        elif line.strip():
            whole.append(line)
            lines.append(number)
    if not whole:
        wrong = "cannot be read" if rejected else "is empty"
        raise ReadError(f"{place} {wrong}: expected one JSON object a line") from cause
    return opened("\n".join(whole).encode(), lines, rejected)


def _list_as_lines(place: str, text: str) -> str:
    """A file that is one JSON list, one of its objects a line."""
    try:
        return "\n".join(json.dumps(item) for item in json.loads(text))
    except ValueError as error:
        raise ReadError(f"{place} cannot be read: it begins with a list, but {error}") from error


def _no_object(line: str) -> str | None:
    try:
        value = json.loads(line)
    except ValueError as error:
        return f"no JSON: {error}"
    return None if isinstance(value, dict) else "no JSON object"


def _open_excel(place: str, dialect: Dialect, sheet: str | None) -> Opened:
    if is_remote(place):
        raise ReadError(f"{place}: Excel files are read from local folders only", hint=COPY)
    if find_spec("fastexcel") is None:
        raise ReadError(f"{place}: Excel files need fastexcel", hint="pip install 'scorewell[excel]'")
    import fastexcel  # noqa: PLC0415 - optional

    try:
        book = fastexcel.read_excel(place)
        if sheet is not None and sheet not in book.sheet_names:
            raise ReadError(f"{place} has no sheet {sheet!r}; it has {', '.join(map(repr, book.sheet_names))}")
        page: str | int = sheet if sheet is not None else 0
        has_header = dialect.header
        if has_header is None:
            has_header = not dialect.columns or _begins_with_names(book, page, dialect.skip_rows)
        frame = book.load_sheet(
            page,
            header_row=dialect.skip_rows if has_header else None,
            skip_rows=None if has_header else dialect.skip_rows,
            schema_sample_rows=None,
        ).to_polars()
    except fastexcel.FastExcelError as error:
        raise ReadError(f"{place} cannot be read: {str(error).splitlines()[0]}") from error
    if not frame.width:
        raise ReadError(f"{place} is empty: expected a header line")
    if dialect.columns:
        if len(dialect.columns) != frame.width:
            raise ReadError(f"{place}: {frame.width} columns, but `columns` names {len(dialect.columns)}")
        frame.columns = list(dialect.columns)
    first = dialect.skip_rows + (2 if has_header else 1)
    return Opened(
        place=place, records=frame.lazy(), infer_dates=True, place_of=lambda row: f"{place} row {row + first}"
    )


def _begins_with_names(book: Any, page: str | int, skip_rows: int) -> bool:
    """Whether a sheet's first row is a header although `columns` names the columns: one without any number or date
    above one that has some, as in text."""
    top = book.load_sheet(page, header_row=None, skip_rows=skip_rows, n_rows=2, dtypes="string").to_polars().rows()
    return len(top) == 2 and not has_number_or_date(top[0]) and has_number_or_date(top[1])
