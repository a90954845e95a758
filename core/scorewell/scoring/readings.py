"""Readings: what is stored of the time before a moment, run by run, of the customers of a scores frame."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property

import attrs
import polars as pl

from scorewell.scoring.keys import KEYS, Keys
from scorewell.scoring.past import INSTANT, PAST_SCORES, PAST_WORDS, Past, in_utc, moment_of

__all__ = ["Reading", "Readings"]

_TYPES = {"score": pl.Float64(), **dict.fromkeys(PAST_WORDS, pl.Categorical())}


@attrs.frozen(kw_only=True, eq=False)
class Reading:
    """What a stored run says of the rows of a scores frame: one row each, in their order, null where it has no score.

    ``rows`` has ``score``, ``band``, ``segment``, ``stage`` and ``line`` (these four Categorical). ``age`` is how many
    microseconds of local wall clock before the moment the run was, so that a day is a day when clocks change.
    ``in_line`` has the scores of the rows whose line has not been another since.
    """

    as_of: datetime
    age: int
    rows: pl.DataFrame
    in_line: pl.Series

    @property
    def has_score(self) -> pl.Series:
        return self.rows.get_column("score").is_not_null()

    @property
    def is_in_line(self) -> pl.Series:
        return self.in_line.is_not_null()


@attrs.frozen(kw_only=True, eq=False)
class Readings:
    """The earlier scores of the rows of a scores frame, whose ``keys`` and ``moment`` these are.

    ``runs`` are in order of time. ``last_run`` is the moment of the last one, None where there was none, and
    ``last_scores`` what it stored of everybody, also of those who are no customers any more.
    """

    moment: datetime
    keys: Keys
    runs: tuple[Reading, ...]
    last_run: datetime | None
    last_scores: pl.DataFrame

    @classmethod
    def of(cls, scores: pl.DataFrame, past: Past) -> Readings:
        """Those of a scores frame with ``as_of`` and ``line``, all of one moment."""
        moment, keys = moment_of(scores), Keys.of(scores)
        runs = _by_run(past.scores, moment)
        last_run, _, last_scores = runs[-1] if runs else (None, 0, pl.DataFrame(schema=PAST_SCORES))
        return cls(
            moment=moment,
            keys=keys,
            runs=tuple(_latest_first(keys, runs, scores.get_column("line")))[::-1],
            last_run=last_run,
            last_scores=last_scores,
        )

    @cached_property
    def last(self) -> pl.DataFrame:
        """The last score of each row of the frame, and its ``as_of``; words as String."""
        found = pl.DataFrame(schema={"as_of": INSTANT, **_TYPES}).clear(self.keys.rows.height)
        for run in reversed(self.runs):
            is_found = found.get_column("score").is_not_null()
            if is_found.all():
                break
            earlier = run.rows.select(in_utc(run.as_of).alias("as_of"), *_TYPES)
            found = pl.DataFrame([column.zip_with(is_found, earlier[column.name]) for column in found])
        words = pl.col(PAST_WORDS).cast(pl.String)
        return found.with_columns(words).select(pl.when(pl.col("score").is_not_null()).then(pl.all()))


def _by_run(stored: pl.DataFrame, moment: datetime) -> list[tuple[datetime, int, pl.DataFrame]]:
    """The rows of each run before a moment, with its own moment and how long ago it was, in order of time."""
    spans = _spans(stored)
    if not spans.get_column("as_of").is_unique().all():
        stored = stored.sort("as_of")
        spans = _spans(stored)
    before = spans.filter(pl.col("as_of") < in_utc(moment)).sort("as_of").with_columns(age=_age(moment))
    # Columns, not a select: that would copy them all into one piece each, since as_of stands in fewer pieces.
    types = {**dict.fromkeys(KEYS, pl.String()), **_TYPES}
    rows = pl.DataFrame([stored.get_column(name).cast(dtype) for name, dtype in types.items()])
    return [
        (as_of, age, rows.slice(start, length))
        for as_of, age, start, length in before.select("as_of", "age", "start", "len").iter_rows()
    ]


def _spans(stored: pl.DataFrame) -> pl.DataFrame:
    """Where rows of one moment stand together: ``as_of``, ``start``, ``len``."""
    spans = stored.get_column("as_of").cast(INSTANT).rle().struct.unnest().rename({"value": "as_of"})
    return spans.with_columns(start=pl.col("len").cum_sum() - pl.col("len"))


def _age(moment: datetime) -> pl.Expr:
    """How long ago ``as_of`` was on the wall clock of the moment's zone, in microseconds."""
    wall = pl.col("as_of").dt.convert_time_zone(str(moment.tzinfo)).dt.replace_time_zone(None)
    return (pl.lit(moment.replace(tzinfo=None), pl.Datetime("us")) - wall).dt.total_microseconds()


def _latest_first(keys: Keys, runs: list[tuple[datetime, int, pl.DataFrame]], lines: pl.Series) -> Iterator[Reading]:
    """The readings from the last run back to the first. A row is out of line from the first other line on."""
    lines = lines.cast(pl.Categorical)
    nothing = pl.Series(dtype=pl.Float64).clear(len(lines))
    is_unbroken = pl.repeat(value=True, n=len(lines), eager=True)
    for as_of, age, stored in reversed(runs):
        rows = keys.looked_up(stored)
        score = rows.get_column("score")
        is_unbroken &= score.is_null() | rows.get_column("line").eq_missing(lines)
        yield Reading(as_of=as_of, age=age, rows=rows, in_line=score.zip_with(is_unbroken, nothing))
