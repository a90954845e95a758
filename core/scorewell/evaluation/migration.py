"""Who is where with which configuration: counts and sums over the pairs of a moment."""

from __future__ import annotations

import polars as pl

__all__ = ["histogram", "migration", "scored_by", "spread"]

RANGES = 20
"""Into how many ranges of equal width a histogram of scores is cut."""

# Sorted, because a sum of floats depends on their order, and the same comparison must give the same bytes.
_SUMS = (pl.len().cast(pl.Int64).alias("customers"), pl.col("value").sort().sum().alias("value"))


def migration(pairs: pl.DataFrame) -> pl.DataFrame:
    """From which band to which: ``band_current, band_proposed, customers, value``; null is no score."""
    return _grouped(pairs, ["band_current", "band_proposed"])


def scored_by(pairs: pl.DataFrame) -> pl.DataFrame:
    """By which segment and scorecard with either configuration; null is none."""
    return _grouped(pairs, [f"{what}_{side}" for side in ("current", "proposed") for what in ("segment", "scorecard")])


def spread(pairs: pl.DataFrame) -> pl.DataFrame:
    """How many are in each band with either configuration: ``side, band, customers, value``; null is no score."""
    return pl.concat(
        _grouped(pairs.rename({f"band_{side}": "band"}), ["band"]).insert_column(
            0, pl.lit(side, dtype=pl.String).alias("side")
        )
        for side in ("current", "proposed")
    )


def histogram(pairs: pl.DataFrame) -> pl.DataFrame:
    """How many have points in each range of 0 to 100 with either configuration."""
    width = 100 / RANGES
    ranges = pl.DataFrame({"range": range(RANGES)}, schema={"range": pl.Int64})
    for side in ("current", "proposed"):
        position = (pl.col(f"points_{side}") / width).floor().clip(0, RANGES - 1).cast(pl.Int64)
        counts = (
            pairs.filter(pl.col(f"points_{side}").is_not_null())
            .group_by(position.alias("range"))
            .agg(pl.len().cast(pl.Int64).alias(side))
        )
        ranges = ranges.join(counts, on="range", how="left", maintain_order="left")
    return ranges.select(
        from_=pl.col("range") * width,
        to=(pl.col("range") + 1) * width,
        current=pl.col("current").fill_null(0),
        proposed=pl.col("proposed").fill_null(0),
    )


def _grouped(pairs: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    value = pl.when(pl.col("valued") > 0).then(pl.col("value")).alias("value")
    return (
        pairs.group_by(columns)
        .agg(*_SUMS, pl.col("value").count().alias("valued"))
        .sort(columns, nulls_last=True)
        .select(*columns, "customers", value)
    )
