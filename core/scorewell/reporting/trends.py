"""How each score moved, in a few figures for the head of a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import polars as pl

from scorewell.reporting.formats import Formats
from scorewell.reporting.material import Material
from scorewell.reporting.model import Direction, Trend
from scorewell.reporting.outline import Outline
from scorewell.reporting.stacks import Group, by_look

__all__ = ["direction", "signed", "trends"]

_BREAKS = {
    "segment": "moved to another segment",
    "stage": "moved to another stage",
    "scorecard": "the scorecard changed",
}
_SLOPE_DAYS = 90
_CALM, _LIVELY = 0.02, 0.06
"""Volatility as a share of the scale: below the first a score is steady, from the second on it swings."""


def trends(material: Material, groups: Sequence[Group], before: str | None = None) -> list[tuple[Trend, ...]]:
    """For each customer of ``groups`` together; nothing where the scores frame has no trend. ``before`` is the day of
    the run before."""
    made = (partial(_since_last, before=before), _since_days(30), _since_days(90), _in_band, _volatility)
    found: list[tuple[Trend, ...]] = [()] * sum(customers.height for customers, _ in groups)
    for customers, outline in by_look(groups):
        if "@change" in customers.columns:
            columns = [each(material, customers, outline) for each in made]
            for row, *all_of in zip(customers["@row"], *columns, strict=True):
                found[row] = tuple(trend for trend in all_of if trend is not None)
    return found


def direction(value: float | None) -> Direction | None:
    """The sign of a change; None for None."""
    return None if value is None else "up" if value > 0 else "down" if value < 0 else "level"


def signed(change: pl.Expr, outline: Outline, formats: Formats, none: str = "no change") -> pl.Expr:
    """A change of score with its sign and as many decimals as the score has; 0 as ``none``."""
    decimals, trim = (9, True) if outline.precision is None else (outline.precision, False)
    text = formats.number(change, decimals, trim=trim, signed=True)
    return pl.when(change.round(decimals) == 0).then(pl.lit(none)).otherwise(text)


_Column = list[Trend | None]
_Made = Callable[[Material, pl.DataFrame, Outline], _Column]


def _since_last(material: Material, customers: pl.DataFrame, outline: Outline, *, before: str | None) -> _Column:
    formats, change = material.formats, pl.col("@change").cast(pl.Float64)
    columns = customers.select(
        change,
        signed(change, outline, formats).alias("shown"),
        formats.score(pl.col("@previous_score").cast(pl.Float64), outline.precision).alias("before"),
        _column(customers, "@line_break", pl.String).alias("broken"),
    )
    label = "Since the run before" if before is None else f"Since {before}"
    found: _Column = []
    for value, shown, was, broken in columns.iter_rows():
        if broken is not None and not material.for_customer:
            found.append(Trend(label, "new line", None, f"{_BREAKS.get(broken, broken)}; it was {was}"))
        elif value is None:
            found.append(None)
        else:
            found.append(Trend(label, shown, direction(value), f"from {was}"))
    return found


def _since_days(days: int) -> _Made:
    def made(material: Material, customers: pl.DataFrame, outline: Outline) -> _Column:
        formats, change = material.formats, _column(customers, f"@change_{days}d", pl.Float64)
        slope = _column(customers, "@slope", pl.Float64) if days == _SLOPE_DAYS else pl.lit(None, dtype=pl.Float64)
        columns = customers.select(
            change.alias("change"),
            signed(change, outline, formats).alias("shown"),
            pl.when(slope.round(outline.decimals) != 0)
            .then("trend " + formats.number(slope, outline.decimals, signed=True) + " a week")
            .alias("course"),
        )
        return [
            None if value is None else Trend(f"In {days} days", text, direction(value), course)
            for value, text, course in columns.iter_rows()
        ]

    return made


def _in_band(material: Material, customers: pl.DataFrame, outline: Outline) -> _Column:
    del outline
    formats = material.formats
    # The date on the wall, where a cast would give the one in Greenwich.
    has_moment = "@last_transition" in customers.columns and customers.schema["@last_transition"].is_temporal()
    since = pl.col("@last_transition").dt.date() if has_moment else pl.repeat(None, pl.len(), dtype=pl.Date)
    columns = customers.select(_column(customers, "@days_in_band", pl.Int64).alias("days"), since.alias("since"))
    words = {day: formats.short_day(day) for day in columns["since"].drop_nulls().unique()}
    return [
        # Where nothing is known of before, that it came into its band today tells nothing.
        None
        if days is None or (days == 0 and day is None)
        else Trend(
            "In this band",
            f"{formats.count(days)} day{'' if days == 1 else 's'}",
            None,
            "as far back as is known" if day is None else f"since {words[day]}",
        )
        for days, day in columns.iter_rows()
    ]


def _volatility(material: Material, customers: pl.DataFrame, outline: Outline) -> _Column:
    width = outline.scale[1] - outline.scale[0]
    volatility = _column(customers, "@volatility", pl.Float64)
    shown = material.formats.number(volatility, outline.decimals)
    found: _Column = []
    for value, text in customers.select(volatility.alias("volatility"), shown.alias("shown")).iter_rows():
        if value is None:
            found.append(None)
        else:
            words = "steady" if value < _CALM * width else "some swings" if value < _LIVELY * width else "wide swings"
            found.append(Trend("Steadiness", words, None, f"±{text} points around its trend"))
    return found


def _column(customers: pl.DataFrame, name: str, dtype: type[pl.DataType]) -> pl.Expr:
    return pl.col(name).cast(dtype) if name in customers.columns else pl.repeat(None, pl.len(), dtype=dtype)
