"""The dimensions of stored scores: one text a row, for no two runs need have the same."""

from __future__ import annotations

import json
from collections.abc import Sequence

import polars as pl

__all__ = ["DIMENSION", "dimension_paths", "dimensions_as_text", "with_dimensions"]

DIMENSION = "dimension."


def dimensions_as_text(columns: Sequence[str]) -> pl.Expr:
    """The dimensions among the columns of a scores frame as JSON: path to score, also where that is null."""
    fields = [pl.col(name).alias(name.removeprefix(DIMENSION)) for name in columns if name.startswith(DIMENSION)]
    return pl.struct(fields).struct.json_encode() if fields else pl.lit("{}")


def dimension_paths(scores: pl.DataFrame) -> list[str]:
    """The paths of the dimensions of one run's stored scores, which every row of it has."""
    return list(json.loads(scores.item(0, "dimensions"))) if scores.height else []


def with_dimensions(scores: pl.DataFrame, paths: Sequence[str]) -> pl.DataFrame:
    """Stored scores with a column for each of these dimensions in place of the text; null where a row has it not."""
    if not paths:
        return scores.drop("dimensions")
    fields = pl.Struct(dict.fromkeys(paths, pl.Float64))
    decoded = scores["dimensions"].str.json_decode(fields).struct.unnest()
    return scores.drop("dimensions").hstack(decoded.rename({path: f"{DIMENSION}{path}" for path in paths}))
