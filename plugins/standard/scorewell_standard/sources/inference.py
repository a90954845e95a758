"""Text becomes numbers, dates and booleans: what a column of cells is, judged by all of its cells."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Literal, get_args

import attrs
import polars as pl

__all__ = [
    "KINDS",
    "DeclaredType",
    "Kind",
    "Survey",
    "almost_numbers",
    "cell",
    "declared_kinds",
    "few_misfits",
    "is_moment",
    "parsed",
    "settle",
    "survey",
]

DeclaredType = Literal["text", "number", "boolean", "date", "datetime"]
Kind = Literal["boolean", "integer", "number", "date", "datetime", "instant"]
"""What all cells of a column can be read as. ``instant`` is a datetime with an offset, as UTC. Without any: text."""

_SAMPLE_ROWS = 100
_MOST_MISTAKES = 3
# What all cells are, they all are in a wider sense too: then that need not be counted.
_WIDER: Mapping[Kind | str, Kind] = {"integer": "number", "date": "datetime"}
KINDS: tuple[Kind, ...] = get_args(Kind)
_SHAPES: Mapping[str, re.Pattern[str]] = {
    kind: re.compile(pattern, re.IGNORECASE)
    for kind, pattern in {
        "boolean": "true|false",
        "integer": r"[+-]?\d+",
        "number": r"[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?|[+-]?(inf|infinity|nan)",
        "date": r"\d{4}-\d\d?-\d\d?",
        "datetime": r"\d{4}-\d\d?-\d\d?([t ][\d:.]+)?",
        "instant": r"\d{4}-\d\d?-\d\d?[t ][\d:.]+ ?(z|utc|[+-]\d\d(:?\d\d)?)",
    }.items()
}
_MOMENTS = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%d")
_INSTANTS = ("%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%d %H:%M%#z")
_ISO_DAY = r"^\d{4}-\d{1,2}-\d{1,2}"
# Read as numbers these would lose what they say: the zeros of 00017, the tail of a 20-digit id; 12e4567 is a hash.
_NOT_A_NUMBER = r"^[+-]?0\d|^[+-]?\d{19,}$|^[+-]?\d+[eE]\d+$"


@attrs.frozen(kw_only=True)
class Survey:
    """What was counted in one column: its cells that are not blank (at least; 0 only where there are none), and for
    each kind how many it does not fit."""

    filled: int
    misfits: Mapping[Kind | str, int]


def declared_kinds(declared: DeclaredType) -> tuple[Kind, ...]:
    """The kinds that a declared type may turn out to be, the narrowest first."""
    match declared:
        case "number":
            return ("integer", "number")
        case "datetime":
            return ("instant", "datetime")
        case "text":
            return ()
        case _:
            return (declared,)


def is_moment(date_format: str) -> bool:
    """Whether a strptime format says a time of day besides the date."""
    return any(f"%{letter}" in date_format for letter in "HIklMSTRXrspzZcfD+") and date_format != "%D"


def cell(column: str, null_values: Sequence[str]) -> pl.Expr:
    """The column's text without blanks around it; null where nothing is left or a null value stands."""
    stripped = pl.col(column).str.strip_chars()
    absent = (stripped == "") | stripped.is_in(list(null_values)) if null_values else stripped == ""
    return pl.when(~absent).then(stripped)


def parsed(text: pl.Expr, kind: Kind | str, *, decimal_comma: bool = False) -> pl.Expr:
    """Stripped text as ``kind``, or by a strptime format (anything with a ``%``); null where it does not fit."""
    match kind:
        case "boolean":
            lower = text.str.to_lowercase()
            return pl.when(lower == "true").then(True).when(lower == "false").then(False)
        case "integer":
            return text.cast(pl.Int64, strict=False)
        case "number":
            if decimal_comma:
                text = pl.when(~text.str.contains(".", literal=True)).then(text.str.replace(",", ".", literal=True))
            return text.cast(pl.Float64, strict=False)
        case _:
            return _parsed_date(text, kind)


def _parsed_date(text: pl.Expr, kind: Kind | str) -> pl.Expr:
    iso = pl.when(text.str.contains(_ISO_DAY)).then(text)
    match kind:
        case "date":
            return pl.when(text.str.contains(_ISO_DAY + "$")).then(text.str.to_date("%Y-%m-%d", strict=False))
        case "datetime":
            spaced = iso.str.replace("T", " ", literal=True)
            return pl.coalesce(spaced.str.to_datetime(form, time_unit="us", strict=False) for form in _MOMENTS)
        case "instant":
            offset = iso.str.replace(r" ?(Z|UTC)$", "+00:00").str.replace(r" ([+-])", "${1}")
            spaced = offset.str.replace("T", " ", literal=True)
            return pl.coalesce(spaced.str.to_datetime(form, time_unit="us", strict=False) for form in _INSTANTS)
        case _ if is_moment(kind):
            return text.str.to_datetime(kind, time_unit="us", strict=False)
        case _:
            return text.str.to_date(kind, strict=False)


