"""Opened files as one typed table: inferred and declared types applied, the columns of all files."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from difflib import get_close_matches

import attrs
import polars as pl
from polars.exceptions import PolarsError

from scorewell.api.v1 import ReadError, Rejected
from scorewell_standard.sources.inference import (
    KINDS,
    DeclaredType,
    Kind,
    Survey,
    almost_numbers,
    cell,
    declared_kinds,
    few_misfits,
    parsed,
    settle,
    survey,
)
from scorewell_standard.sources.opened import Opened

__all__ = ["Typed", "Typing", "typed", "untyped_cells"]

_DATE_KINDS: tuple[Kind, ...] = ("date", "datetime", "instant")
_MOST_SURVEYED = 256
_FIRST_ROWS = 100
_SURVEYED: dict[Hashable, Mapping[str, Survey]] = {}


@attrs.frozen(kw_only=True)
class Typing:
    """What the settings say of types."""

    dates: Mapping[str, str]
    types: Mapping[str, DeclaredType]
    null_values: tuple[str, ...]
    decimal_comma: bool

    @property
    def identity(self) -> Hashable:
        """Equal for equal settings."""
        return tuple(self.dates.items()), tuple(self.types.items()), self.null_values, self.decimal_comma


@attrs.frozen(kw_only=True, eq=False)
class Typed:
    """The table, and what each column that was text turned out to be (a kind, a date format, None for text)."""

    frame: pl.LazyFrame
    kinds: Mapping[str, Kind | str | None]
    surveys: Sequence[Mapping[str, Survey]]


def typed(files: Sequence[Opened], typing: Typing) -> Typed:
    """The table of all files. A column that a file lacks is null there. Raises ReadError."""
    _check_columns(files, typing)
    texts = [_as_text(file, typing) for file in files]
    surveys = [_surveyed(file, text, typing) for file, text in zip(files, texts, strict=True)]
    names = dict.fromkeys(name for seen in surveys for name in seen)
    kinds = {name: _kind([seen[name] for seen in surveys if name in seen], name, typing) for name in names}
    _check_dates(files, surveys, kinds, typing)
    frames = [
        text.with_columns(_column(name, kinds[name], seen[name], file, typing) for name in seen)
        for file, text, seen in zip(files, texts, surveys, strict=True)
    ]
    frame = frames[0] if len(frames) == 1 else pl.concat(frames, how="diagonal_relaxed")
    try:
        frame.collect_schema()
    except PolarsError as error:
        raise ReadError(f"{files[0].place} and {len(files) - 1} more do not fit together: {error}") from error
    return Typed(frame=frame, kinds=kinds, surveys=surveys)


def untyped_cells(files: Sequence[Opened], typing: Typing) -> Iterator[Rejected]:
    """Cells that are not of their column's declared type, and columns that only some files have."""
    table = typed(files, typing)
    everywhere = table.frame.collect_schema().names()
    for file, seen in zip(files, table.surveys, strict=True):
        own = file.records.collect_schema().names()
        for name in everywhere:
            if name not in own:
                yield Rejected(place=file.place, reason=f"no column {name!r}, which other files have: left empty")
        text = _as_text(file, typing)
        mistaken = _mistaken(file, text, [name for name in seen if table.kinds[name] is None], typing)
        for name, counted in seen.items():
            kind = table.kinds[name]
            if kind is not None and counted.misfits.get(kind):
                stripped = cell(name, typing.null_values)
                misfit = stripped.is_not_null() & parsed(stripped, kind, decimal_comma=typing.decimal_comma).is_null()
                yield from _cells(file, text, name, misfit, f"is not {_said(kind)}: left empty")
            elif name in mistaken:
                reason = f"is not a number, and so all of {name} is text (types: {{{name}: number}} leaves it empty)"
                yield from _cells(file, text, name, mistaken[name], reason)


def _mistaken(file: Opened, text: pl.LazyFrame, names: Sequence[str], typing: Typing) -> Mapping[str, pl.Expr]:
    """The columns that a few cells keep from being numbers, with which cells those are; counted in one pass.

    Most columns of text are so from their first cells on, and are not looked at any further.
    """
    almost = {
        name: almost_numbers(name, typing.null_values, decimal_comma=typing.decimal_comma)
        for name in names
        if file.is_text and name not in typing.types
    }
    if not almost:
        return {}
    first = text.head(_FIRST_ROWS).select(few_misfits(misfit).alias(name) for name, (misfit, _) in almost.items())
    beginnings = first.collect(engine="streaming").row(0, named=True)
    almost = {name: each for name, each in almost.items() if beginnings[name]}
    if not almost:
        return {}
    looks = text.select(looks.alias(name) for name, (_, looks) in almost.items()).collect(engine="streaming")
    return {name: misfit for name, (misfit, _) in almost.items() if looks.item(0, name)}


def _cells(file: Opened, text: pl.LazyFrame, name: str, misfit: pl.Expr, reason: str) -> Iterator[Rejected]:
    found = text.select(pl.col(name)).with_row_index("@row").filter(misfit).collect(engine="streaming")
    for row, value in found.iter_rows():
        yield Rejected(place=file.place_of(row), reason=f"{name}: {value!r} {reason}")


