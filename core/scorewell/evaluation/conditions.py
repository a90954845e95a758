"""Conditions over the figures of a comparison: what makes it a gate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import attrs
import polars as pl

from scorewell import dialect
from scorewell.evaluation.errors import UnknownName
from scorewell.evaluation.figures import SHARE
from scorewell.messages import suggested

__all__ = ["Verdict", "check_conditions", "verdicts"]

# A figure and a percentage, as `moved_down > 5%`. A percent sign before anything else divides, as in SQL.
_PERCENTAGE = re.compile(
    r"\b([a-z_]\w*)\s*(<=|>=|<>|!=|==|=|<|>)\s*(\d+(?:\.\d+)?)\s*%(?!\s*(?!(?:and|or)\b)[\w.(])", re.IGNORECASE
)


@attrs.frozen
class Verdict:
    """A condition as it was written, whether it holds (None where a figure in it has no value), and its figures."""

    condition: str
    holds: bool | None
    figures: Mapping[str, float | None]


def check_conditions(conditions: Iterable[str], names: Iterable[str]) -> None:
    """Raise UnknownName for a condition that names no figure of ``names``, and DialectError for one that is none."""
    schema = dict.fromkeys(names, pl.Float64())
    for condition in conditions:
        _compiled(condition, schema)


def verdicts(conditions: Iterable[str], figures: Mapping[str, float | None]) -> tuple[Verdict, ...]:
    """Each condition with what became of it. Raises as ``check_conditions``."""
    schema = dict.fromkeys(figures, pl.Float64())
    row = pl.DataFrame({name: [value] for name, value in figures.items()}, schema=schema)
    return tuple(
        Verdict(
            condition,
            row.select(_compiled(condition, schema).alias("holds"))["holds"][0],
            {name: figures[name] for name in sorted(dialect.names_in(_with_shares(condition, schema)))},
        )
        for condition in conditions
    )


def _with_shares(condition: str, names: Iterable[str]) -> str:
    """The condition with shares in place of what is compared with a percentage."""
    return _PERCENTAGE.sub(lambda found: _of_share(condition, found, names), condition)


def _compiled(condition: str, schema: Mapping[str, pl.DataType]) -> pl.Expr:
    sql = _with_shares(condition, schema)
    for name in dialect.names_in(sql):
        _require(condition, name, schema)
    compiled = dialect.condition(sql, schema=schema)
    dialect.check_types(compiled, pl.Schema(schema))
    return compiled


def _of_share(condition: str, found: re.Match[str], names: Iterable[str]) -> str:
    name, comparison, percentage = found.groups()
    names = list(names)
    share = name if name.endswith(SHARE) else name + SHARE
    if name in names and share not in names:
        raise UnknownName(f"{condition}: {name} is not a number of customers, so it has no percentage")
    _require(condition, name, names)
    return f"{share} {comparison} {float(percentage)} / 100"


def _require(condition: str, name: str, names: Iterable[str]) -> None:
    names = list(names)
    if name in names:
        return
    close = suggested(name, names)
    known = [each for each in names if not each.endswith(SHARE)]
    told = f"{condition}: there is no figure {name!r}"
    if name.startswith("value_") and not any(each.startswith("value_") for each in names):
        raise UnknownName(f"{told}: no value is compared", hint="name a role, attribute or metric with --value")
    if name.endswith("_over_time") or name.startswith(("band_changes_", "flapping_")):
        raise UnknownName(f"{told} without a look back", hint="add --over 12 weeks")
    raise UnknownName(f"{told}; there are {', '.join(known)}", hint=close)
