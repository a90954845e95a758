"""Why a weight or a threshold is what it is, who decides about it and when to look again: for internal readers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scorewell.configuration.model import Band, Dimension, Metric, Project, Review, Scorecard, ScoredMetric
from scorewell.configuration.reviews import thresholds_of
from scorewell.reporting.formats import Formats

__all__ = ["Reviewed", "of_dimension", "of_metric", "of_scorecard", "told"]

Reviewed = tuple[tuple[str, Review], ...]
"""What is explained, in a word, and what is written down of it."""


def of_dimension(dimension: Scorecard | Dimension) -> Reviewed:
    """What is written down of a dimension's weight; what is written of a scorecard stands above all parts."""
    return () if isinstance(dimension, Scorecard) else tuple(_written("Weight", dimension))


def of_metric(project: Project, scorecard: str, path: str, scored: ScoredMetric) -> Reviewed:
    """What is written down of a metric in a scorecard: its weight, its thresholds, the metric itself."""
    metric = project.metrics[path.rpartition(".")[2]]
    thresholds = (("Thresholds", said) for said in thresholds_of(project, scorecard, path))
    return (*_written("Weight", scored), *thresholds, *_written("Metric", metric))


def of_scorecard(card: Scorecard, bands: Iterable[str]) -> Reviewed:
    """What is written down of the whole scorecard, and of its bands, which readers know as ``bands``."""
    ranges = (each for band, shown in zip(card.bands, bands, strict=True) for each in _written(f"“{shown}”", band))
    return (*_written("Scorecard", card), *ranges)


def told(reviewed: Reviewed, formats: Formats) -> tuple[str, ...]:
    """Each as a line: what it is about, the reason, who decides, the day to look again."""
    return tuple(f"{what}: {' · '.join(_words(said, formats))}" for what, said in reviewed)


def _words(said: Review, formats: Formats) -> Iterator[str]:
    if said.because is not None:
        yield said.because
    if said.owner is not None:
        yield said.owner
    if said.review_by is not None:
        yield f"review by {formats.day(said.review_by)}"


def _written(what: str, part: Metric | ScoredMetric | Dimension | Scorecard | Band) -> Iterator[tuple[str, Review]]:
    said = Review(because=part.because, owner=part.owner, review_by=part.review_by)
    if said != Review():
        yield what, said