def _said(kind: Kind | str) -> str:
    match kind:
        case "integer" | "number":
            return "a number"
        case "boolean":
            return "true or false"
        case "date":
            return "a date as 2026-03-01"
        case "datetime" | "instant":
            return "a datetime as 2026-03-01T12:00:00"
        case _:
            return f"a date as {kind}"


def _check_columns(files: Sequence[Opened], typing: Typing) -> None:
    known = dict.fromkeys(name for file in files for name in file.records.collect_schema().names())
    for setting, declared in (("dates", typing.dates), ("types", typing.types)):
        for name in declared:
            if name not in known:
                near = get_close_matches(name, known, n=1)
                raise ReadError(
                    f"{files[0].place}: no column {name!r}, which `{setting}` names; it has {', '.join(known)}",
                    hint=f"did you mean {near[0]!r}?" if near else None,
                )


def _check_dates(
    files: Sequence[Opened],
    surveys: Sequence[Mapping[str, Survey]],
    kinds: Mapping[str, Kind | str | None],
    typing: Typing,
) -> None:
    """Raise ReadError where no cell is written as declared: rows without their time would count as zero."""
    declared = {*typing.dates, *(name for name, kind in typing.types.items() if kind in ("date", "datetime"))}
    for name in kinds:
        kind = kinds[name]
        seen = [each[name] for each in surveys if name in each]
        filled = sum(each.filled for each in seen)
        if name not in declared or kind is None or not filled:
            continue
        if sum(each.misfits.get(kind, 0) for each in seen) == filled:
            first = next(_filled_cells(files, name, typing))
            raise ReadError(
                f"{files[0].place}: none of the {filled} filled cells of {name!r} is {_said(kind)}: the first is"
                f" {first!r}",
                hint=f'dates: {{{name}: how they are written, as "%d.%m.%Y"}}',
            )


def _filled_cells(files: Sequence[Opened], name: str, typing: Typing) -> Iterator[str]:
    for file in files:
        text = _as_text(file, typing)
        if name in text.collect_schema():
            found = text.select(cell(name, typing.null_values)).drop_nulls().head(1).collect(engine="streaming")
            yield from found.get_column(name)


def _is_already(declared: DeclaredType, dtype: pl.DataType) -> bool:
    match declared:
        case "text":
            return dtype == pl.String
        case "number":
            return dtype.is_numeric()
        case "boolean":
            return dtype == pl.Boolean
        case "date":
            return dtype == pl.Date
        case "datetime":
            return isinstance(dtype, pl.Datetime)


def _as_text(file: Opened, typing: Typing) -> pl.LazyFrame:
    """The records, with what is declared as something else than the file says turned to text."""

    def texts() -> Iterator[pl.Expr]:
        for name, dtype in file.records.collect_schema().items():
            if dtype == pl.String or (name in typing.types and _is_already(typing.types[name], dtype)):
                continue
            if name in typing.dates or name in typing.types:
                # A float is how a spreadsheet holds 19970101.
                whole = pl.col(name).cast(pl.Int64, strict=False) if dtype.is_float() else pl.col(name)
                exact = pl.when(whole == pl.col(name)).then(whole) if dtype.is_float() else whole
                yield pl.coalesce(exact.cast(pl.String), pl.col(name).cast(pl.String)).alias(name)

    return file.records if file.is_text else file.records.with_columns(texts())


def _surveyed(file: Opened, text: pl.LazyFrame, typing: Typing) -> Mapping[str, Survey]:
    """The file's survey. A run asks twice, for the rows and then for what was rejected: the answer is kept."""
    if file.identity is None:
        return _survey(file, text, typing)
    asked = (file.identity, typing.identity)
    if asked not in _SURVEYED:
        if len(_SURVEYED) >= _MOST_SURVEYED:
            del _SURVEYED[next(iter(_SURVEYED))]
        _SURVEYED[asked] = _survey(file, text, typing)
    return _SURVEYED[asked]


def _survey(file: Opened, text: pl.LazyFrame, typing: Typing) -> Mapping[str, Survey]:
    kinds: dict[str, Sequence[Kind | str]] = {}
    undeclared: list[str] = []
    for name, dtype in text.collect_schema().items():
        if dtype != pl.String:
            continue
        if name in typing.dates:
            kinds[name] = (typing.dates[name],)
        elif name in typing.types:
            kinds[name] = declared_kinds(typing.types[name])
        elif file.is_text or file.infer_dates:
            kinds[name] = KINDS if file.is_text else _DATE_KINDS
            undeclared.append(name)
    return survey(
        text, kinds, undeclared=undeclared, null_values=typing.null_values, decimal_comma=typing.decimal_comma
    )


def _kind(surveys: Sequence[Survey], name: str, typing: Typing) -> Kind | str | None:
    filled = [seen for seen in surveys if seen.filled]
    return settle(filled or surveys, name in typing.types or name in typing.dates)


def _column(name: str, kind: Kind | str | None, seen: Survey, file: Opened, typing: Typing) -> pl.Expr:
    declared = name in typing.types or name in typing.dates
    if not seen.filled and not declared and file.is_text:
        return pl.lit(None).alias(name)  # blank throughout: of no type, and so of any
    stripped = cell(name, typing.null_values)
    if kind is None:
        return pl.when(stripped.is_not_null()).then(pl.col(name)).alias(name)
    return parsed(stripped, kind, decimal_comma=typing.decimal_comma).alias(name)
