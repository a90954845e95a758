"""Steady reductions: those that owe nothing to the moment but which rows are in their window.

At another moment the same value is reduced under the same conditions, over the rows of another window. What a moment
itself says (``as_of`` in a condition, a cell that became known in between) makes a reduction of that moment alone.
"""

from __future__ import annotations

from datetime import datetime

import attrs
import polars as pl

from scorewell.metrics.partials import Reduction
from scorewell.metrics.rows import ColumnPlan, identity

__all__ = ["Span", "Steady", "is_steady", "span", "steady"]

_OF_ROWS = {"@time", "@day"}
_OWN = b"@own"


@attrs.frozen(eq=False)
class Steady:
    """A reduction without its window.

    ``conditions`` are those under which a row of the window counts; where they name masks of the reduction itself
    (``own``), these are true. ``identity`` is equal for equal steady reductions of one table, at whatever moment.
    """

    kind: str
    value: pl.Expr
    conditions: tuple[pl.Expr, ...]
    own: frozenset[str]
    identity: tuple[str, object, object] = attrs.field(repr=False)

    @property
    def needs(self) -> frozenset[str]:
        """The columns that the value is made of."""
        return frozenset(self.value.meta.root_names())

    @property
    def where(self) -> object:
        """Equal for the same conditions."""
        return self.identity[2]


@attrs.frozen
class Span:
    """The rows a reduction looks at: ``start <= time < end``; ``start`` None: from the first."""

    start: datetime | None
    end: datetime


def steady(plan: ColumnPlan, reduction: Reduction) -> Steady | None:
    """The reduction without its window; None where it depends on its moment otherwise."""
    if reduction.mask is None or reduction.by is not None:
        return None
    conditions, own, mask = list[pl.Expr](), [reduction.mask], reduction.mask
    while mask in plan.limited:
        mask, condition = plan.limited[mask]
        own.append(mask)
        conditions.append(condition)
    needed = {name for expr in (reduction.value, *conditions) for name in expr.meta.root_names()}
    if not all(name in own or (name in plan.cells and is_steady(name)) for name in needed):
        return None
    told = tuple(sorted((_identity(each, own) for each in conditions), key=repr))
    return Steady(
        reduction.kind,
        reduction.value,
        tuple(conditions),
        frozenset(own),
        (reduction.kind, identity(reduction.value), told),
    )


def is_steady(cell: str) -> bool:
    """Whether a plan's cell is the same at any moment: one that becomes known later has the moment's number."""
    return cell in _OF_ROWS or cell.startswith(("@c:", "@s:"))


def _identity(condition: pl.Expr, own: list[str]) -> object:
    told = identity(condition)
    if isinstance(told, bytes):
        # The longest first: one name may begin with another.
        for name in sorted(own, key=len, reverse=True):
            told = told.replace(name.encode(), _OWN)
    return told


def span(plan: ColumnPlan, mask: str) -> Span:
    """The rows that a mask may let through at the plan's moment."""
    window = plan.windows.get(mask)
    return Span(None, plan.as_of) if window is None else Span(window.start, min(window.end, plan.as_of))
