"""Scores before adjustments, override and rounding, of rows whose scorecard is known already: what if."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from scorewell.scoring.cards import CARD
from scorewell.scoring.columns import RAW_SCORE
from scorewell.scoring.fitted import FittedProject
from scorewell.scoring.language import Language
from scorewell.scoring.relative import beyond_median

__all__ = ["BASELINE", "UNADJUSTED", "unadjusted"]

UNADJUSTED = "@unadjusted"
BASELINE = "@baseline"
_ROW = "@row"


def unadjusted(fitted: FittedProject, names: Sequence[str], rows: pl.DataFrame) -> pl.DataFrame:
    """Of each row, in its scorecard's scale: ``UNADJUSTED``, Float64, null where there is no score, and ``BASELINE``.

    ``rows`` are metrics with ``SEGMENT``, ``STAGE`` and ``CARD`` as ``assigned`` makes them, ``CARD`` being a position
    in ``names``; parents have what their children come to. Numbers are finite or null. One customer may have many rows.
    ``fitted`` is of a project with a single score. Raises ComponentFailed for the first component that fails.
    """
    positions = {name: position for position, name in enumerate(names)}
    language = Language(rows.schema, fitted.project.timezone)
    numbered = rows.with_row_index(_ROW)
    relative = beyond_median(fitted.project, positions, fitted.statistics, language.schema)
    frame = numbered.lazy().with_columns(**relative)
    scored = []
    groups = fitted.grouped(names)
    for group in groups:
        compiled = fitted.compiled(group, {}, language)
        low, high = fitted.scorecards[group[0]].scale
        own = frame
        if group != list(names):
            within = pl.Series([group.index(name) if name in group else None for name in names], dtype=pl.UInt32)
            own = frame.with_columns(pl.lit(within).gather(pl.col(CARD)).alias(CARD)).filter(pl.col(CARD).is_not_null())
        factor = (high - low) / 100.0
        score = (pl.col(RAW_SCORE) * factor + low).cast(pl.Float64).alias(UNADJUSTED)
        baseline = pl.when(pl.col(CARD).is_not_null()).then(low + compiled.baseline * factor).alias(BASELINE)
        scored.append(compiled.apply(own).select(_ROW, score, baseline))
    empty = pl.DataFrame(schema={_ROW: numbered.schema[_ROW], UNADJUSTED: pl.Float64, BASELINE: pl.Float64})
    known = pl.concat([empty, *pl.collect_all(scored)])
    return numbered.select(_ROW).join(known, on=_ROW, how="left", maintain_order="left").drop(_ROW)
