"""Worlds in which something is learned after a moment: the same tables before and after, for the law of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Literal

import attrs
import polars as pl

__all__ = ["Moments", "Spec", "Twice", "twice"]

Kind = Literal["date", "wall", "zoned", "text", "milliseconds"]
KINDS: tuple[Kind, ...] = ("date", "wall", "zoned", "text", "milliseconds")
_REACH = timedelta(days=70)
_TICK = timedelta(milliseconds=1)
_DTYPES: Mapping[Kind, pl.DataType] = {
    "date": pl.Date(),
    "wall": pl.Datetime("us"),
    "zoned": pl.Datetime("us", "UTC"),
    "text": pl.String(),
    "milliseconds": pl.Datetime("ms"),
}


@attrs.frozen
class Moments:
    """Cells that tell a time from before ``as_of``, or from then on, in one of the forms that columns have."""

    random: Random
    as_of: datetime
    kind: Kind

    def past(self) -> Any:
        """A time before the moment, now and then the last one."""
        if self.kind == "date":
            return self._today - timedelta(days=self.random.randint(1, _REACH.days))
        before = self.random.choice((_TICK, *(self._within(_REACH - _TICK) + _TICK for _ in range(4))))
        return self._cell(self.as_of - before)

    def future(self) -> Any:
        """The moment itself or a later one."""
        if self.kind == "date":
            return self._today + timedelta(days=self.random.randint(0, _REACH.days))
        return self._cell(self.as_of + self.random.choice((timedelta(), *(self._within(_REACH) for _ in range(4)))))

    def unknown(self) -> Any:
        """Nothing, or a time that has not come."""
        return self.random.choice((None, self.future()))

    @property
    def _today(self) -> Any:
        return self.as_of.date()

    def _within(self, length: timedelta) -> timedelta:
        return self.random.randint(0, length // _TICK) * _TICK

    def _cell(self, moment: datetime) -> Any:
        moment = moment.astimezone(UTC)
        match self.kind:
            case "text":
                return moment.isoformat()
            case "zoned":
                return moment
            case _:
                return moment.astimezone(self.as_of.tzinfo).replace(tzinfo=None)


@attrs.frozen
class Spec:
    """One table: ``cells`` with what they may hold; ``begins``, the column that says when a row came; ``ends``, when
    what it tells of ended; ``late`` cells, with the column that says when each became known. An end is known when it
    has come, and where it is late too, when that column says so."""

    cells: Mapping[str, Sequence[Any]]
    begins: str
    ends: str | None = None
    late: Mapping[str, str] = attrs.field(factory=dict)

    @property
    def times(self) -> tuple[str, ...]:
        own = (self.begins, self.ends, *self.late.values())
        return tuple(dict.fromkeys(name for name in own if name is not None))


@attrs.frozen
class Twice:
    """A table as it is when nothing later is known, and when more is."""

    before: pl.DataFrame
    after: pl.DataFrame


@attrs.frozen
class _Row:
    cells: dict[str, Any]
    past: frozenset[str]
    """Which of its times are past."""


def twice(spec: Spec, random: Random, as_of: datetime) -> Twice:
    """A table of some rows from before ``as_of`` (in the project's zone) and some later ones; after, there are other
    later rows, and every cell that was not known is another. Its rows are then in another order too."""
    times = {name: Moments(random, as_of, random.choice(KINDS)) for name in spec.times}
    past = [_row(spec, random, times, begun=True) for _ in range(random.randint(4, 16))]
    later = [[_row(spec, random, times, begun=False) for _ in range(random.randint(0, 6))] for _ in range(2)]
    before = [*past, *later[0]]
    after = [*(_learned(spec, random, times, row) for row in past), *later[1]]
    random.shuffle(after)
    schema = {
        name: pl.Series([each for each in values if each is not None]).dtype for name, values in spec.cells.items()
    }
    schema |= {name: _DTYPES[moments.kind] for name, moments in times.items()}
    return Twice(*(pl.DataFrame([row.cells for row in rows], schema=schema) for rows in (before, after)))


def _row(spec: Spec, random: Random, times: Mapping[str, Moments], *, begun: bool) -> _Row:
    past = {name for name in times if random.random() < 0.5}
    past = past | {spec.begins} if begun else past - {spec.begins}
    cells = {name: random.choice(values) for name, values in spec.cells.items()}
    for name, moments in times.items():
        cells[name] = moments.past() if name in past else moments.unknown()
    if not begun:
        cells[spec.begins] = times[spec.begins].future()
    return _Row(cells, frozenset(past))


def _learned(spec: Spec, random: Random, times: Mapping[str, Moments], row: _Row) -> _Row:
    """The row after everything that nobody knew of it turned out to be otherwise."""
    cells = dict(row.cells)
    told = row.past | {name for name, known in spec.late.items() if known in row.past}
    for name, moments in times.items():
        if name not in told:
            cells[name] = moments.unknown()
    for name in spec.late:
        if name not in times and name not in told:
            cells[name] = random.choice(spec.cells[name])
    return _Row(cells, row.past)
