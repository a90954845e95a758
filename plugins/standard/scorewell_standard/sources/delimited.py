"""Delimited text: one record a line, its fields apart by a separator or by runs of spaces.

A record with too few or too many fields, or with a quote that goes wrong, is left out and told with its line.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import attrs
import polars as pl
from polars.exceptions import ComputeError, SchemaError

from scorewell.api.v1 import ReadError, Rejected
from scorewell_standard.sources.plain_text import is_remote, is_utf8, is_utf16, text_of

__all__ = ["Delimited", "Dialect", "has_number_or_date", "open_delimited"]

_HEAD_LINES = 100
_NUMBER_OR_DATE = re.compile(r"[+-]?[\d.,]*\d%?|\d{4}-\d\d?-\d\d?.*")
_LINE_ENDS = "save it with the line ends of Unix or Windows"
_PROBLEMS = {
    "unexpected end of data": "a quote is opened and never closed",
    "',' expected after '\"'": "text after a closing quote",
}


@attrs.frozen(kw_only=True)
class Dialect:
    """How the text is written. ``separator`` " " stands for runs of spaces and tabs; ``header`` None for: find out."""

    separator: str
    encoding: str
    skip_rows: int
    header: bool | None
    columns: tuple[str, ...]
    storage_options: tuple[tuple[str, str | float], ...] = attrs.field(repr=False)


@attrs.frozen(kw_only=True, eq=False)
class Delimited:
    """A file opened: every record as a row of text cells, in order. Blank cells are null or blank text."""

    records: pl.LazyFrame
    columns: tuple[str, ...]
    first_line: int
    """The line of the first record."""
    lines: tuple[int, ...] | None = None
    """The line of every record, where it does not follow from the records themselves."""
    rejected: tuple[Rejected, ...] = ()

    def line_of(self, row: int) -> int:
        """The line on which the record of this row, from 0, begins."""
        if self.lines is not None:
            return self.lines[row]
        newlines = pl.sum_horizontal(pl.all().str.count_matches("\n", literal=True).sum()).cast(pl.Int64)
        inside_fields = self.records.head(row).select(newlines.fill_null(0)).collect(engine="streaming").item()
        return self.first_line + row + int(inside_fields)


def open_delimited(place: str, dialect: Dialect, stamp: tuple[int, int] | None) -> Delimited:
    """Open a file or URL. ``stamp`` is the file's time and size, None for a URL, which is opened anew each time.

    Raises ReadError: nothing in it, not in the encoding, a header that gives two columns one name.
    """
    return _open(place, dialect) if stamp is None else _open_local(place, dialect, stamp)


@lru_cache(maxsize=16)
def _open_local(place: str, dialect: Dialect, stamp: tuple[int, int]) -> Delimited:
    del stamp  # part of the key: a file that changed is opened again
    return _open(place, dialect)


def _open(place: str, dialect: Dialect) -> Delimited:
    separator = "\t" if dialect.separator == " " else dialect.separator
    source: str | bytes = place
    if dialect.separator == " ":
        source = _realigned(text_of(place, dialect.encoding, dict(dialect.storage_options)))
    elif not is_utf8(dialect.encoding) or place.endswith(".zip") or is_utf16(place):
        source = text_of(place, dialect.encoding).encode()
    options = dict(dialect.storage_options) or None
    try:
        lines = pl.scan_lines(source, storage_options=options)
        head = lines.slice(dialect.skip_rows, _HEAD_LINES).collect().to_series().to_list()
    except ComputeError as error:
        text_of(place, dialect.encoding, options)  # knows the line where the encoding does not hold
        raise ReadError(f"{place}: {error}") from error
    columns, first_line = _columns(place, head, separator, dialect)
    records = pl.scan_csv(
        source,
        has_header=False,
        separator=separator,
        skip_lines=first_line - 1,
        schema=dict.fromkeys(columns, pl.String),
        glob=is_remote(place),
        storage_options=options,
    )
    if _is_regular(records, lines.slice(first_line - 1), separator):
        return Delimited(records=records, columns=columns, first_line=first_line)
    text = source.decode() if isinstance(source, bytes) else text_of(place, dialect.encoding, options)
    return _repaired(place, text, columns, separator, first_line)


def _realigned(text: str) -> bytes:
    """Columns aligned by spaces, as fields apart by tabs; every line stays a line."""
    return "\n".join(re.sub(r"[ \t]+", "\t", line.strip()) for line in text.split("\n")).encode()


def _columns(place: str, head: Sequence[str], separator: str, dialect: Dialect) -> tuple[tuple[str, ...], int]:
    """The columns' names, and the line of the first record.

    Without ``header`` the first line holds the names, or with ``columns`` data; but a first line without any number
    or date above one that has some is a header even then, and ``columns`` replaces it.
    """
    reader = csv.reader(iter([line.removeprefix("\ufeff") + "\n" for line in head]), delimiter=separator)
    tops: list[tuple[list[str], int]] = []
    try:
        for fields in reader:
            if any(field.strip() for field in fields):
                tops.append((fields, reader.line_num))
            if len(tops) == 2:
                break
    except csv.Error as error:
        if "new-line" in str(error):
            raise ReadError(f"{place}: its lines end with a carriage return alone", hint=_LINE_ENDS) from error
        raise ReadError(f"{place} line {dialect.skip_rows + 1}: {error}") from error
    if not tops:
        raise ReadError(f"{place} is empty: expected {'at least one line' if dialect.columns else 'a header line'}")
    first, after = tops[0]
    has_header = dialect.header
    if has_header is None:
        has_header = not dialect.columns or (
            len(tops) == 2 and not has_number_or_date(first) and has_number_or_date(tops[1][0])
        )
    first_line = dialect.skip_rows + (after if has_header else 0) + 1
    if dialect.columns:
        if len(dialect.columns) != len(first):
            raise ReadError(
                f"{place} line {dialect.skip_rows + 1}: {len(first)} fields, but `columns` names {len(dialect.columns)}"
            )
        return dialect.columns, first_line
    return _names(place, first, dialect.skip_rows + after, separator), first_line


def has_number_or_date(fields: Sequence[str | None]) -> bool:
    """Whether one of a line's fields is a number or a date, as no column is called."""
    return any(field is not None and _NUMBER_OR_DATE.fullmatch(field.strip()) for field in fields)


