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

    ``score`` is a column reference: 0–100, null where the part has no score and so takes no part.
    ``measured`` is like it, but null also where the score was filled in by a missing policy.
    ``weight`` is the configured weight, at least 0, whether or not the part has a score: mask it with ``score``.
    """

    name: str
    score: pl.Expr
    measured: pl.Expr
    weight: pl.Expr


class Parts(Protocol):
    """The parts of a node in their configured order."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Part]: ...

    def __getitem__(self, index: int) -> Part: ...

    @property
    def total_weight(self) -> pl.Expr:
        """The sum of the weights of the parts that have a score, as Float64, never null: a column reference."""

    def condition(self, sql: Condition) -> pl.Expr:
        """A condition over the parts' names, as Boolean, never null; the numbers in it are in the scorecard's scale.

        Only measured scores are seen (else null): a filled-in value never decides a rule.
        """

    def points(self, score: float) -> float:
        """A number that the user wrote in the scorecard's scale, as 0–100."""


@attrs.frozen(kw_only=True, eq=False)
class Combination:
    """What an aggregator answers.

    Wherever ``score`` is not null, ``score - reference`` equals
    ``sum(scale * weights[i] * (parts[i].score - reference)) + own``; a part without a score counts 0, whatever its
    weight says. ``weights`` has one expression a part, ``own`` is what the node itself adds (None: nothing). ``scale``
    is a factor that all weights share (one division instead of one a part); where given, it is null wherever ``score``
    is.
    """

    score: pl.Expr
    weights: tuple[pl.Expr, ...]
    scale: pl.Expr | None = None
    own: pl.Expr | None = None


class Aggregator(Component):
    """Combines the parts of a node."""

    baseline: ClassVar[float] = 100.0
    """Where the contributions start when this aggregator is the root: 100 for means and the minimum."""

    def combine(self, parts: Parts, reference: float) -> Combination:
        """The node's score, 0–100, finite; null where no part has a score."""
        raise NotImplementedError
