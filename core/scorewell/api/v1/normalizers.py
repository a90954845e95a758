"""Normalizers: a metric in, 0 to 100 out, where 100 is healthy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol

from scorewell.api.v1.components import Component
from scorewell.api.v1.settings import Bound, Condition, Expression

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Inputs", "Normalizer", "Statistics"]


class Inputs(Protocol):
    """What a normalizer may look at besides its value: expressions over the customer's roles, attributes and metrics.

    The core finds them by the type of the settings that hold them and checks their names before any run.
    """

    @property
    def better(self) -> Literal["higher", "lower"]:
        """Which direction of the metric is good, as its definition says."""

    def points(self, score: pl.Expr | float) -> pl.Expr:
        """Numbers that the user wrote in the scorecard's scale, as 0–100 in Float64."""

    def expression(self, sql: Expression, *, value: pl.Expr | None = None) -> pl.Expr:
        """The expression as Float64; where ``value`` is given, the name ``value`` in the SQL stands for it."""

    def condition(self, sql: Condition, *, value: pl.Expr | None = None) -> pl.Expr:
        """The condition as Boolean, never null; ``value`` as in ``expression``."""

    def bound(self, bound: Bound) -> pl.Expr:
        """The bound as Float64, null for customers who have none: for them the metric is not applicable.

        A finding tells of them. Plain numbers are better used as they are: a literal is cheaper than a column.
        """

    def before(self, k: int) -> pl.Expr:
        """The metric in its ``k``-th earlier window, as that was known at its end: Float64, null where it was missing.

        Null also where the customer began (the role ``start``) after that window did. ``k`` is from 1 to
        ``past_windows``.
        """


class Statistics(Protocol):
    """What was learned from the population, frozen."""

    def __getitem__(self, name: str) -> pl.Expr:
        """A statistic that is one number, as Float64."""

    def has(self, name: str) -> bool:
        """Whether any scorecard learned a list of that name that is not empty: what none has need not be computed."""

    def interpolated(self, x: str, y: str, value: pl.Expr) -> pl.Expr:
        """The height at ``value`` of the line through the points of two lists, ``x`` ascending, as Float64.

        Beyond the first and the last point their heights hold. Null where the list is empty or the value null.
        """

    def lookup(self, name: str, index: pl.Expr) -> pl.Expr:
        """The ``index``-th number of a statistic that is a list, as Float64.

        ``index`` counts from 0, Int32 or UInt32, within bounds; null stays null.
        """


class Normalizer(Component):
    """Maps a metric to 0–100."""

    accepts: ClassVar[Literal["number", "category", "any"]] = "number"
    """Which metrics it can read; the core refuses the others before any run. Of one that says ``any``, the normalizers
    among its settings are taken to be given the same values, and are looked at too."""

    @property
    def past_windows(self) -> int:
        """How many earlier windows of the metric ``normalize`` looks at: any needs a metric that has a window."""
        return 0

    def rises(self) -> bool | None:
        """Whether a higher value never scores less: then True; False where it never scores more; else None.

        ``scorewell check`` compares it with the metric's ``better``. One that follows ``better`` itself says None.
        """
        return None

    def reach(self, scale: tuple[float, float]) -> tuple[float, float]:
        """The least and the greatest score that it can give, 0–100; ``scale`` is the scorecard's.

        ``scorewell check`` tells by it which bands nobody can be in: it may be wider than the truth, never narrower.
        """
        return 0.0, 100.0

    def is_total(self, scale: tuple[float, float]) -> bool:
        """Whether every result is within 0–100, and null only for a null value (or with nothing to learn from).

        ``scale`` is the scorecard's. Without that promise the core looks at every result: null for a present value
        means not applicable, and outside 0–100 it counts as missing, with a finding.
        """
        return False

    @property
    def fallback(self) -> Normalizer | None:
        """What scores instead where there are fewer than 30 values to learn from; None: what there is, is learned from.

        Only asked of a normalizer with statistics. One whose users may choose it declares a setting of that name.
        """
        return None

    def statistics(self, value: pl.Expr) -> Mapping[str, pl.Expr]:
        """Aggregates of the population's values that ``normalize`` needs.

        ``value`` is a column reference: the values of a scorecard's active customers without null, NaN and
        infinities, at least one, in ascending order. Each aggregate yields one number, one list of numbers
        (imploded), or a struct of these, whose fields are then called ``name.field``. The core rounds them to 12
        significant digits and stores them.
        """
        return {}

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        """0–100 as Float64. ``value`` is a column reference: Float64 (finite or null) or String (a category).

        Null for null, unless the normalizer has something to say about absence; null for a present value means *not
        applicable*: the metric leaves the weights and the coverage for that customer.
        """
        raise NotImplementedError
