"""Hysteresis: a band that holds while the score goes to and fro at its edge."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import reduce
from operator import add

import polars as pl

from scorewell.configuration.bands import kept, spans
from scorewell.configuration.model import Hysteresis, Project, Scorecard
from scorewell.scoring.assignment import used_scorecards
from scorewell.scoring.lines import LINE, cards_of_rows
from scorewell.scoring.past import REACH, Past, in_utc
from scorewell.scoring.readings import Readings

__all__ = ["fewest_runs", "held", "held_in_turn", "with_hysteresis"]

_ROW, _OWN, _HELD = "@row", "@own", "@held"


def with_hysteresis(scores: pl.DataFrame, past: Past, project: Project) -> pl.DataFrame:
    """The scores frame with bands that hold as their scorecards' ``hysteresis`` says; unchanged where none does.

    ``scores`` as for ``with_trend``. A customer with stored scores of the same line stays in the band of the last of
    them until its score leaves it; a first score, and the first of a line, has the band that holds its number. A
    ``band`` that is not the number's own is marked in the column ``band_held`` (Boolean, behind ``band``), which only
    projects have that use hysteresis. A person's override decides on the band as ever.
    """
    return held(scores, Readings.of(scores, past), project)


def held(scores: pl.DataFrame, readings: Readings, project: Project) -> pl.DataFrame:
    """As ``with_hysteresis``, for readings that are known already."""
    holding = tuple(_with_hysteresis(project))
    if not holding:
        return scores
    of_rows = cards_of_rows(scores, project)
    columns = ["score", "band", *(["override"] if "override" in scores.columns else [])]
    frame = (
        scores.select(*columns, _last_bands(scores, readings).alias(_HELD)).with_row_index(_ROW).with_columns(of_rows)
    )
    parts = [_of_card(frame.filter(card=name), card, rule, readings) for name, card, rule in holding]
    kept_bands = frame.join(pl.concat(parts), on=_ROW, how="left", maintain_order="left").get_column("@kept")
    at = scores.columns.index("band")
    own = scores.get_column("band")
    band = kept_bands.zip_with(kept_bands.is_not_null(), own).alias("band")
    is_held = band.ne_missing(own).alias("band_held")
    return pl.concat([scores[:, :at], pl.DataFrame([band, is_held]), scores[:, at + 1 :]], how="horizontal")


def held_in_turn(scores: pl.DataFrame, project: Project) -> pl.DataFrame:
    """The scores of many moments, each with the band that it would have had if each moment had been a run after those
    before it; unchanged where no scorecard has ``hysteresis``.

    ``scores`` has the columns of ``PAST_SCORES`` but ``line``: all of a customer's are of one line. The first of them
    has the band that holds its number. In order of time.
    """
    if not any(_with_hysteresis(project)):
        return scores
    keys, count = ["customer_id", "score_name"], fewest_runs(project)
    printed, last, moments = [scores.clear()], Past.none().scores, list[datetime]()
    for moment in scores.sort("as_of", maintain_order=True).partition_by("as_of", maintain_order=True):
        as_of: datetime = moment.item(0, "as_of")
        earliest = min([as_of - REACH, *moments[-count:]])
        past = Past(scores=last.filter(pl.col("as_of") >= in_utc(earliest)))
        lined = with_hysteresis(moment.with_columns(pl.lit("").alias(LINE)), past, project)
        printed.append(lined.select(scores.columns))
        known = lined.filter(pl.col("score").is_not_null()).select(last.columns)
        last = pl.concat([last, known]).group_by(keys, maintain_order=True).tail(count).select(last.columns)
        moments.append(as_of)
    return pl.concat(printed)


def fewest_runs(project: Project) -> int:
    """How many of the last runs the ``Past`` must hold, however old they are."""
    return max(1, *(rule.readings - 1 for _, _, rule in _with_hysteresis(project) if rule.readings is not None), 1)


def _with_hysteresis(project: Project) -> Iterator[tuple[str, Scorecard, Hysteresis]]:
    for name in used_scorecards(project):
        card = project.scorecards[name]
        if card.hysteresis is not None:
            yield name, card, card.hysteresis


def _last_bands(scores: pl.DataFrame, readings: Readings) -> pl.Series:
    """The band of each row's last score of its line."""
    bands = pl.Series(dtype=pl.Categorical).clear(scores.height)
    for run in readings.runs:
        bands = run.rows.get_column("band").zip_with(run.is_in_line, bands)
    return bands.cast(pl.String)


