"""The past as a customer may see it: computed again from the stored metrics that are visible, in the way used today.

What was scored at the time rests on all metrics, so none of it may be shown. Instead the metrics of each earlier moment
are scored with the fit and the rules that score the customer's page now. That says what it seems to say only while the
rules were these: of each customer there are the moments since its line last began, and none before. Bands that hold
do so over this line, as those that were announced did over theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import cast

import attrs
import polars as pl
import polars.selectors as cs

from scorewell.reporting.axis import LONGEST
from scorewell.reporting.past import Past
from scorewell.reporting.series import MOMENT
from scorewell.scoring import FittedProject, isolated
from scorewell.scoring.hysteresis import held_in_turn
from scorewell.scoring.keys import KEYS
from scorewell.scoring.roll_up import PARENT
from scorewell.scoring.tree import leaves, tree

__all__ = ["Seen", "seen_past"]

_AT_ONCE = 200_000  # rows that are scored together
_BETWEEN = "\x1f"  # parts a customer's id from the moment, while many moments are scored together
_KEPT = (*KEYS, "as_of", "score", "band", "segment", "stage")
_CONTRIBUTION, _NOW = "contribution.", "@now"
_CHANGES = dict.fromkeys((*KEYS, "kind", "name"), pl.String) | dict.fromkeys(("points", "old", "new"), pl.Float64)


@attrs.frozen
class Seen:
    """The scores of now with ``previous_score`` and ``change``, and the past to go with them."""

    scores: pl.DataFrame
    past: Past | None


def seen_past(
    fitted: FittedProject,
    metrics: pl.DataFrame,
    scores: pl.DataFrame,
    past: Past,
    lines: pl.DataFrame,
) -> Seen:
    """``fitted`` is for what the customer may see, ``metrics`` the table of now, ``scores`` what the two come to.

    ``lines`` has ``customer_id``, ``score_name``, ``as_of`` and ``line`` of the scores of now, as they are for us.
    Without stored metrics, or with none that hold all visible ones, there is no past.
    """
    if past.metrics is None or past.scores is None or not scores.height or not lines.height:
        return Seen(scores, None)
    now = pl.lit(lines["as_of"][0]).dt.convert_time_zone("UTC").cast(MOMENT)
    earlier = past.scores.filter((pl.col("as_of") < now) & (pl.col("as_of") >= now - LONGEST))
    in_line = _in_line(earlier, lines).join(scores.select(KEYS), on=KEYS, how="semi")
    latest: dict[datetime, pl.DataFrame] = {}
    usable = _usable(fitted, in_line, metrics.schema, past.metrics(), latest)
    parts = [part for part in _scored(fitted, in_line, usable) if part.height]
    if not parts:
        return Seen(scores, None)
    told, changes = _since(fitted, latest.get(cast("datetime", earlier["as_of"].max())), metrics, scores, in_line)
    told, before = _held(fitted, told.with_columns(as_of=now), pl.concat(parts))
    return Seen(told, Past(scores=before, changes=changes))


def _held(fitted: FittedProject, scores: pl.DataFrame, before: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both with bands that hold, where a scorecard says so."""
    bands = held_in_turn(pl.concat([before, scores.select(before.columns)]), fitted.project)
    told = scores.drop("band").join(
        bands.select(*KEYS, "as_of", "band"), on=[*KEYS, "as_of"], how="left", maintain_order="left"
    )
    return told.select(scores.columns), bands.join(scores, on="as_of", how="anti")


