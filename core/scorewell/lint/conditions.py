"""What can be said of an SQL condition without data: where it surely never holds, and whom another takes as well.

A condition is read as a choice of regions, each of which limits the values of some expressions. What is not understood
limits nothing, and makes its region no longer exact: then it may hold for fewer customers than the region says, never
for more. So an empty choice is surely empty, and a region inside an exact one is surely inside. Null is as in SQL: a
comparison with it does not hold, nor does its opposite.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

import attrs
from sqlglot import exp

from scorewell.dialect.reading import read, written_again
from scorewell.lint.values import ANYTHING, NULL, PRESENT, UndecidedError, Values, beyond, but, only

__all__ = ["EVERYBODY", "Choice", "Region", "both", "is_within", "regions"]

_MOST_REGIONS = 64


@attrs.frozen
class Region:
    """Those for whom each expression, by its text, has one of its values. ``exact``: all of them, nobody else."""

    limits: Mapping[str, Values]
    exact: bool = True

    @property
    def is_empty(self) -> bool:
        return any(values.is_empty for values in self.limits.values())


Choice = tuple[Region, ...]
EVERYBODY: Choice = (Region({}),)
_UNKNOWN: Choice = (Region({}, exact=False),)


def regions(sql: str) -> Choice:
    """The regions of a condition that may hold for somebody; none: it never holds."""
    return _choice(read(sql), holds=True)


def both(first: Choice, second: Choice) -> Choice:
    """Those in both."""
    if len(first) * len(second) > _MOST_REGIONS:
        return _UNKNOWN
    return _kept(_met(one, other) for one, other in product(first, second))


def is_within(inner: Choice, outer: Choice) -> bool:
    """Whether everybody of the one is surely of the other."""
    exact = [region for region in outer if region.exact]
    return all(any(_inside(region, other) for other in exact) for region in inner)


def _inside(inner: Region, outer: Region) -> bool:
    return all(inner.limits.get(text, ANYTHING).is_within(values) for text, values in outer.limits.items())


def _met(one: Region, other: Region) -> Region:
    limits, exact = dict(one.limits), one.exact and other.exact
    for text, values in other.limits.items():
        try:
            limits[text] = limits[text].meets(values) if text in limits else values
        except UndecidedError:
            exact = False
    return Region(limits, exact)


def _kept(found: Iterable[Region]) -> Choice:
    kept = tuple(region for region in found if not region.is_empty)
    return kept if len(kept) <= _MOST_REGIONS else _UNKNOWN


def _choice(node: exp.Expr, *, holds: bool) -> Choice:
    """Where the condition is true, or where it is false; null is neither."""
    match node:
        case exp.Paren():
            return _choice(node.this, holds=holds)
        case exp.Not():
            return _choice(node.this, holds=not holds)
        case exp.And() | exp.Or():
            parts = _choice(node.this, holds=holds), _choice(node.expression, holds=holds)
            return both(*parts) if isinstance(node, exp.And) is holds else _kept((*parts[0], *parts[1]))
        case exp.Boolean():
            return EVERYBODY if bool(node.this) is holds else ()
    try:
        return _atom(node, holds=holds)
    except UndecidedError:
        return _UNKNOWN


def _atom(node: exp.Expr, *, holds: bool) -> Choice:
    match node:
        case exp.Is(expression=exp.Null()):
            return _limit(node.this, NULL if holds else PRESENT)
        case exp.In() if node.expressions:
            listed = [_literal(each) for each in node.expressions]
            return _limit(node.this, only(*listed) if holds else but(*listed))
        case exp.Between():
            return _between(node, holds=holds)
        case exp.EQ() | exp.NEQ() | exp.GT() | exp.GTE() | exp.LT() | exp.LTE():
            return _comparison(node, holds=holds)
        case exp.Column():
            return _limit(node, only(holds))
    return _UNKNOWN


def _between(node: exp.Between, *, holds: bool) -> Choice:
    low, high = _number(node.args["low"]), _number(node.args["high"])
    if holds:
        inside = beyond(low, up=True, inclusive=True).meets(beyond(high, up=False, inclusive=True))
        return _limit(node.this, inside)
    below, above = beyond(low, up=False, inclusive=False), beyond(high, up=True, inclusive=False)
    return _kept((*_limit(node.this, below), *_limit(node.this, above)))


_TURNED: Mapping[type[exp.Expr], type[exp.Expr]] = {exp.GT: exp.LT, exp.LT: exp.GT, exp.GTE: exp.LTE, exp.LTE: exp.GTE}
_OPPOSITE: Mapping[type[exp.Expr], type[exp.Expr]] = {
    exp.EQ: exp.NEQ,
    exp.NEQ: exp.EQ,
    exp.GT: exp.LTE,
    exp.LTE: exp.GT,
    exp.LT: exp.GTE,
    exp.GTE: exp.LT,
}


def _comparison(node: exp.Expr, *, holds: bool) -> Choice:
    left, right, sign = node.this, node.expression, type(node)
    if isinstance(left, exp.Null) or isinstance(right, exp.Null):
        return ()
    if _is_literal(left) and not _is_literal(right):
        left, right, sign = right, left, _TURNED.get(sign, sign)
    sign = sign if holds else _OPPOSITE[sign]
    if sign is exp.EQ:
        return _limit(left, only(_literal(right)))
    if sign is exp.NEQ:
        return _limit(left, but(_literal(right)))
    up, inclusive = sign in (exp.GT, exp.GTE), sign in (exp.GTE, exp.LTE)
    return _limit(left, beyond(_number(right), up=up, inclusive=inclusive))


def _limit(node: exp.Expr, values: Values) -> Choice:
    """An expression limited to some values. Raises UndecidedError for a literal."""
    if _is_literal(node):
        raise UndecidedError
    while isinstance(node, exp.Paren):
        node = node.this
    return _kept((Region({written_again(node): values}),))


def _is_literal(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal | exp.Boolean) or (isinstance(node, exp.Neg) and _is_literal(node.this))


def _literal(node: exp.Expr) -> object:
    """A number as float, a text, or a truth. Raises UndecidedError for anything else."""
    if isinstance(node, exp.Literal) and node.is_string:
        return str(node.this)
    return bool(node.this) if isinstance(node, exp.Boolean) else _number(node)


def _number(node: exp.Expr) -> float:
    if isinstance(node, exp.Neg):
        return -_number(node.this)
    if isinstance(node, exp.Literal) and not node.is_string:
        return float(node.this)
    raise UndecidedError
