"""How low and how high a scorecard's scores can be, by what its normalizers can give."""

from __future__ import annotations

from collections.abc import Iterable

from scorewell.api.v1 import Normalizer
from scorewell.configuration.model import Dimension, Scorecard, ScoredMetric
from scorewell.configuration.scales import filled_in

__all__ = ["attainable"]

Range = tuple[float, float]
_WHOLE: Range = (0.0, 100.0)


def attainable(card: Scorecard) -> Range:
    """The least and the greatest score before adjustments, in the scorecard's scale; never narrower than the truth."""
    low, high = card.scale
    least, most = (low + end * (high - low) / 100.0 for end in _of_node(card, card.scale))
    return least, most


def _of_node(node: Scorecard | Dimension, scale: Range) -> Range:
    if node.roll_up is not None or not node.aggregator.stays_within:
        return _WHOLE
    parts = [_of_metric(each, scale) for each in node.metrics.values()]
    parts += [_of_node(each, scale) for each in node.dimensions.values()]
    return _hull(parts)


def _of_metric(scored: ScoredMetric, scale: Range) -> Range:
    ranges = [_asked(scored.normalizer, scale)]
    fallback = scored.normalizer.fallback
    while fallback is not None:
        ranges.append(_asked(fallback, scale))
        fallback = fallback.fallback
    filled = filled_in(scored.missing, scale)
    if filled is not None:
        ranges.append((filled, filled))
    return _hull(ranges)


def _asked(normalizer: Normalizer, scale: Range) -> Range:
    try:
        least, most = normalizer.reach(scale)
        return (max(least, 0.0), min(most, 100.0)) if least <= most else _WHOLE
    except Exception:  # noqa: BLE001 - a plugin that fails to say is told where it is asked in earnest
        return _WHOLE


def _hull(ranges: Iterable[Range]) -> Range:
    several = list(ranges)
    return min((least for least, _ in several), default=0.0), max((most for _, most in several), default=100.0)
