"""Weights and thresholds whose day of review has come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from scorewell.api.v1 import Finding
from scorewell.configuration.model import Project
from scorewell.lint.kinds import found
from scorewell.lint.walking import walked

__all__ = ["due_reviews"]


def due_reviews(project: Project, today: date) -> Iterator[Finding]:
    """Everything that was to be looked at again by a day before ``today``."""
    told = [(path, value) for path, value in walked(project)]
    told += project.thresholds.items()
    for path, value in told:
        review_by = getattr(value, "review_by", None)
        if isinstance(review_by, date) and review_by < today:
            owner = getattr(value, "owner", None)
            by = "" if owner is None else f" by {owner}"
            days = (today - review_by).days
            ago = "yesterday" if days == 1 else f"{days} days ago"
            message = f"its review{by} was due by {review_by}, {ago}"
            yield found("review-due", f"{path}.review_by", message)
