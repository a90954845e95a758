"""What a comparison comes to in named numbers: for conditions, and for whoever reads the document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import polars as pl

from scorewell.configuration import Project
from scorewell.evaluation.levels import ranked_bands
from scorewell.evaluation.over_time import SIDES, OverTime

__all__ = ["figure_names", "figures", "identifier"]

VALUE = "value_"
SHARE = "_share"
_MEASURES = (
    "mean_current",
    "mean_proposed",
    "median_current",
    "median_proposed",
    "mean_absolute_difference",
    "largest_rise",
    "largest_fall",
)
_OVER_TIME = (
    "band_changes_current",
    "band_changes_proposed",
    "flapping_current",
    "flapping_proposed",
    "mean_absolute_difference_over_time",
)


def figure_names(current: Project, proposed: Project, *, has_value: bool, looks_back: bool) -> tuple[str, ...]:
    """The names of all figures of a comparison of two projects that have a single score each."""
    groups = list(_groups(current, proposed))
    counts = [*groups, *(VALUE + name for name in groups)] if has_value else groups
    shared = [name for count in counts for name in (count, count + SHARE)]
    return (*shared, *_MEASURES, *(_OVER_TIME if looks_back else ()))


def figures(
    current: Project, proposed: Project, pairs: pl.DataFrame, over: OverTime, *, has_value: bool
) -> Mapping[str, float | None]:
    """Every figure by its name: counts of the counted ``pairs``, shares of them (0 to 1), sums of their value, points.

    Null where there is nobody to tell of; shares of nothing are 0.
    """
    groups = _groups(current, proposed)
    wanted = pl.col("value").fill_null(0.0)
    counted = pairs.select(
        *(holds.sum().cast(pl.Float64).alias(name) for name, holds in groups.items()),
        *(wanted.filter(holds).sort().sum().alias(VALUE + name) for name, holds in groups.items() if has_value),
    ).row(0, named=True)
    found: dict[str, float | None] = {}
    for prefix in ("", VALUE) if has_value else ("",):
        whole = counted[f"{prefix}customers"]
        for name in groups:
            found[prefix + name] = counted[prefix + name]
            found[prefix + name + SHARE] = counted[prefix + name] / whole if whole else 0.0
    found |= _measured(pairs)
    if over.looks_back:
        for side in SIDES:
            found[f"band_changes_{side}"] = float(over.band_changes(side))
            found[f"flapping_{side}"] = float(over.flapping(side))
        found["mean_absolute_difference_over_time"] = over.mean_absolute_difference()
    return found


def identifier(band: str) -> str:
    """A band's name as it stands in the names of figures: ``At risk!`` is at_risk."""
    return re.sub(r"\W+", "_", band.lower()).strip("_") or "unnamed"


def _groups(current: Project, proposed: Project) -> dict[str, pl.Expr]:
    """Groups of customers, by the name of their figure."""
    moved = pl.col("move").is_in(["up", "down"])
    groups = {
        "customers": pl.col("is_counted"),
        **{f"scored_{side}": pl.col(f"score_{side}").is_not_null() for side in SIDES},
        "gained_score": pl.col("move") == "gained",
        "lost_score": pl.col("move") == "lost",
        "changed": (pl.col("change") != 0).fill_null(value=False),
        "moved": moved,
        "moved_up": pl.col("move") == "up",
        "moved_down": pl.col("move") == "down",
        "other_scorecard": pl.col("scorecard_current").ne_missing(pl.col("scorecard_proposed")),
    }
    for side, project in zip(SIDES, (current, proposed), strict=True):
        for name, holds in _by_band(project, side):
            groups[f"in_{name}_{side}"] = holds
    for name, holds in _by_band(proposed, "proposed"):
        groups[f"moved_to_{name}"] = moved & holds
    return groups


def _by_band(project: Project, side: str) -> Iterator[tuple[str, pl.Expr]]:
    """Bands whose names come to the same are one group."""
    names: dict[str, list[str]] = {}
    for band in ranked_bands(project):
        names.setdefault(identifier(band), []).append(band)
    for name, bands in names.items():
        yield name, pl.col(f"band_{side}").is_in(bands).fill_null(value=False)


def _measured(pairs: pl.DataFrame) -> dict[str, float | None]:
    """Figures in points, 0 to 100."""
    change = pl.col("change")
    measured = pairs.select(
        *(pl.col(f"points_{side}").mean().alias(f"mean_{side}") for side in SIDES),
        *(pl.col(f"points_{side}").median().alias(f"median_{side}") for side in SIDES),
        change.abs().mean().alias("mean_absolute_difference"),
        change.max().clip(lower_bound=0.0).alias("largest_rise"),
        (-change.min()).clip(lower_bound=0.0).alias("largest_fall"),
    )
    return measured.row(0, named=True)
