"""What happened to customers, as marks on their timelines and in words: band changes, breaks, and what people did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import polars as pl
from polars.datatypes import DataType, DataTypeClass

from scorewell.reporting.material import Material
from scorewell.reporting.model import Event, Happening, Mark, Span, State
from scorewell.reporting.outline import humanised
from scorewell.reporting.series import MOMENT
from scorewell.reporting.stacks import Group
from scorewell.reporting.wording import band_states

__all__ = ["Happenings", "happenings"]

_MOST_EVENTS = 10
_MOST_MARKS = 60
_LONGEST = 160  # characters of what a person wrote
_PLAIN = State("", "none")
_SCHEMA: dict[str, DataType | DataTypeClass] = {
    "@row": pl.UInt32,
    "time": MOMENT,
    "kind": pl.String,
    "text": pl.String,
    "detail": pl.String,
    "sign": pl.String,
    "band": pl.String,
    "y": pl.Int32,
    "until": MOMENT,
}


@attrs.frozen
class Happenings:
    """One customer's."""

    marks: tuple[Mark, ...] = ()
    spans: tuple[Span, ...] = ()
    events: tuple[Event, ...] = ()
    more: str | None = None


def happenings(
    material: Material, groups: Sequence[Group], whole: pl.DataFrame, places: pl.DataFrame
) -> dict[int, Happenings]:
    """By the customer's place in ``groups`` together.

    ``whole`` is the customers' series; ``places`` has a row for each that is drawn: ``@row``, and in microseconds
    ``start`` and ``length`` of its axis.
    """
    kinds = [_of_the_line(whole)]
    past = material.past
    if past is not None:
        ids = pl.concat([customers.select("customer_id") for customers, _ in groups]).with_columns(
            pl.int_range(pl.len(), dtype=pl.UInt32).alias("@row")
        )
        kinds += [_actions(past.actions, ids), _pulses(past.pulses, ids), _overrides(past.overrides, ids, material)]
    every = pl.concat(kinds)
    percent = (every_place := (pl.col("time").dt.epoch("us") - pl.col("start")) / pl.col("length") * 100).round(1)
    now = pl.lit(material.as_of).dt.convert_time_zone("UTC")
    told = (
        every.join(places, on="@row")
        .with_columns(
            percent.clip(0.0, 100.0).alias("x"),
            ((pl.col("until").dt.epoch("us") - pl.col("start")) / pl.col("length") * 100).clip(0.0, 100.0).alias("end"),
            _local_day(material).alias("day"),
        )
        # A decision that began before the axis and holds on it is shown, everything else has a moment on it.
        .filter((pl.col("time") <= now) & ((every_place >= 0) | (pl.col("end") > 0).fill_null(value=False)))
        .sort("@row", "time", "kind", descending=[False, True, False], maintain_order=True)
        .with_columns(pl.int_range(pl.len()).over("@row").alias("place"), pl.len().over("@row").alias("of"))
        .filter(pl.col("place") < _MOST_MARKS)
    )
    return _told(told, material, groups)


def _local_day(material: Material) -> pl.Expr:
    return pl.col("time").dt.convert_time_zone(material.project.timezone).dt.date()


def _frame(rows: pl.DataFrame, **columns: pl.Expr) -> pl.DataFrame:
    return rows.select(columns.get(name, pl.lit(None)).cast(dtype).alias(name) for name, dtype in _SCHEMA.items())


def _of_the_line(whole: pl.DataFrame) -> pl.DataFrame:
    """Band changes, and where a new line began although there was a score before."""
    scored = whole.filter(pl.col("score").is_not_null())
    before, same = pl.col("band").shift(1).over("@row"), pl.col("@row") == pl.col("@row").shift(1)
    rows = scored.with_columns(
        before.alias("from"),
        pl.col("text").shift(1).over("@row").alias("earlier"),
        pl.col("score").shift(1).over("@row").alias("was"),
        (same & pl.col("why").is_not_null()).fill_null(value=False).alias("anew"),
        (same & ~pl.col("broken") & (pl.col("band") != before)).fill_null(value=False).alias("moved"),
    ).filter(pl.col("anew") | pl.col("moved"))
    rises = pl.when(pl.col("score") >= pl.col("was")).then(pl.lit("rise")).otherwise(pl.lit("fall"))
    which = pl.when(pl.col("why") == "segment").then("segment").when(pl.col("why") == "stage").then("stage")
    return _frame(
        rows,
        **{"@row": pl.col("@row")},
        time=pl.col("as_of"),
        kind=pl.when(pl.col("moved")).then(rises).otherwise(pl.lit("break")),
        text=pl.when(pl.col("moved")).then("from").otherwise("why"),
        detail=pl.when(pl.col("moved")).then(pl.concat_str("earlier", pl.lit(" → "), "text")).otherwise(which),
        band=pl.col("band"),
        y=pl.col("y"),
    )


def _actions(actions: pl.DataFrame | None, ids: pl.DataFrame) -> pl.DataFrame:
    rows = _of(actions, ids)
    return _frame(
        rows,
        **{"@row": pl.col("@row")},
        time=pl.col("time"),
        kind=pl.lit("action"),
        text=_written(rows, "play").fill_null("Action"),
        detail=_joined(_written(rows, "owner"), _written(rows, "result")),
    )


