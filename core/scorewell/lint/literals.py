"""Texts in conditions and categories that no cell holds, where a cell holds nearly the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches

import attrs
from sqlglot import exp

from scorewell.api.v1 import Column, Condition, Expression, Finding, Normalizer, ScorewellError
from scorewell.configuration.model import Project
from scorewell.dialect.reading import read
from scorewell.discovery import settings_of
from scorewell.lint.kinds import found
from scorewell.lint.walking import leaves, walked

__all__ = ["ComparedText", "compared_texts", "misspelt_values", "texts_for_dates"]

_ORDERED = (exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between)
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_LIKENESS = 0.8
_FEWEST_LETTERS = 4


@attrs.frozen
class ComparedText:
    """A text that a condition or a normalizer compares a column with. ``table`` is whose column it is; "" for the
    customers' roles and attributes. ``beside`` are all texts that the same one compares it with; ``is_ordered`` says
    whether one is to be more than the other."""

    path: str
    table: str
    column: str
    text: str
    beside: frozenset[str]
    is_ordered: bool


def compared_texts(project: Project) -> Iterator[ComparedText]:
    """Every text that a condition, an expression or a normalizer of the project compares with a column."""
    yield from _categories(project)
    for path, word in walked(project):
        if not isinstance(word, Condition | Expression) or path.startswith(("outcomes.", "actions.")):
            continue
        table = _table(project, path)
        for (column, is_ordered), texts in _compared(word).items():
            for text in sorted(texts):
                yield ComparedText(path, table, column, text, frozenset(texts), is_ordered)


def misspelt_values(
    compared: Iterable[ComparedText], cells: Mapping[tuple[str, str], frozenset[str]]
) -> Iterator[Finding]:
    """Those that no cell holds and that most likely were to be another; ``cells`` are by table and column, as far as
    they are known."""
    for each in compared:
        values = cells.get((each.table, each.column), frozenset())
        meant = None if each.is_ordered or each.text in values else _meant(each.text, values - each.beside)
        if meant is not None:
            yield found("misspelt-value", each.path, f"no {each.column} is {each.text!r}: did you mean {meant!r}?")


def texts_for_dates(compared: Iterable[ComparedText], undated: Callable[[str, str], str | None]) -> Iterator[Finding]:
    """Dates with which a column of other text is compared: ``undated`` tells one of its cells that is no date, by table
    and column."""
    for each in compared:
        cell = undated(each.table, each.column) if each.is_ordered and _ISO_DATE.match(each.text) else None
        if cell is not None:
            message = f"{each.column} is text, as {cell!r}, and compared with the date {each.text!r} letter by letter"
            yield found("text-for-date", each.path, message)


def _categories(project: Project) -> Iterator[ComparedText]:
    """The categories to which normalizers give points, of metrics that are a column as it stands."""
    for name, card in project.scorecards.items():
        for leaf in leaves(card, f"scorecards.{name}"):
            table, column = _column(project, leaf.metric)
            for texts in _named(leaf.settings.normalizer) if column else ():
                path = f"{leaf.path}.normalizer"
                yield from (ComparedText(path, table, column, text, texts, is_ordered=False) for text in sorted(texts))


def _named(normalizer: Normalizer) -> Iterator[frozenset[str]]:
    """The keys of settings that give points to texts, here and in the normalizers inside."""
    for _, value in walked(normalizer):
        if isinstance(value, Normalizer) and value.accepts != "number":
            settings = (getattr(value, field.name) for field in settings_of(type(value)))
            yield from (frozenset(map(str, each)) - {"else"} for each in settings if isinstance(each, Mapping))


def _column(project: Project, metric: str) -> tuple[str, str]:
    """The table and column whose cells are the metric's values; no column where it is anything else."""
    settings = project.metrics[metric]
    if settings.sql is not None:
        name = settings.sql.strip()
        if name in project.metrics and name != metric:
            return _column(project, name)
        return "", name if name.isidentifier() else ""
    words = {str(word) for _, word in walked(settings.measure) if isinstance(word, Column | Expression)}
    return settings.source or "", words.pop() if len(words) == 1 else ""


def _table(project: Project, path: str) -> str:
    section, _, rest = path.partition(".")
    if path == "customers.active":
        return project.customers.source
    metric = project.metrics.get(rest.partition(".")[0]) if section == "metrics" else None
    return "" if metric is None or metric.source is None else metric.source


def _compared(sql: str) -> dict[tuple[str, bool], set[str]]:
    """The texts that each column is compared with, apart for those of which one is to be more than the other."""
    try:
        tree = read(sql)
    except ScorewellError:
        return {}
    texts: dict[tuple[str, bool], set[str]] = {}
    for node in tree.find_all(exp.EQ, exp.NEQ, exp.In, *_ORDERED):
        sides = list(node.iter_expressions())
        columns = [side for side in sides if isinstance(side, exp.Column)]
        literals = [side.name for side in sides if isinstance(side, exp.Literal) and side.is_string]
        if len(columns) == 1 and literals:
            texts.setdefault((columns[0].name, isinstance(node, _ORDERED)), set()).update(literals)
    return texts


def _meant(text: str, values: frozenset[str]) -> str | None:
    """The value that is the same but for case, blanks or a letter or two; numbers in names differ on purpose."""
    folded = {_folded(value): value for value in sorted(values, reverse=True)}
    if _folded(text) in folded:
        return folded[_folded(text)]
    if len(text) < _FEWEST_LETTERS or any(letter.isdigit() for letter in text):
        return None
    spelled = [each for each in folded if not any(letter.isdigit() for letter in each)]
    near = get_close_matches(_folded(text), spelled, n=1, cutoff=_LIKENESS)
    return folded[near[0]] if near else None


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
