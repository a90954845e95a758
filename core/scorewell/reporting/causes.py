"""Why a score is another than in the run before: its causes in an order worth reading, rounded so that they add up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import attrs
import polars as pl

from scorewell.reporting.drivers import DECISION
from scorewell.reporting.formats import Formats
from scorewell.reporting.material import Material
from scorewell.reporting.model import Cause, State
from scorewell.reporting.outline import Outline, humanised
from scorewell.reporting.stacks import Group, by_look
from scorewell.reporting.wording import STATUS, band_states

__all__ = ["cause_label", "causes", "changes_of", "labels_of", "values_told"]

_BEFORE, _LOSS, _GAIN = State("Before", "none"), State("Points lost", "low"), State("Points gained", "high")
_MOST = 12
_EDGE = 1.0  # percent of the width that the score before and the score now are drawn with
_NOTABLE = 0.005  # of the scale
_NARROWEST = 0.1  # of the scale: what the drawing shows at least
_KINDS = {
    "data": "{name}",
    "missing": "{name}: no data any more",
    "returned": "{name}: data again",
    "stale": "{name}: its data is too old",
    "population": "Others moved: {name} is compared with today's customers",
    "weights": "Weights changed",
    "thresholds": "{name}: thresholds changed",
    "metrics": "{name}: redefined, or added to or removed from the scorecard",
    "configuration": "Rules changed: {name}",
    "adjustment": "Exception: {name}",
    "override": DECISION,
    "own": "Rule of {name}",
    "children": "Scores of its children",
    "placement": "Moved to another {name}",
    "rounding": "Rounding to the printed scores",
}
_SETTINGS = {
    "aggregator": "how parts combine",
    "when": "where parts apply",
    "missing": "what missing values do",
    "minimum_coverage": "how much data is needed",
    "roll_up": "what comes from children",
    "fit_on": "whom customers are compared with",
    "scale": "the scale",
    "failures": "a part fails, or works again",
    "segments": "who gets which scorecard",
    "versions": "computed by another version",
}
"""What the names of changes of the configuration mean."""


def changes_of(material: Material) -> pl.DataFrame | None:
    """The rows of changes that concern the material's score, with ``points`` other than 0."""
    changes = None if material.past is None else material.past.changes
    if changes is None or not changes.height:
        return None
    if "score_name" in changes.columns and material.score_name is not None:
        changes = changes.filter(pl.col("score_name") == material.score_name)
    return changes.filter(pl.col("points").is_not_null() & (pl.col("points") != 0))


def causes(material: Material, groups: Sequence[Group]) -> list[tuple[Cause, ...]]:
    """For each customer of ``groups`` together a waterfall from the score before to the score now, which adds up as
    printed. Empty where there was no score before, there is none now, or nothing moved that is worth a word."""
    found: list[tuple[Cause, ...]] = [()] * sum(customers.height for customers, _ in groups)
    changes = changes_of(material)
    if changes is None or not groups or "@previous_score" not in groups[0][0].columns:
        return found
    outlines = [outline for _, outline in groups]
    for customers, outline in by_look(groups):
        for row, waterfall in _of_customers(material, customers, outline, outlines, changes):
            found[row] = waterfall
    return found


def cause_label(kind: str, name: str | None, labels: Mapping[str, str]) -> str:
    """A cause as readers know it; ``labels`` are those of metrics and dimensions by name and path."""
    if (kind, name) == ("population", "model"):
        return "The model was trained again"
    name = name or ""
    known = _SETTINGS if kind == "configuration" else labels
    # A reason is told as it was written, and a place as it is called.
    as_written = name if kind in {"adjustment", "placement"} else humanised(name.rpartition(".")[2])
    shown = known.get(name) or as_written
    words = _KINDS.get(kind, "{name}")
    return words.format(name=shown) if shown or "{name}" not in words else humanised(kind)


def labels_of(outline: Outline) -> dict[str, str]:
    """What metrics, dimensions and exceptions are called, by each name that a cause may know them by."""
    labels = {leaf.path: leaf.label for leaf in outline.leaves} | {leaf.metric: leaf.label for leaf in outline.leaves}
    labels |= {node.path: node.label for node in outline.nodes if node.path}
    return labels | {f"{number}": reason for number, reason in enumerate(outline.exceptions, start=1)}