def _pulses(pulses: pl.DataFrame | None, ids: pl.DataFrame) -> pl.DataFrame:
    rows = _of(pulses, ids)
    rating = pl.col("rating").cast(pl.Float64) if "rating" in rows.columns else pl.lit(None, dtype=pl.Float64)
    shown = rating.round(1).cast(pl.String).str.strip_suffix(".0")
    return _frame(
        rows.filter(rating.is_not_null()),
        **{"@row": pl.col("@row")},
        time=pl.col("time"),
        kind=pl.lit("pulse"),
        text=pl.lit("Pulse ") + shown + " of 5",
        detail=_joined(*(_written(rows, name) for name in ("reason", "note", "author"))),
        sign=shown,
    )


def _overrides(overrides: pl.DataFrame | None, ids: pl.DataFrame, material: Material) -> pl.DataFrame:
    rows = _of(overrides, ids)
    if "score_name" in rows.columns and material.score_name is not None:
        rows = rows.filter(pl.col("score_name").is_null() | (pl.col("score_name") == material.score_name))
    return _frame(
        rows,
        **{"@row": pl.col("@row")},
        time=pl.col("begins") if rows.height else pl.lit(None),
        kind=pl.lit("override"),
        text=pl.lit("Overridden: ") + _written(rows, "what").fill_null("by a person"),
        detail=_joined(_written(rows, "reason"), _written(rows, "author"), _until(rows, material)),
        until=pl.col("ends") if rows.height else pl.lit(None),
    )


def _until(rows: pl.DataFrame, material: Material) -> pl.Expr:
    """``until`` and the day, null for no end."""
    if not rows.height:
        return pl.lit(None, dtype=pl.String)
    day = pl.col("ends").dt.convert_time_zone(material.project.timezone).dt.date()
    words = {each: material.formats.short_day(each) for each in rows.select(day)["ends"].drop_nulls().unique()}
    return pl.lit("until ") + day.replace_strict(words, default=None, return_dtype=pl.String)


def _of(rows: pl.DataFrame | None, ids: pl.DataFrame) -> pl.DataFrame:
    """The rows of these customers, with ``@row``."""
    if rows is None:
        return pl.DataFrame(schema={"customer_id": pl.String, "@row": pl.UInt32, "time": MOMENT})
    return rows.join(ids, on="customer_id")


def _written(rows: pl.DataFrame, name: str) -> pl.Expr:
    """What a person wrote, cut short; null for nothing."""
    if name not in rows.columns:
        return pl.lit(None, dtype=pl.String)
    text = pl.col(name).cast(pl.String).str.strip_chars()
    cut = pl.when(text.str.len_chars() > _LONGEST).then(text.str.slice(0, _LONGEST - 1) + "…").otherwise(text)
    return pl.when(text != "").then(cut)


def _joined(*texts: pl.Expr) -> pl.Expr:
    return pl.concat_str(texts, separator=" · ", ignore_nulls=True).replace("", None)


def _told(told: pl.DataFrame, material: Material, groups: Sequence[Group]) -> dict[int, Happenings]:
    formats = material.formats
    states = [
        each
        for customers, outline in groups
        for each in [band_states(outline.bands, for_customer=material.for_customer)] * customers.height
    ]
    words = {day: formats.short_day(day) for day in told["day"].unique()}
    marks: dict[int, list[Mark]] = {}
    spans: dict[int, list[Span]] = {}
    events: dict[int, list[Event]] = {}
    rest: dict[int, int] = {}
    for row, place, of, x, end, y, *rest_of in told.select(
        "@row", "place", "of", "x", "end", "y", "kind", "day", "text", "detail", "sign", "band"
    ).iter_rows():
        kind, day, *words_of = rest_of
        event = _event(kind, words[day], _Words(*words_of), states[row], for_customer=material.for_customer)
        if place < _MOST_EVENTS:
            events.setdefault(row, []).append(event)
        said = f"{event.day}: {event.text}" + (f" ({event.detail})" if event.detail else "")
        if kind == "override":
            width = (100.0 if end is None else end) - x
            spans.setdefault(row, []).append(Span(f"{x:g}", f"{max(width, 0.4):.1f}", said))
        else:
            on_line = None if y is None or kind == "break" else f"{y}"
            marks.setdefault(row, []).append(Mark(kind, f"{x:g}", on_line, event.state, said, event.sign))
        rest[row] = of - _MOST_EVENTS
    return {
        row: Happenings(
            marks=tuple(reversed(marks.get(row, ()))),
            spans=tuple(spans.get(row, ())),
            events=tuple(each),
            more=f"and {formats.count(rest[row])} earlier" if rest[row] > 0 else None,
        )
        for row, each in events.items()
    }


@attrs.frozen
class _Words:
    """What the frame says of a happening: of a band change ``text`` is the band before, of a break ``detail`` is what
    changed."""

    text: str
    detail: str | None
    sign: str | None
    band: str | None


def _event(kind: Happening, day: str, words: _Words, states: Mapping[str, State], *, for_customer: bool) -> Event:
    if kind in {"rise", "fall"}:
        before, now = (states.get(name) or State(humanised(name), "none") for name in (words.text, words.band or ""))
        verb = "Rose" if kind == "rise" else "Fell"
        return Event(kind, day, f"{verb} from {before.words} to {now.words}", words.detail, now)
    if kind == "break":
        return Event(kind, day, _begun(words, for_customer=for_customer), None, _PLAIN)
    return Event(kind, day, words.text, words.detail, _PLAIN, words.sign)


def _begun(words: _Words, *, for_customer: bool) -> str:
    """Why a new line began. A customer is not told of segments and stages: they are ours."""
    if words.detail is None or for_customer:
        return "The score is computed differently from here on"
    return f"Moved to the {words.text} {humanised(words.detail)}: scores before and after are not compared"
