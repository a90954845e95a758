"""Measures: many rows in, one value a customer out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol, Self

import attrs

from scorewell.api.v1.components import Component
from scorewell.api.v1.settings import Column, Expression

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Measure", "Partial", "Partials", "Rows"]


@attrs.frozen(eq=False)
class Partial:
    """A mergeable reduction of the rows of one customer.

    ``value`` is a row-wise expression, null where the row does not count. ``kind`` says how values combine:

    ========= ======================================================= ==================== =============
    kind      result                                                  dtype                without values
    ========= ======================================================= ==================== =============
    sum       the total; exact for integers, fixed point for floats   Int64 or Float64     0
    count     how many values are not null                            Int64                0
    min, max  the least, the greatest                                 the value's          null
    distinct  how many different values                               Int64                0
    first     the value of the row with the least ``by``              the value's          null
    last      the value of the row with the greatest ``by``           the value's          null
    values    all values, sorted, at most 10,000 a customer           List of the value's  empty list
    set       all different values, sorted, at most 10,000 a customer List of the value's  empty list
    customer  none of rows: one ``rows.customer``, or a literal       the value's          its own value
    ========= ======================================================= ==================== =============

    ``distinct`` also counts structs: the different pairs of a user and a day.

    ``by`` orders ``first`` and ``last``; of equal ``by`` the lesser value (first) or the greater (last) is taken, so
    that the order of rows never matters.
    """

    kind: Literal["sum", "count", "min", "max", "distinct", "first", "last", "values", "set", "customer"]
    value: pl.Expr
    by: pl.Expr | None = None


class Rows(Protocol):
    """The rows a measure may see, as masked expressions: null wherever a row is outside the window, not yet known at
    ``as_of``, or refused by the metric's ``where``."""

    @property
    def count(self) -> pl.Expr:
        """1 for each row that counts, else null. Int64."""

    @property
    def time(self) -> pl.Expr:
        """When the row happened, Datetime("us", "UTC"), masked. Raises ScorewellError where no ``time`` is declared."""

    @property
    def until(self) -> pl.Expr:
        """When it ended, Datetime("us", "UTC"), masked, as it was known at ``end``: later ends are null."""

    @property
    def day(self) -> pl.Expr:
        """The local calendar day of ``time`` as a Date, masked."""

    @property
    def has_time(self) -> bool:
        """Whether the table declares a ``time``."""

    @property
    def has_until(self) -> bool:
        """Whether the table declares an ``until``."""

    @property
    def end(self) -> pl.Expr:
        """Up to when these rows are seen, a literal Datetime("us", "UTC"): ``as_of``, or an earlier window's end."""

    @property
    def window_days(self) -> int | None:
        """The length of these rows' window in days, None without one."""

    def column(self, name: Column) -> pl.Expr:
        """The column's cells in its own dtype, masked; a cell whose ``known`` moment has not come is null."""

    def numbers(self, name: Column) -> pl.Expr:
        """The column's cells as Float64, masked. Raises ScorewellError where the column holds no numbers."""

    def expression(self, sql: Expression) -> pl.Expr:
        """A row-wise SQL expression over the table's columns, masked."""

    def customer(self, sql: Expression) -> pl.Expr:
        """An SQL expression over the customer's own roles and attributes, for a partial of the kind ``customer``.

        Its ``as_of`` is ``end``; the customer is as ``as_of`` knows it, in earlier windows too. Raises ScorewellError
        for a name that the project does not declare as a role or an attribute.
        """

    def where(self, condition: pl.Expr) -> Self:
        """The same rows, further limited: rows where the condition is not true do not count.

        The three that follow begin with the metric's own rows again, without this condition.
        """

    def before(self, k: int) -> Self:
        """The rows of the k-th window before this one, as they were known at that window's end.

        Raises ScorewellError where there is no window.
        """

    def year_before(self) -> Self:
        """The rows of the window that is as long and ended on the same date a year before, as they were known then.

        The window that ended with 28 February, before a 29th, ended with 28 February a year before too.
        Raises ScorewellError where there is no window.
        """

    def window(self, days: int) -> Self:
        """The rows of a window of so many days with the same end; ``window(7).before(k)`` takes a window by weeks."""


Partials = Mapping[str, "pl.Expr"]
"""What ``finish`` is given: the reduced partials by the names that ``partials`` gave them, one value a customer."""


class Measure(Component):
    """Reduces the rows of a customer to one number or one category."""

    window_required: ClassVar[bool] = False
    """True where the measure means nothing without a window; the configuration is then refused without one."""

    def partials(self, rows: Rows) -> Mapping[str, Partial]:
        """The mergeable reductions this measure needs, by names of its own choosing."""
        raise NotImplementedError

    def finish(self, partials: Partials) -> pl.Expr:
        """The value, one a customer: numeric, boolean, Duration (taken as days) or text (a category); null is missing.

        For a covered customer without rows the partials hold the values of the table in ``Partial``, and the result
        is the measure's value for "nothing happened": 0 for a count, null for a mean.
        """
        raise NotImplementedError