def _of_card(rows: pl.DataFrame, card: Scorecard, rule: Hysteresis, readings: Readings) -> pl.DataFrame:
    """The bands of one scorecard's customers as ``@kept``: null where the number's own counts."""
    names = [band.name for band in card.bands]
    positions = rows.with_columns(
        _position(card, pl.col("score")).alias(_OWN),
        pl.col(_HELD).replace_strict(names, range(len(names)), default=None, return_dtype=pl.Int32),
    )
    if rule.readings is None:
        chosen = pl.when(_is_kept(card)).then(_HELD).otherwise(_OWN)
    else:
        positions = _counted(positions, card, rule.readings - 1, readings)
        chosen = _agreed()
    if "override" in rows.columns:
        chosen = pl.when(pl.col("override").is_null()).then(chosen).otherwise(_OWN)
    chosen = pl.when(pl.col("score").is_not_null() & pl.col(_HELD).is_not_null()).then(chosen)
    return positions.select(_ROW, pl.lit(pl.Series(names, dtype=pl.String)).gather(chosen).alias("@kept"))


def _position(card: Scorecard, score: pl.Expr) -> pl.Expr:
    """The position of the band that holds a score, Int32."""
    is_beyond = [score > span.high if span.has_high else score >= span.high for span in spans(card)[:-1]]
    return reduce(add, (each.cast(pl.Int32) for each in is_beyond), pl.lit(0, pl.Int32))


def _is_kept(card: Scorecard) -> pl.Expr:
    """Whether a score that is in another band is not far enough beyond the edge of the one that is held."""
    below, above = (
        pl.lit(pl.Series(side, dtype=pl.Float64)).gather(pl.col(_HELD)) for side in zip(*kept(card), strict=True)
    )
    is_near = (pl.col(_OWN) > pl.col(_HELD)) & (pl.col("score") <= above)
    is_near |= (pl.col(_OWN) < pl.col(_HELD)) & (pl.col("score") >= below)
    return is_near.fill_null(value=False)


def _counted(positions: pl.DataFrame, card: Scorecard, count: int, readings: Readings) -> pl.DataFrame:
    """The bands of the last so many numbers before this one: the lowest, the highest, and how many there are."""
    found = positions.with_columns(
        pl.lit(None, pl.Int32).alias("@lowest"), pl.lit(None, pl.Int32).alias("@highest"), pl.lit(0).alias("@count")
    )
    for run in reversed(readings.runs):
        before = pl.lit(run.in_line).gather(pl.col(_ROW))
        position = pl.when(before.is_not_null() & (pl.col("@count") < count)).then(_position(card, before))
        found = found.with_columns(
            pl.min_horizontal("@lowest", position).alias("@lowest"),
            pl.max_horizontal("@highest", position).alias("@highest"),
            pl.col("@count") + position.is_not_null(),
        )
        if (found.get_column("@count") == count).all():
            break
    return found.with_columns((pl.col("@count") == count).alias("@enough"))


def _agreed() -> pl.Expr:
    """The nearest of the bands that the last numbers and this one were in, where all are beyond the same edge."""
    lowest, highest = pl.min_horizontal(_OWN, "@lowest"), pl.max_horizontal(_OWN, "@highest")
    return (
        pl.when(pl.col("@enough") & (lowest > pl.col(_HELD)))
        .then(lowest)
        .when(pl.col("@enough") & (highest < pl.col(_HELD)))
        .then(highest)
        .otherwise(_HELD)
    )
