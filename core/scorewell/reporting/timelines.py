"""Each customer's timeline: its scores as an SVG path, with the words for those who do not see it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import polars as pl

from scorewell.reporting import axis as time_axis
from scorewell.reporting.axis import WIDTH, Axis
from scorewell.reporting.facts import days_until
from scorewell.reporting.formats import Formats
from scorewell.reporting.happenings import Happenings, happenings
from scorewell.reporting.material import Material
from scorewell.reporting.model import Month, State, Tick, Timeline, Zone
from scorewell.reporting.outline import Outline
from scorewell.reporting.series import HEIGHT
from scorewell.reporting.stacks import Group
from scorewell.reporting.wording import band_states

__all__ = ["timelines"]

_FEWEST = 2  # scores, of which one was before
_LINE = 12.0  # units of height that the text of an edge needs


def timelines(material: Material, groups: Sequence[Group], whole: pl.DataFrame) -> list[Timeline | None]:
    """A timeline for each customer of ``groups`` together, None where there is no past. ``whole`` is their series."""
    heights = [customers.height for customers, _ in groups]
    shown: list[Timeline | None] = [None] * sum(heights)
    with_future = not material.for_customer and material.role("renewal")
    axes = time_axis.axes(material.as_of, material.formats, with_future=with_future)
    drawn = _drawn(whole.filter(pl.col("score").is_not_null()), axes, material)
    if not drawn.height:
        return shown
    outlines = [outline for (_, outline), height in zip(groups, heights, strict=True) for _ in range(height)]
    states = {id(outline): band_states(outline.bands, for_customer=material.for_customer) for _, outline in groups}
    zones = {id(outline): _zones(outline, states[id(outline)], material.formats) for _, outline in groups}
    months = _months(whole, drawn, material, outlines, states)
    happened = happenings(material, groups, whole, drawn.select("@row", "start", "length"))
    renewals = _renewals(material, groups) if with_future else [None] * len(shown)
    for row, index, line, dots, end, position, described in drawn.select(
        "@row", "axis", "line", "dots", "end", "band", "described"
    ).iter_rows():
        outline, axis = outlines[row], axes[index]
        events = happened.get(row, Happenings())
        renewal, is_beyond = _renewal(renewals[row], axis, material)
        shown[row] = Timeline(
            described=described,
            line=line,
            dots=dots,
            zones=zones[id(outline)],
            bottom=material.formats.plain(outline.scale[0]),
            top=material.formats.plain(outline.scale[1]),
            ticks=axis.ticks,
            grid=axis.grid,
            now=f"{axis.place(axis.now) * 100:.1f}",
            end=None if end is None else f"{end}",
            end_state=states[id(outline)].get(position, State("No score", "none")),
            marks=events.marks,
            spans=events.spans,
            renewal=renewal,
            is_renewal_beyond=is_beyond,
            has_lane=any(mark.y is None for mark in events.marks),
            events=events.events,
            more_events=events.more,
            months=months.get(row, ()),
        )
    return shown


def _drawn(scored: pl.DataFrame, axes: Sequence[Axis], material: Material) -> pl.DataFrame:
    """One row for each customer with a past: its axis, the path of its line, that of its lonely points, its last
    point, and the sentence that says the same."""
    now = pl.lit(material.as_of).dt.convert_time_zone("UTC")
    starts = pl.lit(pl.Series([_micros(axis.start) for axis in axes])).gather(pl.col("axis"))
    lengths = pl.lit(pl.Series([_micros(axis.end) - _micros(axis.start) for axis in axes])).gather(pl.col("axis"))
    placed = (
        scored.filter(pl.len().over("@row") >= _FEWEST)
        .with_columns(time_axis.choice(now - pl.col("as_of").first().over("@row")).alias("axis"))
        .with_columns(starts.alias("start"), lengths.alias("length"))
    )
    new = pl.col("broken") | (pl.col("@row") != pl.col("@row").shift(1)).fill_null(value=True)
    placed = placed.with_columns(
        ((pl.col("as_of").dt.epoch("us") - pl.col("start")) * WIDTH / pl.col("length"))
        .round(0)
        .cast(pl.Int32)
        .alias("x"),
        new.alias("new"),
    ).with_columns((pl.col("new") & pl.col("new").shift(-1).fill_null(value=True)).alias("alone"))
    point = pl.concat_str(pl.when(pl.col("new")).then(pl.lit("M")).otherwise(pl.lit(" ")), "x", pl.lit(" "), "y")
    days = _days(placed, material)
    placed = placed.with_columns(
        pl.when(~pl.col("alone")).then(point).fill_null("").alias("point"),
        pl.when(pl.col("alone")).then(point + "h0").fill_null("").alias("dot"),
        days,
    )
    lowest, highest = pl.col("score").arg_min(), pl.col("score").arg_max()
    text, day = pl.col("text"), pl.col("day")
    said = pl.concat_str(
        pl.lit("The score over time: "),
        text.first(),
        pl.lit(" on "),
        day.first(),
        pl.lit(", "),
        text.last(),
        pl.lit(" on "),
        day.last(),
        pl.lit("; lowest "),
        text.get(lowest),
        pl.lit(" on "),
        day.get(lowest),
        pl.lit(", highest "),
        text.get(highest),
        pl.lit(" on "),
        day.get(highest),
        pl.lit("."),
    )
    return placed.group_by("@row", maintain_order=True).agg(
        pl.col("axis", "start", "length").first(),
        pl.col("point").str.join("").alias("line"),
        pl.col("dot").str.join("").alias("dots"),
        pl.when(pl.col("as_of").last() == now).then(pl.col("y").last()).alias("end"),
        pl.col("band").last(),
        said.alias("described"),
    )


def _micros(moment: dt.datetime) -> int:
    return round(moment.timestamp() * 1_000_000)


def _days(placed: pl.DataFrame, material: Material) -> pl.Expr:
    """Each moment as the day it is there, in words."""
    local = pl.col("as_of").dt.convert_time_zone(material.project.timezone).dt.date()
    days = placed.select(local.alias("day"))["day"].unique().to_list()
    words = {day: material.formats.short_day(day) for day in days}
    return local.replace_strict(words, return_dtype=pl.String).alias("day")


def _zones(outline: Outline, states: Mapping[str, State], formats: Formats) -> tuple[Zone, ...]:
    """The bands from the top down."""
    low, high = outline.scale
    zones, written = [], 0.0
    for index, band in reversed(list(enumerate(outline.bands))):
        above, below = (round((high - edge) / (high - low) * HEIGHT, 1) for edge in (band.high, band.low))
        is_top = index == len(outline.bands) - 1
        edge = None if is_top else formats.plain(band.high)
        if not is_top:
            # Of edges too near to be told apart the first is written.
            has_room = above - written >= _LINE and above <= HEIGHT - _LINE
            edge, written = (edge, above) if has_room else ("", written)
        zones.append(Zone(states[band.name], f"{above:g}", f"{below - above:g}", edge))
    return tuple(zones)


def _months(
    whole: pl.DataFrame,
    drawn: pl.DataFrame,
    material: Material,
    outlines: Sequence[Outline],
    states: Mapping[int, Mapping[str, State]],
) -> dict[int, tuple[Month, ...]]:
    """The last score of each month, the latest first."""
    local = pl.col("as_of").dt.convert_time_zone(material.project.timezone)
    last = (
        whole.join(drawn.select("@row"), on="@row", how="semi", maintain_order="left")
        .filter(pl.col("score").is_not_null())
        .with_columns(local.dt.truncate("1mo").dt.date().alias("month"))
        .group_by("@row", "month", maintain_order=True)
        .agg(pl.col("text").last(), pl.col("band").last())
    )
    words = {month: material.formats.month(month) for month in last["month"].unique()}
    none = State("No score", "none")
    found: dict[int, list[Month]] = {}
    for row, month, text, band in last.reverse().iter_rows():
        state = states[id(outlines[row])].get(band, none)
        found.setdefault(row, []).append(Month(words[month], text, state))
    return {row: tuple(each) for row, each in found.items()}


def _renewals(material: Material, groups: Sequence[Group]) -> list[int | None]:
    """In how many days each customer's contract is renewed."""
    today = material.as_of.date()
    return [days for customers, _ in groups for days in days_until(customers["renewal"], today)]


def _renewal(days: int | None, axis: Axis, material: Material) -> tuple[Tick | None, bool]:
    """Where the renewal stands; one beyond the right edge is told there."""
    if days is None or days < 0:
        return None, False
    day = material.as_of + dt.timedelta(days=days)
    place = axis.place(day)
    words = f"Renewal {material.formats.short_day(day.date())}"
    return Tick(f"{min(place, 1.0) * 100:.1f}", words), place > 1.0
