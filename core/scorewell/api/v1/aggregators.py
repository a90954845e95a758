"""Aggregators: weighted parts in, one 0–100 score out, with the share each part has in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

import attrs

from scorewell.api.v1.components import Component
from scorewell.api.v1.errors import ScorewellError
from scorewell.api.v1.settings import Condition

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Aggregator", "Combination", "ExamplePart", "Examples", "Learned", "Part", "Parts", "TooLittleData"]

Learned = Mapping[str, Any]
"""What a model learned, as plain JSON data: text, finite numbers, true, false, None, lists and mappings of these."""


@attrs.frozen(kw_only=True, eq=False)
class Part:
    """One part of a node, as expressions over customers.

    ``score`` is a column reference: 0–100, null where the part has no score and so takes no part.
    ``measured`` is like it, but null also where the score was filled in by a missing policy.
    ``weight`` is the configured weight, at least 0, whether or not the part has a score: mask it with ``score``.
    ``value`` is a column reference to the metric's own value, Float64 or String, null where missing or where
    its ``when`` does not hold; None for a dimension, which has no value of its own.
    """

    name: str
    score: pl.Expr
    measured: pl.Expr
    weight: pl.Expr
    value: pl.Expr | None = None


class Parts(Protocol):
    """The parts of a node in their configured order."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Part]: ...

    def __getitem__(self, index: int) -> Part: ...

    @property
    def total_weight(self) -> pl.Expr:
        """The sum of the weights of the parts that have a score, as Float64, never null: a column reference."""

    @property
    def learned(self) -> Learned | None:
        """What ``learn`` answered at this place; None where nothing was learned, or the aggregator never learns."""

    def layer(self, expression: pl.Expr) -> pl.Expr:
        """The expression as a column of its own, computed before the answer that refers to it: a column reference.

        For what is dear: an expression is computed wherever an answer repeats it, a layer once, over a batch of
        customers. A model predicts so: one ``map_batches`` over a struct of values that yields a struct, whose fields
        are the score and the offsets. The dtype is free; a layer may refer to those before it.
        """

    @property
    def scale(self) -> tuple[float, float]:
        """The scorecard's scale, in which users write and read scores; the parts' are 0–100."""

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
    ``sum(scale * weights[i] * (parts[i].score - reference) + offsets[i]) + own``. ``weights`` has one expression a
    part; a part without a score has no weight, whatever the expression says. ``scale`` is a factor that all weights
    share (one division instead of one a part); where given, it is null wherever ``score`` is. ``offsets`` are points
    that a part adds beyond its weight, also where it has no score (what a model makes of a missing value): a metric's
    belong to its contribution, a dimension's to its own (None: no part has any). ``own`` is what the node itself adds
    (None: nothing).
    """

    score: pl.Expr
    weights: tuple[pl.Expr, ...]
    scale: pl.Expr | None = None
    offsets: tuple[pl.Expr, ...] | None = None
    own: pl.Expr | None = None


class TooLittleData(ScorewellError):  # noqa: N818 - it names what is found, and reads so where it is caught
    """There is too little to learn from: the message says how much there is and how much is needed."""


@attrs.frozen(kw_only=True)
class ExamplePart:
    """A metric that a model learns from: its name, which direction is good, and what its values are."""

    name: str
    better: Literal["higher", "lower"]
    kind: Literal["number", "category"]


@attrs.frozen(kw_only=True, eq=False)
class Examples:
    """Customers whose outcome is known, sorted by ``customers`` (their ids, String).

    ``values`` has a column a part, named after it: the metric's own values, Float64 (finite) or String. ``scores`` has
    the same columns normalized, Float64, 0–100. In both, null is missing, or not applicable by its ``when``.
    ``happened`` is Boolean, without null: whether the outcome happened (the customer churned).
    """

    parts: tuple[ExamplePart, ...]
    customers: pl.Series
    values: pl.DataFrame
    scores: pl.DataFrame
    happened: pl.Series


class Aggregator(Component):
    """Combines the parts of a node."""

    learns: ClassVar[bool] = False
    """Whether it is a model: trained on outcomes by ``scorewell fit``. A model stands over metrics only."""

    is_average: ClassVar[bool] = False
    """Whether each part counts by its share of the weights, so that a weight of 1 in 100 moves the score by a point."""

    stays_within: ClassVar[bool] = False
    """Whether its score is never below its parts' least nor above their greatest."""

    def baseline(self, scale: tuple[float, float], learned: Learned | None) -> float:
        """Where the contributions start when this aggregator is the root, 0–100.

        100, the top, for means and the minimum: contributions are points lost. Settings that are ``Points`` are in
        ``scale``, the scorecard's. For a model it is what it expects of an average customer.
        """
        return 100.0

    def learn(self, examples: Examples) -> Learned:
        """Learn from customers whose outcome is known; only asked where ``learns``. The same examples, the same answer.

        Raises TooLittleData where there is not enough to learn from.
        """
        raise NotImplementedError

    def learned_with(self) -> object:
        """What of its settings ``learn`` rests on, told by its ``repr``: with others, what was learned is refused.

        All of them; a model overrides it where settings may change without learning anew, as the rules that score
        until it is trained.
        """
        return self

    def describe(self, learned: Learned) -> str:
        """What was learned, as Markdown for the model card: how good it is, how it was tested, what it rests on most.

        The core adds what it knows itself: metrics, examples, dates, versions. Headings are of the third level.
        """
        return ""

    def combine(self, parts: Parts, reference: float) -> Combination:
        """The node's score, 0–100, finite; null where no part has a score."""
        raise NotImplementedError
