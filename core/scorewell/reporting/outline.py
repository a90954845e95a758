"""A scorecard as a report walks it: dimensions and metrics in order, with their labels and shares of the score."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Literal

import attrs
import polars as pl

from scorewell.api.v1 import Audience, Condition
from scorewell.configuration import scores_of
from scorewell.configuration.bands import spans
from scorewell.configuration.model import Dimension, Project, Scorecard, ScoredMetric
from scorewell.reporting.reviews import Reviewed, of_dimension, of_metric, of_scorecard
from scorewell.scoring.tree import ROLLED_UP

__all__ = ["BandRange", "Leaf", "Node", "Outline", "Tone", "humanised", "outline", "score_label"]

Tone = Literal["low", "mid", "high", "none"]


@attrs.frozen
class BandRange:
    """A band with its edges in the scorecard's scale. ``tone`` is its rank: lowest, highest or between."""

    name: str
    label: str | None
    tone: Tone
    colour: str | None
    low: float
    high: float
    high_inclusive: bool

    @property
    def shown(self) -> str:
        """Its name for readers."""
        return self.label or humanised(self.name)


@attrs.frozen
class Leaf:
    """A metric's place in the tree. ``share`` is its part of the whole score's weight, 0 to 1; ``group`` is the label
    of the dimension it stands in, empty directly under the score; ``assumed`` is what a missing value counts as, in the
    scale."""

    path: str
    metric: str
    label: str
    group: str
    unit: str | None
    description: str | None
    advice: Mapping[Audience, str]
    controllable: str | None
    share: float
    when: tuple[Condition, ...]
    assumed: float | None
    reviews: Reviewed = ()


@attrs.frozen
class Node:
    """A dimension, or the score itself (``path`` empty), with the metrics directly in it. One that ``rolls_up`` has
    none: its score comes from the customer's children."""

    path: str
    label: str
    description: str | None
    depth: int
    share: float
    method: str
    leaves: tuple[Leaf, ...]
    below: tuple[Leaf, ...]
    rolls_up: bool = False
    reviews: Reviewed = ()


@attrs.frozen
class Outline:
    """A scorecard, flattened in the order of the configuration.

    ``holds`` are the contributions of what holds a score whatever its metrics do: a person's decision, and exceptions
    that do not merely add. ``broken`` are the paths whose component failed.
    """

    nodes: tuple[Node, ...]
    leaves: tuple[Leaf, ...]
    bands: tuple[BandRange, ...]
    scale: tuple[float, float]
    precision: int | None
    exceptions: tuple[str, ...]
    holds: tuple[str, ...] = ()
    broken: frozenset[str] = frozenset()
    reviews: Reviewed = ()

    @property
    def decimals(self) -> int:
        """Decimals of points: a thousandth of the scale, and never fewer than the score has."""
        width = self.scale[1] - self.scale[0]
        fitting = next(decimals for decimals in range(9) if width * 10**decimals >= 1000)
        return max(fitting, self.precision or 0)

    @property
    def look(self) -> object:
        """Equal for outlines that write numbers alike and have the same bands."""
        return self.scale, self.precision, tuple((band.high, band.high_inclusive) for band in self.bands)

    def fraction(self, value: pl.Expr) -> pl.Expr:
        """Where a score lies on the scale, 0 to 1."""
        low, high = self.scale
        return ((value - low) / (high - low)).clip(0, 1)

    def band_index(self, value: pl.Expr) -> pl.Expr:
        """The index of the band that holds a score in the scale; null for null. Int8."""
        chain: pl.Expr = pl.lit(len(self.bands) - 1, dtype=pl.Int8)
        for index, band in reversed(list(enumerate(self.bands[:-1]))):
            holds = value <= band.high if band.high_inclusive else value < band.high
            chain = pl.when(holds).then(pl.lit(index, dtype=pl.Int8)).otherwise(chain)
        return pl.when(value.is_not_null()).then(chain)


def humanised(identifier: str) -> str:
    """``product_usage`` as readers write it: Product usage."""
    words = identifier.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def score_label(project: Project) -> str:
    """What readers call the score of a project that has one score alone."""
    name, score = next(iter(scores_of(project).items()))
    return score.label or humanised(name)