def _names(place: str, header: Sequence[str], line: int, separator: str) -> tuple[str, ...]:
    names = tuple(name.strip() or f"column_{position}" for position, name in enumerate(header, 1))
    for position, name in enumerate(names):
        if name in names[:position]:
            both = f"{names.index(name) + 1} and {position + 1}"
            raise ReadError(
                f"{place} line {line}: two columns are called {name!r} ({both})",
                hint="name all columns yourself by `columns: [...]` and `header: true`",
            )
    if len(names) == 1:
        for other in ";\t|,":
            if other != separator and other in names[0]:
                raise ReadError(
                    f"{place} line {line}: a single column {names[0]!r}", hint=f"separator: {_shown(other)}"
                )
    return names


def _shown(separator: str) -> str:
    return '"\\t"' if separator == "\t" else f'"{separator}"'


def _is_regular(records: pl.LazyFrame, lines: pl.LazyFrame, separator: str) -> bool:
    """Whether every line is a record of all its fields, as polars reads them; False also where that is not certain.

    A missing field and an empty one look alike in the records, so where the last column has gaps the separators are
    counted: per line, quoted parts left out; a line on which a quote stays open needs the closer look of the repair.
    """
    try:
        gaps = records.select(pl.all().null_count()).collect(engine="streaming").row(0)
    except (ComputeError, SchemaError):
        return False
    if gaps[-1] == 0:
        return True
    bare = pl.first().str.replace_all(r'"[^"]*"', "")
    wrong = (
        (bare.str.count_matches(separator, literal=True) != len(gaps) - 1)
        | bare.str.contains('"', literal=True)
        | (pl.first().str.strip_chars() == "")
    )
    return not lines.select(wrong.any()).collect(engine="streaming").item()


def _repaired(place: str, text: str, columns: tuple[str, ...], separator: str, first_line: int) -> Delimited:
    """The records that are whole, copied; the others as rejected, each with its line."""
    whole = io.StringIO()
    writer = csv.writer(whole, delimiter=separator, lineterminator="\n", quoting=csv.QUOTE_ALL)
    lines: list[int] = []
    rejected: list[Rejected] = []
    for line, fields, problem in _records(text.split("\n"), separator, first_line - 1):
        if problem is None and len(fields) == len(columns):
            writer.writerow(fields)
            lines.append(line)
        else:
            reason = problem or f"{len(fields)} fields where {len(columns)} are expected"
            rejected.append(Rejected(place=f"{place} line {line}", reason=reason))
    records = pl.scan_csv(
        whole.getvalue().encode(),
        has_header=False,
        separator=separator,
        schema=dict.fromkeys(columns, pl.String),
    )
    return Delimited(
        records=records, columns=columns, first_line=first_line, lines=tuple(lines), rejected=tuple(rejected)
    )


def _records(lines: Sequence[str], separator: str, start: int) -> Iterator[tuple[int, list[str], str | None]]:
    """Each record that is not blank: its line from 1, its fields, and what is wrong with its quotes or None."""
    while start < len(lines):
        rest = (f"{lines[index]}\n" for index in range(start, len(lines)))
        reader = csv.reader(rest, delimiter=separator, strict=True)
        begin = start
        try:
            for fields in reader:
                if len(fields) > 1 or any(field.strip() for field in fields):
                    yield begin + 1, fields, None
                begin = start + reader.line_num
            start = len(lines)
        except csv.Error as error:
            # Only the line where it began is given up: those that the open quote swallowed are read again.
            yield begin + 1, [], _PROBLEMS.get(str(error), str(error))
            start = begin + 1