def _since(
    fitted: FittedProject,
    then: pl.DataFrame | None,
    metrics: pl.DataFrame,
    scores: pl.DataFrame,
    in_line: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The scores with their change since the run before, whose metrics are ``then``, and the causes of it."""
    if then is None:
        nothing = pl.lit(None, dtype=pl.Float64)
        return scores.with_columns(previous_score=nothing, change=nothing), pl.DataFrame(schema=_CHANGES)
    _, before = isolated(fitted, then, finite=True)
    before = before.join(in_line.filter(pl.col("as_of") == in_line["as_of"].max()), on=KEYS, how="semi")
    previous = before.select(*KEYS, pl.col("score").alias("previous_score"))
    told = scores.join(previous, on=KEYS, how="left", maintain_order="left").with_columns(
        (pl.col("score") - pl.col("previous_score")).alias("change")
    )
    return told, _changes(fitted, before, told, (then, metrics))


def _in_line(scores: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """The keys of each customer's scores since its line of now began."""
    together = scores.join(lines.select(*KEYS, pl.col("line").alias(_NOW)), on=KEYS, how="inner")
    other = pl.col("as_of").filter(pl.col("line").ne_missing(pl.col(_NOW))).max().over(KEYS)
    held = (pl.col("line") == pl.col(_NOW)) & (pl.col("as_of") > other).fill_null(value=True)
    return together.filter(held).select(*KEYS, "as_of")


def _usable(
    fitted: FittedProject,
    in_line: pl.DataFrame,
    schema: pl.Schema,
    every: Iterable[tuple[datetime, pl.DataFrame]],
    latest: dict[datetime, pl.DataFrame],
) -> Iterator[tuple[datetime, pl.DataFrame]]:
    """The moments with all visible metrics, in the columns of today; what was not kept then is not known. ``latest``
    comes to hold the last of them."""
    needed = {leaf.metric for card in fitted.project.scorecards.values() for leaf in leaves(tree(card))}
    wanted = set(in_line["as_of"].unique())
    for moment, frame in every:
        if moment in wanted and needed <= set(frame.columns):
            alike = frame.select(
                (pl.col(name).cast(dtype, strict=False) if name in frame.columns else pl.lit(None, dtype=dtype)).alias(
                    name
                )
                for name, dtype in schema.items()
            )
            latest.clear()
            latest[moment] = alike
            yield moment, alike


def _scored(
    fitted: FittedProject, in_line: pl.DataFrame, moments: Iterable[tuple[datetime, pl.DataFrame]]
) -> Iterator[pl.DataFrame]:
    """The scores that are in line, in order of time, as many moments together as is good for memory."""
    together: dict[datetime, pl.DataFrame] = {}
    for moment, frame in moments:
        together[moment] = frame
        if sum(each.height for each in together.values()) >= _AT_ONCE:
            yield _at_once(fitted, together, in_line)
            together = {}
    if together:
        yield _at_once(fitted, together, in_line)


def _at_once(fitted: FittedProject, together: dict[datetime, pl.DataFrame], in_line: pl.DataFrame) -> pl.DataFrame:
    """Rows of several moments scored as if each were a customer of its own: a score is a function of its row, and of
    its children's of the same moment."""
    frames = []
    for number, frame in enumerate(together.values()):
        ids = [name for name in ("customer_id", PARENT) if name in frame.columns]
        frames.append(frame.with_columns(pl.col(name).cast(pl.String) + f"{_BETWEEN}{number}" for name in ids))
    metrics = pl.concat(frames)
    # A person's decision ends what a band was held for; only projects that remember decisions have the column.
    columns = cs.by_name(*(name for name in _KEPT if name != "as_of"), "override", require_all=False)
    try:
        # Columns that nobody asks for are not computed, and those of parts and points are most of a scores frame.
        scores = fitted.score(metrics.lazy(), finite=True).select(columns).collect()
    except (Exception, pl.exceptions.PanicException):  # noqa: BLE001 - `isolated` finds who is to blame
        scores = isolated(fitted, metrics, finite=True)[1].select(columns)
    moment_of_row = pl.col("customer_id").str.extract(rf"{_BETWEEN}(\d+)$").cast(pl.UInt32)
    scored = scores.with_columns(
        pl.lit(pl.Series(list(together), dtype=MOMENT)).gather(moment_of_row).alias("as_of"),
        pl.col("customer_id").str.replace(rf"{_BETWEEN}\d+$", ""),
    )
    return scored.join(in_line, on=[*KEYS, "as_of"], how="semi", maintain_order="left")


def _changes(
    fitted: FittedProject, before: pl.DataFrame, now: pl.DataFrame, values: tuple[pl.DataFrame, pl.DataFrame]
) -> pl.DataFrame:
    """The differences of contributions. Both scores are made by one fit and the same rules, so they add up and are what
    the customer's own data did."""
    metric_of = {leaf.path: leaf.metric for card in fitted.project.scorecards.values() for leaf in leaves(tree(card))}
    columns = [name for name in now.columns if name.startswith(_CONTRIBUTION) and name in before.columns]
    both = before.select(*KEYS, *columns).join(now.select(*KEYS, *columns), on=KEYS, suffix=_NOW)
    nothing = pl.DataFrame(schema=_CHANGES)
    rows = []
    for column in columns:
        name = column.removeprefix(_CONTRIBUTION)
        metric = metric_of.get(name)
        old, new = (pl.col(each).cast(pl.Float64).fill_null(0.0) for each in (column, f"{column}{_NOW}"))
        one = both.select(*KEYS, (new - old).alias("points")).filter(pl.col("points") != 0)
        for frame, value in zip(values, ("old", "new"), strict=True):
            if metric is None or not frame.schema.get(metric, pl.String()).is_numeric():
                one = one.with_columns(pl.lit(None, dtype=pl.Float64).alias(value))
            else:
                known = frame.select("customer_id", pl.col(metric).cast(pl.Float64).alias(value))
                one = one.join(known, on="customer_id", how="left", maintain_order="left")
        rows.append(
            one.select(
                *KEYS,
                pl.lit(_kind(name)).alias("kind"),
                pl.lit(name.removeprefix("adjustment.").removeprefix("own.")).alias("name"),
                "points",
                "old",
                "new",
            )
        )
    return pl.concat([nothing, *rows])


def _kind(name: str) -> str:
    """The kind of cause that a contribution is, by the name that follows its column's prefix."""
    if name in {"rounding", "override"}:
        return name
    return {"adjustment": "adjustment", "own": "own"}.get(name.partition(".")[0], "data")