def _of_customers(
    material: Material, customers: pl.DataFrame, outline: Outline, outlines: Sequence[Outline], changes: pl.DataFrame
) -> Iterator[tuple[int, tuple[Cause, ...]]]:
    """The waterfalls of customers whose numbers are written alike; ``outlines`` are those of all groups."""
    formats = material.formats
    heads = customers.select(
        "customer_id",
        "@row",
        "@group",
        pl.col("@previous_score").cast(pl.Float64).alias("before"),
        pl.col("@score").cast(pl.Float64).alias("after"),
        pl.col("@band").cast(pl.String).alias("band"),
    ).filter(pl.col("before").is_not_null() & pl.col("after").is_not_null())
    rows = _written(_steps(changes.join(heads, on="customer_id"), outline), outline, outlines, formats)
    states = [band_states(outline.bands, for_customer=material.for_customer) for outline in outlines]
    texts = heads.select(
        "@row",
        "@group",
        "band",
        formats.score(pl.col("before"), outline.precision).alias("before_text"),
        formats.score(pl.col("after"), outline.precision).alias("after_text"),
    )
    for row, group, band, old, new in texts.iter_rows():
        written = rows.get(row)
        if written is None or (old == new and not written.is_notable):
            continue
        is_now = states[group].get(band) or State(STATUS["scored"], "none")
        first = Cause("before", "Before", None, old, _BEFORE, _edge(written.begin), f"{_EDGE:g}")
        last = Cause("after", "Now", None, new, is_now, _edge(written.end), f"{_EDGE:g}")
        yield row, (first, *written.causes, last)


def _edge(place: float) -> str:
    return f"{min(max(place - _EDGE / 2, 0.0), 100 - _EDGE):.2f}"


def _steps(changes: pl.DataFrame, outline: Outline) -> pl.DataFrame:
    """The causes of each ``@row``, the strongest first and rounding last, with the rounded sums before and after each:
    what is rounded away in one is in the next, and the last ends at the score. Beyond some, the rest is one row."""
    decimals = outline.decimals
    is_rounding = pl.col("kind") == "rounding"
    ordered = changes.sort("@row", is_rounding, -pl.col("points").abs(), "kind", "name").with_columns(
        pl.int_range(pl.len()).over("@row").alias("place")
    )
    text = {name: pl.col(name).cast(pl.String) for name in ("kind", "name")}
    values = [name for name in ("old", "new") if name in ordered.columns]
    first = ordered.filter(pl.col("place") < _MOST).select(
        "@row", "@group", "before", "points", "place", *values, **text
    )
    rest = (
        ordered.filter(pl.col("place") >= _MOST)
        .group_by("@row", "@group", "before", maintain_order=True)
        .agg(pl.col("points").sum(), pl.lit(_MOST, dtype=pl.Int64).alias("place"), pl.len().alias("count"))
        .with_columns(kind=pl.lit("rest"), name=pl.col("count").cast(pl.String))
        .drop("count")
    )
    together = pl.concat([first, rest], how="diagonal_relaxed").sort("@row", "place")
    after = (pl.col("before") + pl.col("points").cum_sum().over("@row")).round(9).round(decimals)
    return (
        together.with_columns(after.alias("to"))
        .with_columns(
            pl.col("to").shift(1).over("@row").fill_null(pl.col("before").round(9).round(decimals)).alias("from")
        )
        .with_columns((pl.col("to") - pl.col("from")).round(decimals).alias("shown"))
        .filter(pl.col("shown") != 0)
    )


@attrs.define
class _Written:
    """One customer's causes, and where the scores before and after them stand."""

    begin: float
    end: float
    causes: list[Cause]
    is_notable: bool = False
    """Whether a cause moved the score by more than half a hundredth of the scale, be it in vain."""


