"""How customers were distributed over the bands, run by run: a bar each, and the same in words."""

from __future__ import annotations

import polars as pl

from scorewell.reporting.book import Book
from scorewell.reporting.model import Course, CourseRow, Layer, Tick
from scorewell.reporting.series import MOMENT, earlier_scores

__all__ = ["course"]

_MOST_RUNS = 26
_MOST_LABELS = 6
_BAR = 0.8  # of the room of a run


def course(whole: Book) -> Course | None:
    """Over the customers of totals, in the last runs and this one; None without a run before."""
    earlier = earlier_scores(whole.material)
    if earlier is None or not earlier.height:
        return None
    counts = _counts(whole, earlier)
    if counts.height < 2:
        return None
    formats = whole.material.formats
    zone = whole.material.project.timezone
    days = counts["as_of"].dt.convert_time_zone(zone).dt.date().to_list()
    names = [name for name in whole.bands if counts[name].sum()]
    if not names:
        return None
    most = int(counts.select(pl.sum_horizontal(names).max()).item())
    room = 1_000 / counts.height
    bars: dict[str, list[str]] = {name: [] for name in names}
    for number, row in enumerate(counts.select(names).iter_rows()):
        top = 100.0
        for name, count in zip(names, row, strict=True):
            height = 100 * count / most
            top -= height
            if count:
                left, width = (number + (1 - _BAR) / 2) * room, _BAR * room
                bars[name].append(f"M{left:.1f} {top:.1f}h{width:.1f}v{height:.1f}h{-width:.1f}z")
    apart = -(-counts.height // _MOST_LABELS)
    ticks = [
        Tick(f"{(number + 0.5) * 100 / counts.height:.1f}", formats.month_and_day(days[number]))
        for number in range(counts.height - 1, -1, -apart)
    ]
    first, last = counts.row(0, named=True), counts.row(-1, named=True)
    said = ", ".join(
        f"{whole.states[name].words} {formats.count(first[name])} to {formats.count(last[name])}" for name in names
    )
    return Course(
        described=f"Customers by band, {formats.short_day(days[0])} to {formats.short_day(days[-1])}: {said}",
        layers=tuple(Layer(whole.states[name], "".join(bars[name])) for name in names),
        ticks=tuple(reversed(ticks)),
        top=formats.count(most),
        rows=tuple(
            CourseRow(formats.short_day(day), tuple(formats.count(count) for count in row))
            for day, row in reversed(list(zip(days, counts.select(names).iter_rows(), strict=True)))
        ),
    )


def _counts(whole: Book, earlier: pl.DataFrame) -> pl.DataFrame:
    """One row a run, the oldest first: ``as_of`` and how many customers were in each band. A band that is no more is in
    none of them."""
    counted = whole.counted
    moments = earlier["as_of"].unique().sort().tail(_MOST_RUNS - 1)
    rows = pl.concat(
        [
            earlier.filter(pl.col("as_of").is_in(moments.implode()))
            .join(counted.select("customer_id"), on="customer_id", how="semi")
            .select(pl.col("as_of").cast(MOMENT), pl.col("band").cast(pl.String)),
            counted.select(
                pl.lit(whole.material.as_of).dt.convert_time_zone("UTC").cast(MOMENT).alias("as_of"),
                pl.col("@band").cast(pl.String).alias("band"),
            ),
        ]
    )
    return (
        rows.group_by("as_of")
        .agg((pl.col("band") == name).sum().cast(pl.Int64).alias(name) for name in whole.bands)
        .sort("as_of")
    )
