"""What was agreed with one customer: the bounds of a metric's normalizer, with what they came to."""

from __future__ import annotations

import polars as pl

from scorewell.api.v1 import Normalizer
from scorewell.configuration import Project, Scorecard
from scorewell.scoring.cards import Cards
from scorewell.scoring.inputs import FrozenStatistics, MetricInputs
from scorewell.scoring.language import Language

__all__ = ["agreed"]


def agreed(
    project: Project, card: Scorecard, metric: str, normalizer: Normalizer, row: pl.DataFrame
) -> dict[str, float | None]:
    """Each expression that the normalizer compares the metric with, and what it is for the customer in ``row``.

    Empty where all bounds are numbers, and where the normalizer fails.
    """
    language = Language(row.schema, project.timezone)
    inputs = MetricInputs(metric, project.metrics[metric].better, card.scale, language)
    try:
        if normalizer.is_total(card.scale):
            return {}
        normalizer.normalize(pl.col(metric), inputs, FrozenStatistics(Cards(("",)), [{}]))
        return {bound: row.select(language.expression(bound)).item() for bound in dict.fromkeys(inputs.bounds)}
    except Exception:  # noqa: BLE001 - a plugin's failure, whatever it raises, is told where its score is
        return {}
