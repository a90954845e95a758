"""Bounds that are the same numbers for everybody, told from those that were agreed with each customer."""

from __future__ import annotations

import math

from scorewell.api.v1 import Bound, Expression

__all__ = ["are_finite", "numbers", "written"]


def numbers(*bounds: Bound) -> tuple[float, ...] | None:
    """The bounds where all are numbers; None where one is an expression, and so different for each customer."""
    known = tuple(bound for bound in bounds if not isinstance(bound, Expression))
    return known if len(known) == len(bounds) else None


def are_finite(*bounds: Bound) -> bool:
    """Whether no number among the bounds is infinite or no number; what an expression yields always is finite."""
    return all(isinstance(bound, Expression) or math.isfinite(bound) for bound in bounds)


def written(bound: Bound) -> str:
    """The bound as its user wrote it."""
    return bound if isinstance(bound, Expression) else f"{bound:g}"
