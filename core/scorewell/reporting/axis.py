"""The axis of time under a drawing: how far back it goes, what is written on it, and where a moment lies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import attrs
import polars as pl

from scorewell.reporting.formats import Formats
from scorewell.reporting.model import Tick

__all__ = ["LONGEST", "WIDTH", "Axis", "axes", "choice"]

WIDTH = 1_000
"""Units of a drawing's width."""

LONGEST = dt.timedelta(days=731)
"""What is shown of the past at most."""

# A little more than 5, 13, 26 and 52 weeks: so many runs back are on it when the clocks were changed meanwhile.
_REACHES = (*(dt.timedelta(days=days) for days in (36, 92, 184, 368)), LONGEST)
_MONTHS_APART = (0, 1, 1, 3, 3)
_FUTURE = 0.14
"""The part of the width that lies ahead of the run, where something is known of it."""
_ROOM = 0.025  # a label's middle keeps so far from the edges


@attrs.frozen
class Axis:
    """From ``start`` to ``end``, with the run's moment in between or at the end."""

    start: dt.datetime
    now: dt.datetime
    end: dt.datetime
    ticks: tuple[Tick, ...]
    grid: str
    """The ticks as an SVG path through a box of 160 units' height."""

    def place(self, moment: dt.datetime) -> float:
        """Where a moment lies on the width, 0 to 1 within the axis."""
        return (moment - self.start) / (self.end - self.start)


def axes(now: dt.datetime, formats: Formats, *, with_future: bool) -> tuple[Axis, ...]:
    """The axes that a customer's past may be drawn on, the shortest first."""
    return tuple(
        _axis(now - reach, now, formats, months_apart=months, with_future=with_future)
        for reach, months in zip(_REACHES, _MONTHS_APART, strict=True)
    )


def choice(age: pl.Expr) -> pl.Expr:
    """The index of the shortest axis that reaches back so far (a Duration)."""
    chain = pl.lit(len(_REACHES) - 1, dtype=pl.Int8)
    for index, reach in reversed(list(enumerate(_REACHES[:-1]))):
        chain = pl.when(age <= reach).then(pl.lit(index, dtype=pl.Int8)).otherwise(chain)
    return chain


def _axis(start: dt.datetime, now: dt.datetime, formats: Formats, *, months_apart: int, with_future: bool) -> Axis:
    end = now + (now - start) * (_FUTURE / (1 - _FUTURE)) if with_future else now
    axis = Axis(start, now, end, (), "")
    ticks, grid = [], []
    for moment in _weeks(axis) if months_apart == 0 else _months(axis, months_apart):
        place = axis.place(moment)
        grid.append(f"M{round(place * WIDTH)} 0v160")
        if _ROOM <= place <= 1 - _ROOM:
            label = formats.month_and_day(moment) if months_apart == 0 else formats.month_or_year(moment)
            ticks.append(Tick(f"{place * 100:.1f}", label))
    return attrs.evolve(axis, ticks=tuple(ticks), grid="".join(grid))


def _months(axis: Axis, apart: int) -> Iterator[dt.datetime]:
    """The beginnings of every so many months, January among them."""
    year, month = axis.start.year, axis.start.month
    while True:
        month += 1
        if month > 12:
            year, month = year + 1, 1
        moment = dt.datetime(year, month, 1, tzinfo=axis.now.tzinfo)
        if moment > axis.end:
            return
        if (month - 1) % apart == 0:
            yield moment


def _weeks(axis: Axis) -> Iterator[dt.datetime]:
    """Every seventh day before the run's moment."""
    count = (axis.now - axis.start) // dt.timedelta(days=7)
    yield from (axis.now - dt.timedelta(days=7 * number) for number in range(count, 0, -1))
