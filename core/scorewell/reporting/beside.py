"""A customer's further scores, as they stand beside the headline score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import polars as pl

from scorewell.reporting.material import Material
from scorewell.reporting.model import ScoreLine, State
from scorewell.reporting.wording import CUSTOMER_STATES, STATUS, band_states

__all__ = ["scores_beside"]


def scores_beside(material: Material) -> Mapping[str, tuple[ScoreLine, ...]]:
    """The lines of each customer, by ``customer_id``, in the order of the scores. Empty where there is one score."""
    lines: dict[str, list[ScoreLine]] = defaultdict(list)
    for label, further in material.further:
        for customer_id, line in _lines(label, further):
            lines[customer_id].append(line)
    return {customer_id: tuple(each) for customer_id, each in lines.items()}


def _lines(label: str, material: Material) -> list[tuple[str, ScoreLine]]:
    formats, lines = material.formats, list[tuple[str, ScoreLine]]()
    for batch, outline in material.parts():
        if outline is None:
            # A customer reads nothing of a score that it cannot have.
            if not material.for_customer:
                lines += [
                    (customer_id, ScoreLine(label, None, "0.0", State(STATUS.get(status, status), "none")))
                    for customer_id, status in batch.select("customer_id", "@status").iter_rows()
                ]
            continue
        # Without a place in the palette, which holds the headline score's bands.
        states = {
            name: State(state.words, state.tone)
            for name, state in band_states(outline.bands, for_customer=material.for_customer).items()
        }
        score = pl.col("@score").cast(pl.Float64)
        shown = batch.select(
            "customer_id",
            "@status",
            "@band",
            formats.score(score, outline.precision).alias("score"),
            (outline.fraction(score) * 100).round(2).fill_null(0.0).cast(pl.String).alias("fill"),
        )
        for customer_id, status, band, text, fill in shown.iter_rows():
            without = CUSTOMER_STATES["none"] if material.for_customer else STATUS.get(status, status)
            lines.append((customer_id, ScoreLine(label, text, fill, states.get(band) or State(without, "none"))))
    return lines
