"""A scorecard's scale: what is written in it as 0–100, in which everything is computed."""

from __future__ import annotations

from scorewell.configuration.model import MissingPolicy

__all__ = ["Scale", "filled_in", "of_hundred"]

Scale = tuple[float, float]
"""From the worst score to the best."""


def of_hundred(score: float, scale: Scale) -> float:
    """A score in the scorecard's scale, as 0–100."""
    low, high = scale
    return (score - low) / (high - low) * 100.0


def filled_in(missing: MissingPolicy, scale: Scale) -> float | None:
    """What counts in place of a missing value, 0–100; None where nothing does."""
    match missing:
        case "ignore" | "fail":
            return None
        case "neutral":
            return 50.0
        case "worst":
            return 0.0
        case number:
            return of_hundred(number, scale)