def _written(
    steps: pl.DataFrame, outline: Outline, outlines: Sequence[Outline], formats: Formats
) -> dict[int, _Written]:
    labels = [labels_of(each) for each in outlines]
    units = {name: leaf.unit for each in outlines for leaf in each.leaves for name in (leaf.path, leaf.metric)}
    lowest = pl.min_horizontal("from", "to").min().over("@row")
    highest = pl.max_horizontal("from", "to").max().over("@row")
    # Drawn where the score moved, not on the whole scale: a change of two points would be a hair there.
    span = pl.max_horizontal(highest - lowest, pl.lit(_NARROWEST * (outline.scale[1] - outline.scale[0]))) * 1.06
    left = (lowest + highest - span) / 2

    def place(name: str) -> pl.Expr:
        return (pl.col(name) - left) / span * 100

    shown = steps.with_columns(place("from").alias("begin"), place("to").alias("end")).select(
        "@row",
        "@group",
        "kind",
        "name",
        "shown",
        "begin",
        "end",
        values_told(steps, units, formats).alias("values"),
        formats.number(pl.col("shown"), outline.decimals, signed=True).alias("points"),
    )
    called: dict[tuple[int, str, str], str] = {}
    notable = _NOTABLE * (outline.scale[1] - outline.scale[0])
    written: dict[int, _Written] = {}
    for row, group, kind, name, points, begin, end, values, text in shown.iter_rows():
        if (label := called.get((group, kind, name))) is None:
            label = f"{name} more" if kind == "rest" else cause_label(kind, name, labels[group])
            called[group, kind, name] = label
        state = _LOSS if points < 0 else _GAIN
        start, width = f"{min(begin, end):.2f}", f"{abs(end - begin):.2f}"
        which: Literal["cause", "rounding"] = "rounding" if kind == "rounding" else "cause"
        customer = written.setdefault(row, _Written(begin, end, []))
        customer.end = end
        customer.is_notable |= kind != "rounding" and abs(points) > notable
        customer.causes.append(Cause(which, label, values, text, state, start, width))
    return written


def values_told(causes: pl.DataFrame, units: Mapping[str, str | None], formats: Formats) -> pl.Series:
    """``12 days → 4 days``, where a row's ``old`` and ``new`` differ, with the unit of its ``name``; null elsewhere.
    Numbers may stand there as text, as in what ``scoring.changes`` gives."""
    if not {"old", "new"} <= set(causes.columns):
        return pl.Series([None], dtype=pl.String).new_from_index(0, causes.height)
    # Below each other, and in steps: to plan one long expression for each unit takes longer than to compute it.
    names = causes.get_column("name").cast(pl.String)
    both = pl.DataFrame(
        {
            "name": pl.concat([names, names]),
            "text": pl.concat([causes.get_column(each).cast(pl.String) for each in ("old", "new")]),
            "number": pl.concat([causes.get_column(each).cast(pl.Float64, strict=False) for each in ("old", "new")]),
        }
    )
    shares = [name for name, unit in units.items() if unit == "%"]
    number = pl.when(pl.col("name").is_in(shares)).then(pl.col("number") * 100).otherwise(pl.col("number"))
    both = both.with_columns(formats.three_digits(number).alias("digits"))
    shown = pl.col("digits")
    for unit in sorted({unit for unit in units.values() if unit is not None}):
        of_unit = [name for name, its in units.items() if its == unit]
        shown = pl.when(pl.col("name").is_in(of_unit)).then(formats.with_unit(pl.col("digits"), unit)).otherwise(shown)
    told = both.select(
        pl.when(pl.col("number").is_finite()).then(shown).otherwise(pl.col("text").str.slice(0, 80)).alias("told")
    )["told"]
    pair = pl.DataFrame({"old": told[: causes.height], "new": told[causes.height :], "kind": causes["kind"]})
    nothing = pl.when(pl.col("kind") == "override").then(pl.lit("none")).otherwise(pl.lit("no data"))
    old, new = pl.coalesce("old", nothing), pl.coalesce("new", nothing)
    arrow = pl.concat_str(old, pl.lit(" → "), new)
    return pair.select(pl.when(old != new).then(arrow).alias("values"))["values"]
