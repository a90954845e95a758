"""The internal columns of a plan. They begin with ``@``, so they never meet a metric's name."""

from __future__ import annotations

__all__ = [
    "CHILD_COUNT",
    "FAILED",
    "IN_CIRCLE",
    "RAW_SCORE",
    "ROOT_COVERAGE",
    "STALE_CHILDREN",
    "children",
    "children_coverage",
    "contribution",
    "coverage",
    "measured",
    "normalized",
    "offset",
    "own",
    "raw",
    "score",
]


def raw(path: str) -> str:
    """What the normalizer said, before it was looked at."""
    return f"@raw.{path}"


def normalized(path: str) -> str:
    """A leaf's measured score."""
    return f"@normalized.{path}"


def score(path: str) -> str:
    """A part's score, filled in by a missing policy where that says so."""
    return f"@score.{path}"


def measured(path: str) -> str:
    """A node's score where something below it was measured."""
    return f"@measured.{path}"


def coverage(path: str) -> str:
    """A node's share of weight that had data; null where nothing below it applies."""
    return f"@coverage.{path}"


def contribution(path: str) -> str:
    """A leaf's points, in 0–100."""
    return f"@contribution.{path}"


def offset(path: str) -> str:
    """The points that a part adds to its parent beyond its weight, in 0–100."""
    return f"@offset.{path}"


def own(path: str) -> str:
    """What a node itself adds, in 0–100."""
    return f"@own.{path}"


def children(path: str) -> str:
    """What the customer's children come to together at a node that rolls them up, 0–100."""
    return f"@children.{path}"


def children_coverage(path: str) -> str:
    """The share of the children's weight that had data; null where there are none."""
    return f"@children_coverage.{path}"


RAW_SCORE = score("")
ROOT_COVERAGE = coverage("")
FAILED = "@failed"
"""True where a metric whose missing policy is ``fail`` has no value."""
CHILD_COUNT = "@child_count"
"""How many active children a customer has whose scorecard rolls them up; null for the others."""
IN_CIRCLE = "@in_circle"
"""True where a customer is its own ancestor."""
STALE_CHILDREN = "@stale_children"
"""True where a child's score is stale."""
