"""What is written down of the thresholds: beside a normalizer's settings, and so kept by its place."""

from __future__ import annotations

from scorewell.configuration.model import Project, Review

__all__ = ["thresholds_of"]


def thresholds_of(project: Project, scorecard: str, path: str) -> tuple[Review, ...]:
    """What stands beside the normalizer of the metric at ``path`` in the scorecard, and beside those inside it."""
    *dimensions, metric = path.split(".")
    place = "".join(f"dimensions.{name}." for name in dimensions)
    begins = f"scorecards.{scorecard}.{place}metrics.{metric}.normalizer"
    return tuple(
        said for place, said in project.thresholds.items() if place == begins or place.startswith(f"{begins}.")
    )