def outline(project: Project, name: str, broken: Collection[str] = ()) -> Outline:
    """The outline of a scorecard of the project."""
    card = project.scorecards[name]
    bands = band_ranges(card)
    nodes = tuple(_nodes(project, name, card, path="", label="Score", depth=0, share=1.0, when=()))
    return Outline(
        nodes=nodes,
        leaves=nodes[0].below,
        bands=bands,
        scale=card.scale,
        precision=card.precision,
        exceptions=tuple(adjustment.because for adjustment in card.adjustments),
        holds=(
            *(f"contribution.adjustment.{at}" for at, each in enumerate(card.adjustments, 1) if each.add is None),
            "contribution.override",
        ),
        broken=frozenset(broken),
        reviews=of_scorecard(card, (band.shown for band in bands)),
    )


def band_ranges(card: Scorecard) -> tuple[BandRange, ...]:
    """The bands from low to high, with both edges of each."""
    ranges = []
    for index, span in enumerate(spans(card)):
        band, tone = span.band, _tone(index, len(card.bands))
        ranges.append(BandRange(band.name, band.label, tone, band.color, span.low, span.high, span.has_high))
    return tuple(ranges)


def _tone(index: int, count: int) -> Tone:
    if count == 1:
        return "mid"
    return "low" if index == 0 else "high" if index == count - 1 else "mid"


def _nodes(
    project: Project,
    scorecard: str,
    part: Scorecard | Dimension,
    *,
    path: str,
    label: str,
    depth: int,
    share: float,
    when: tuple[Condition, ...],
) -> Iterator[Node]:
    weights = [inner.weight for inner in part.dimensions.values()]
    weights += [scored.weight for scored in part.metrics.values()]
    total = sum(weights) or 1.0  # weights that are all 0 are refused earlier, unless pruning left only such
    group = label if path else ""
    leaves = tuple(
        _leaf(project, scorecard, name, scored, path=path, group=group, share=share * scored.weight / total, when=when)
        for name, scored in part.metrics.items()
    )
    below: list[Node] = []
    for name, inner in part.dimensions.items():
        below.extend(
            _nodes(
                project,
                scorecard,
                inner,
                path=_joined(path, name),
                label=inner.label or humanised(name),
                depth=depth + 1,
                share=share * inner.weight / total,
                when=when if inner.when is None else (*when, inner.when),
            )
        )
    yield Node(
        path=path,
        label=label,
        description=part.description if isinstance(part, Dimension) else None,
        depth=depth,
        share=share,
        method=_method(part),
        leaves=leaves,
        below=(*(leaf for node in below for leaf in node.leaves), *leaves),
        rolls_up=part.roll_up is not None and bool(path),
        reviews=of_dimension(part),
    )
    yield from below
    if part.roll_up is not None and not path:
        yield Node(ROLLED_UP, "Children", None, 1, 1.0, _method(part), (), (), rolls_up=True)


def _leaf(
    project: Project,
    scorecard: str,
    name: str,
    scored: ScoredMetric,
    *,
    path: str,
    group: str,
    share: float,
    when: tuple[Condition, ...],
) -> Leaf:
    metric = project.metrics[name]
    return Leaf(
        path=_joined(path, name),
        metric=name,
        label=metric.label or humanised(name),
        group=group,
        unit=metric.unit,
        description=metric.description,
        advice=metric.advice,
        controllable=metric.controllable,
        share=share,
        when=when if scored.when is None else (*when, scored.when),
        assumed=_assumed(scored, project.scorecards[scorecard].scale),
        reviews=of_metric(project, scorecard, _joined(path, name), scored),
    )


def _method(part: Scorecard | Dimension) -> str:
    """How the parts come together, in words."""
    if part.roll_up is None:
        return humanised(part.aggregator.name).lower()
    by = "each child the same" if part.roll_up.by == "count" else f"children by {humanised(part.roll_up.by).lower()}"
    return f"{by}, in no better band than the worst" if part.roll_up.floor else by


def _assumed(scored: ScoredMetric, scale: tuple[float, float]) -> float | None:
    low, high = scale
    match scored.missing:
        case "neutral":
            return (low + high) / 2
        case "worst":
            return low
        case "ignore" | "fail":
            return None
        case number:
            return float(number)


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
