"""Aggregators: weighted parts in, one 0–100 score out, with the share each part has in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Protocol

import attrs

from scorewell.api.v1.components import Component
from scorewell.api.v1.settings import Condition

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Aggregator", "Combination", "Part", "Parts"]


@attrs.frozen(kw_only=True, eq=False)
class Part:
    """One part of a node, as expressions over customers.

    ``score`` is 0–100, null where the part has none. ``weight`` is at least 0, and 0 wherever ``score`` is null.
    ``measured`` is like ``score``, but null where the score was filled in by a missing policy.
    ``always_present`` promises that ``score`` is never null and ``weight`` is the constant ``constant_weight``.
    """

    name: str
    score: pl.Expr
    weight: pl.Expr
    measured: pl.Expr
    always_present: bool = False
    constant_weight: float | None = None


class Parts(Protocol):
    """The parts of a node in their configured order."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Part]: ...

    def __getitem__(self, index: int) -> Part: ...

    def condition(self, sql: Condition) -> pl.Expr:
        """A condition over the parts' names (a null part's name is null), as Boolean, never null.

        Only measured scores are seen: a filled-in value never decides a rule.
        """


@attrs.frozen(kw_only=True, eq=False)
class Combination:
    """What an aggregator answers.

    Wherever ``score`` is not null: ``score - reference == sum(weights[i] * (parts[i].score - reference)) + own``,
    with the term of a null part counting 0. ``weights`` has one expression a part (not null; 0 for an absent part).
    ``own`` is what the node itself adds, None for nothing.
    """

    score: pl.Expr
    weights: tuple[pl.Expr, ...]
    own: pl.Expr | None = None


class Aggregator(Component):
    """Combines the parts of a node."""

    baseline: ClassVar[float] = 100.0
    """Where the contributions start when this aggregator is the root: 100 for means and the minimum."""

    def combine(self, parts: Parts, reference: float) -> Combination:
        """The node's score, 0–100, finite; null where no part has a score."""
        raise NotImplementedError
