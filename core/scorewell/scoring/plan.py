"""The plan of scorecards of one shape: layers of polars expressions from metrics to unadjusted scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import polars as pl

from scorewell.api.v1 import Aggregator, Normalizer, Part
from scorewell.scoring.cards import Cards
from scorewell.scoring.tree import Node

__all__ = ["Answer", "Layer", "Plan"]

Layer = dict[str, pl.Expr]


@attrs.frozen
class Answer:
    """What a component answered at its place: expressions over the frame that has the first ``layer`` layers.

    ``is_numeric`` is what they are expected to be; what an aggregator puts into layers of its own may be anything.
    """

    component: Normalizer | Aggregator
    path: str
    layer: int
    expressions: tuple[pl.Expr, ...]
    is_numeric: bool = True


@attrs.frozen
class Plan:
    """The layers of the scorecards of one shape, and what they leave behind."""

    cards: Cards
    layers: tuple[Layer, ...]
    root: Node
    baseline: float
    own: tuple[str, ...]
    fails: bool
    for_everybody: frozenset[str]
    """The nodes that would have a score even for customers without a scorecard, since all weights are literals."""
    answers: tuple[Answer, ...]
    """What components answered, bottom up: looked at only where the plan fails."""
    parts: Mapping[str, Part]
    """What aggregators are given, by path."""
    normalizing: int
    """How many of the layers make what leaves are to their nodes."""

    def apply(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """Add the plan's columns to a frame that has the metrics and ``CARD``."""
        return _with(frame, self.layers)

    def normalized(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """As ``apply``, but no further than the leaves."""
        return _with(frame, self.layers[: self.normalizing])


def _with(frame: pl.LazyFrame, layers: Sequence[Layer]) -> pl.LazyFrame:
    for layer in layers:
        if layer:
            frame = frame.with_columns(**layer)
    return frame
