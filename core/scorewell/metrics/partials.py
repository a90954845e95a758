"""Partials: what the measures of one table ask for, each reduction once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import attrs
import polars as pl

from scorewell.api.v1 import Partial, ScorewellError
from scorewell.configuration.model import Metric
from scorewell.configuration.past_windows import past_column
from scorewell.messages import why
from scorewell.metrics.rows import MASK, ColumnPlan, MaskedRows, identity
from scorewell.metrics.tables import OpenTable, speaker

__all__ = ["Asked", "Reduction", "ask", "ask_all", "is_in_every_row"]

KINDS = frozenset({"sum", "count", "min", "max", "distinct", "first", "last", "values", "set", "customer"})


@attrs.frozen(eq=False)
class Reduction:
    """A partial taken apart: the rows where ``mask`` is true and ``value`` is not null, combined by ``kind``.

    ``mask`` is None where the value carries its masks itself. ``identity`` is equal for equal reductions.
    """

    kind: str
    value: pl.Expr
    mask: str | None
    by: pl.Expr | None
    identity: object = attrs.field(repr=False)

    @property
    def masked(self) -> pl.Expr:
        """The value, null where the row does not count."""
        return self.value if self.mask is None else pl.when(pl.col(self.mask)).then(self.value)

    @property
    def counts(self) -> pl.Expr:
        """Whether the row counts: never null."""
        present = self.value.is_not_null()
        return present if self.mask is None else pl.col(self.mask) & present

    @property
    def is_row_count(self) -> bool:
        """Whether it counts rows, whatever they hold."""
        return self.kind == "count" and self.mask is not None and is_in_every_row(self.value)


def is_in_every_row(value: pl.Expr) -> bool:
    """Whether the value is written out, and there: 1 is, ln(0) is not."""
    return not value.meta.root_names() and pl.select(value).item() is not None


@attrs.frozen(eq=False)
class Asked:
    """What one metric needs: by the names its measure gave them, its reductions and what it asks of the customers' list
    (no reduction at all); the count of its rows, and the times of the newest and of the first.

    ``k`` is the window before its own that they are of, 0 for its own.
    """

    name: str
    metric: Metric
    reductions: Mapping[str, Reduction]
    of_customer: Mapping[str, pl.Expr]
    row_count: Reduction | None
    newest: Reduction | None
    first: Reduction | None
    k: int = 0

    @property
    def place(self) -> str:
        """What a message calls it."""
        return f"metrics.{self.name}, {self.k} windows before" if self.k else f"metrics.{self.name}"

    @property
    def all(self) -> tuple[Reduction, ...]:
        """Everything that is to be reduced."""
        about_rows = (self.row_count, self.newest, self.first)
        return (*self.reductions.values(), *(one for one in about_rows if one is not None))


def ask(plan: ColumnPlan, name: str, metric: Metric, k: int) -> Asked:
    """Ask a metric's measure for its partials, of its ``k``-th earlier window.

    Raises ScorewellError for a user's mistake and for a failing measure.
    """
    assert metric.measure is not None  # noqa: S101 - derived metrics have no rows
    rows = MaskedRows.of(plan, metric, k=k)
    bare = MaskedRows.of(plan, metric, masked=False, k=k)
    try:
        masked, unmasked = metric.measure.partials(rows), metric.measure.partials(bare)
        of_customer = {name: partial.value for name, partial in masked.items() if partial.kind == "customer"}
        reductions = {
            name: _reduction(partial, unmasked.get(name)) for name, partial in masked.items() if name not in of_customer
        }
    except ScorewellError:
        raise
    except Exception as error:
        raise ScorewellError(f"{speaker(metric.measure)} failed: {why(error)}") from error
    count = _reduction(Partial("count", rows.count), Partial("count", bare.count)) if metric.min_rows > 0 else None
    newest = _of_times("max", rows, bare) if metric.fresh_within is not None else None
    first = _of_times("min", rows, bare) if metric.min_age is not None else None
    return Asked(name, metric, reductions, of_customer, count, newest, first, k)


def ask_all(
    table: OpenTable,
    as_of: datetime,
    customers: Mapping[str, pl.DataType],
    metrics: Mapping[str, Metric],
    past: Mapping[str, int],
) -> tuple[ColumnPlan, dict[str, Asked], dict[str, ScorewellError]]:
    """One plan with all that the metrics of a table ask for, and those that cannot be asked, with why.

    ``customers`` is what the customers' list has; ``past`` says how many earlier windows of a metric are needed.
    """
    failed: dict[str, ScorewellError] = {}
    while True:
        plan = ColumnPlan(table, as_of, customers)
        asked: dict[str, Asked] = {}
        for name, metric in metrics.items():
            if name in failed:
                continue
            try:
                for k in range(past.get(name, 0) + 1):
                    asked[past_column(name, k) if k else name] = ask(plan, name, metric, k)
            except ScorewellError as error:
                failed[name] = error
                # What it asked for before it failed is in the plan: begin again without it.
                break
        else:
            break
    if table.meaning.fresh_within is not None:
        plan.age()
    return plan, asked, failed


def _of_times(kind: Literal["max", "min"], rows: MaskedRows, bare: MaskedRows) -> Reduction:
    return _reduction(Partial(kind, rows.time), Partial(kind, bare.time))


def _reduction(partial: Partial, unmasked: Partial | None) -> Reduction:
    if partial.kind not in KINDS:
        raise ScorewellError(f"a partial of kind {partial.kind!r}: expected one of {', '.join(sorted(KINDS))}")
    if (partial.kind in {"first", "last"}) != (partial.by is not None):
        raise ScorewellError(f"a partial of kind {partial.kind!r} with by={partial.by}: by belongs to first and last")
    masks = _masks(partial.value)
    if len(masks) == 1 and unmasked is not None and unmasked.kind == partial.kind and not _masks(unmasked.value):
        by_masks = set() if partial.by is None else _masks(partial.by)
        if by_masks <= masks:
            (mask,) = masks
            return _made(partial.kind, unmasked.value, mask, unmasked.by)
    return _made(partial.kind, partial.value, None, partial.by)


def _masks(expr: pl.Expr) -> set[str]:
    return {name for name in expr.meta.root_names() if name.startswith(MASK)}


def _made(kind: str, value: pl.Expr, mask: str | None, by: pl.Expr | None) -> Reduction:
    return Reduction(kind, value, mask, by, (kind, identity(value), mask, None if by is None else identity(by)))