def survey(
    frame: pl.LazyFrame,
    kinds: Mapping[str, Sequence[Kind | str]],
    *,
    undeclared: Collection[str],
    null_values: Sequence[str],
    decimal_comma: bool,
) -> dict[str, Survey]:
    """Count, over all rows, how many cells of each column do not fit each of its kinds.

    Of an undeclared column only the kinds that have the shape of its first hundred rows are tried: what cannot be
    there cannot be for the whole, so most columns are read once for one or two kinds, or none.
    """
    counted = {name: tried for name, tried in kinds.items() if name not in undeclared}
    known: dict[str, Survey] = {}
    if undeclared:
        sample = frame.select(undeclared).head(_SAMPLE_ROWS).collect(engine="streaming")
        for name in undeclared:
            filled, shapes = _shapes(sample[name].to_list(), kinds[name], null_values)
            if filled and not shapes:
                known[name] = Survey(filled=filled, misfits={})
            elif not filled and sample.height < _SAMPLE_ROWS:
                known[name] = Survey(filled=0, misfits={})
            else:
                counted[name] = shapes
    narrow = {name: [kind for kind in tried if kind not in _wider(tried)] for name, tried in counted.items()}
    known |= _count(frame, narrow, undeclared, null_values, decimal_comma)
    wide = {
        name: [kind for kind in tried if kind not in narrow[name]]
        for name, tried in counted.items()
        if any(known[name].misfits[kind] for kind in narrow[name] if kind in _WIDER)
    }
    further = _count(frame, wide, undeclared, null_values, decimal_comma)
    return {name: _joined(known[name], further.get(name), kinds=counted.get(name, ())) for name in kinds}


def _shapes(
    cells: Sequence[str | None], kinds: Sequence[Kind | str], null_values: Sequence[str]
) -> tuple[int, list[Kind | str]]:
    """How many cells were looked at that are not blank, and the kinds whose shape all of them have.

    In Python: most text drops out at its first cell, and a plan with every kind of every column takes longer to make
    than a small file to read.
    """
    filled, left = 0, list(kinds)
    for cell_text in cells:
        stripped = "" if cell_text is None else cell_text.strip()
        if stripped and stripped not in null_values:
            filled += 1
            left = [kind for kind in left if _SHAPES[kind].fullmatch(stripped)]
            if not left:
                break
    return filled, left


def _wider(kinds: Sequence[Kind | str]) -> Collection[Kind | str]:
    """Those of the kinds that hold for all cells where a narrower one of them does."""
    return {_WIDER[kind] for kind in kinds if kind in _WIDER}


def _joined(first: Survey, further: Survey | None, *, kinds: Sequence[Kind | str]) -> Survey:
    """What was counted in both passes; what a narrower kind answered has no misfits."""
    misfits = first.misfits if further is None else {**first.misfits, **further.misfits}
    return Survey(filled=first.filled, misfits={kind: misfits.get(kind, 0) for kind in kinds})


def _count(
    frame: pl.LazyFrame,
    kinds: Mapping[str, Sequence[Kind | str]],
    guarded: Collection[str],
    null_values: Sequence[str],
    decimal_comma: bool,
) -> dict[str, Survey]:
    def counts() -> Iterator[pl.Expr]:
        for position, (name, tried) in enumerate(kinds.items()):
            text = cell(name, null_values)
            yield text.count().alias(f"{position}")
            for kind in tried:
                fits = parsed(text, kind, decimal_comma=decimal_comma).is_not_null()
                if kind in ("integer", "number") and name in guarded:
                    fits &= ~text.str.contains(_NOT_A_NUMBER)
                yield (text.is_not_null() & ~fits).sum().alias(f"{position} {kind}")

    if not kinds:
        return {}
    counted = frame.select(counts()).collect(engine="streaming").row(0, named=True)
    return {
        name: Survey(filled=counted[f"{position}"], misfits={kind: counted[f"{position} {kind}"] for kind in tried})
        for position, (name, tried) in enumerate(kinds.items())
    }


def settle(surveys: Sequence[Survey], declared: bool) -> Kind | str | None:
    """What a column is, over all the files that have it: the first kind that all cells fit.

    Without such a kind an undeclared column is text (None); a declared one is what most of its cells fit.
    """
    kinds = [kind for kind in surveys[0].misfits if all(kind in seen.misfits for seen in surveys)]
    misfits = {kind: sum(seen.misfits[kind] for seen in surveys) for kind in kinds}
    for kind in kinds:
        if not misfits[kind]:
            return kind
    if not declared or not kinds:
        return None
    fewest = min(misfits.values())
    return next(kind for kind in kinds if misfits[kind] == fewest)


def almost_numbers(column: str, null_values: Sequence[str], *, decimal_comma: bool) -> tuple[pl.Expr, pl.Expr]:
    """For a text column: which cells keep it from being numbers, and whether they are so few that it looks a mistake.

    Text on purpose, as 00017, is none.
    """
    text = cell(column, null_values)
    misfit = text.is_not_null() & parsed(text, "number", decimal_comma=decimal_comma).is_null()
    few = (misfit.sum() >= 1) & few_misfits(misfit) & (text.count() >= 4 * misfit.sum())
    return misfit, few & ~text.str.contains(_NOT_A_NUMBER).any()


def few_misfits(misfit: pl.Expr) -> pl.Expr:
    """Whether the misfits are so few that they look like mistakes; more rows never make them fewer."""
    return misfit.sum() <= _MOST_MISTAKES
