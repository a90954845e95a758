"""Why a score changed: the difference between two runs, split into causes that add up to it.

A score is what its parts come to, then each adjustment, an override and the rounding. The latter are contributions on
both sides: what they changed is a difference. What the parts come to is walked along a path, one cause after the other:
the customer's own data and its place (``moved_data``), then the population and the configuration (``moved_rules``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import polars as pl

from scorewell.configuration.model import Project
from scorewell.configuration.scores import each_score
from scorewell.scoring.assignment import SEGMENT, STAGE, card_positions, used_scorecards
from scorewell.scoring.cards import CARD
from scorewell.scoring.fitted import FittedProject
from scorewell.scoring.isolation import isolated
from scorewell.scoring.moved_data import moved_data
from scorewell.scoring.moved_rules import moved_rules
from scorewell.scoring.roll_up import rolls_up
from scorewell.scoring.rules_between import RulesBetween, counterparts, rolling_as_before
from scorewell.scoring.two_tables import TwoTables
from scorewell.scoring.walk import CUSTOMER, NOISE, POINTS, Standing, numbers

__all__ = ["KINDS_OF_CAUSE", "Side", "changes"]

KINDS_OF_CAUSE = (
    *("data", "missing", "returned", "children", "placement"),
    *("population", "weights", "thresholds", "metrics", "configuration"),
    *("adjustment", "override", "rounding"),
)
"""The kinds of causes, in the order of the path."""

_SLICE = 5_000
_SCHEMA = {
    "customer_id": pl.String,
    "score_name": pl.String,
    "kind": pl.String,
    "name": pl.String,
    "points": pl.Float64,
    "old": pl.String,
    "new": pl.String,
    "detail": pl.String,
}
_ADJUSTMENT = "contribution.adjustment."
_OVERRIDE = "contribution.override"
_ROUNDING = "contribution.rounding"


@attrs.frozen(kw_only=True, eq=False)
class Side:
    """One of two runs: what scored (``fitted``, with what failed, as ``isolated`` gives it), the metrics table, and the
    scores frame with its contributions.

    ``failed`` and ``stale`` say of metrics why, as in a ``MetricsTable``.
    """

    fitted: FittedProject
    metrics: pl.DataFrame
    scores: pl.DataFrame
    failed: Mapping[str, str] = attrs.field(factory=dict)
    stale: Mapping[str, str] = attrs.field(factory=dict)


def changes(before: Side, after: Side) -> pl.DataFrame:
    """Why each score changed: one row a customer, score and cause, for every customer with a score on both sides.

    ``customer_id``, ``score_name``, ``kind`` (of ``KINDS_OF_CAUSE``), ``name`` (of the metric, adjustment or setting;
    may be empty), ``points`` (Float64, in the scorecard's scale), ``old`` and ``new`` (String: the value, segment
    or reason on each side, where the cause has one), ``detail`` (String: more, in words; may be empty). The points of a
    customer and score add up to the score after less the score before, to 1e-9 (with models to 1e-6). Causes without an
    effect are left out. Sorted by ``customer_id``, then as the scores are configured, then the greatest cause first and
    rounding last.
    """
    before, after = _with_failures(before), _with_failures(after)
    scores_after = dict(
        zip((name for name, _ in each_score(after.fitted.project)), after.fitted.each_score(), strict=True)
    )
    parts = []
    for (name, _), fitted in zip(each_score(before.fitted.project), before.fitted.each_score(), strict=True):
        if name in scores_after:
            sides = (attrs.evolve(before, fitted=fitted), attrs.evolve(after, fitted=scores_after[name]))
            parts += list(_of_score(name, *sides))
    if not parts:
        return pl.DataFrame(schema=_SCHEMA)
    names = [name for name, _ in each_score(before.fitted.project)]
    position = pl.col("score_name").replace_strict(names, range(len(names)), return_dtype=pl.UInt32)
    size, kind = pl.col("points").abs().round(9), pl.col("kind").cast(pl.Enum(KINDS_OF_CAUSE))
    return (
        pl.concat(parts)
        .group_by("customer_id", "score_name", "kind", "name", maintain_order=True)
        .agg(pl.col("points").sum(), pl.col("old", "new", "detail").first())
        .filter(pl.col("points").abs() > NOISE)
        .select(list(_SCHEMA))
        .sort("customer_id", position, pl.col("kind") == "rounding", -size, kind, "name")
    )


def _with_failures(side: Side) -> Side:
    """The side with the components that failed left out, also where ``fitted`` does not know of them yet."""
    if side.fitted.failures or "error" not in side.scores["status"]:
        return side
    fitted, _ = isolated(side.fitted, side.metrics, side.failed, stale=side.stale)
    return attrs.evolve(side, fitted=fitted)


def _of_score(name: str, before: Side, after: Side) -> Iterator[pl.DataFrame]:
    printed = pl.col("score").is_not_null() & (pl.col("score_name") == name)
    one, other = before.scores.filter(printed), after.scores.filter(printed)
    one = one.join(other.select("customer_id"), on="customer_id", how="semi").sort("customer_id")
    other = other.join(one.select("customer_id"), on="customer_id", how="semi").sort("customer_id")
    if one.is_empty():
        return
    ours = one.select("customer_id")
    tables = _tables(before, after)
    for start in range(0, len(ours), _SLICE):
        cut = slice(start, start + _SLICE)
        metrics = [table.join(ours[cut], on="customer_id", how="semi") for table in tables]
        for part in _of_slice(before, after, one[cut], other[cut], metrics):
            named = ours[cut].with_row_index(CUSTOMER).join(part, on=CUSTOMER)
            yield named.select("customer_id", pl.lit(name).alias("score_name"), *list(_SCHEMA)[2:])


def _tables(before: Side, after: Side) -> list[pl.DataFrame]:
    """The metrics of both sides, with what children come to by the roll-ups of before; and, where these changed, of the
    side after by its own."""
    rolling = rolling_as_before(before.fitted, after.fitted)
    tables = [_with_children(before), _with_children(attrs.evolve(after, fitted=rolling))]
    return tables if rolling is after.fitted else [*tables, _with_children(after)]


def _with_children(side: Side) -> pl.DataFrame:
    """The metrics, with what parents' children come to where a scorecard rolls up."""
    fitted = side.fitted
    if not any(rolls_up(fitted.project.scorecards[name]) for name in fitted.used):
        return side.metrics
    return fitted.with_children(side.metrics.lazy(), side.failed, stale=side.stale)


def _of_slice(
    before: Side, after: Side, one: pl.DataFrame, other: pl.DataFrame, metrics: list[pl.DataFrame]
) -> Iterator[pl.DataFrame]:
    """The causes of some customers, who stand in the same order in both scores frames, by ``CUSTOMER``, their row."""
    old, new, *rolled_up = metrics
    projects, ids = (before.fitted.project, after.fitted.project), one.select("customer_id")
    tables = TwoTables.of(*projects, ids, old, new, rolled_up=next(iter(rolled_up), None))
    places = [_places(side.fitted, frame) for side, frame in ((before, one), (after, other))]
    place = places[0].select(SEGMENT, STAGE, CARD)
    data, reached = moved_data(
        before.fitted, tables, Standing(score=_unadjusted(one), place=place, from_baseline=_from_baseline(one, other))
    )
    yield _shaped(_with_reasons(data, before, after))
    here = _named_places(before.fitted, reached.place)
    there = _named_places(after.fitted, places[1])
    elsewhere = _elsewhere(here, there, counterparts(before.fitted.project, after.fitted.project))
    rules = RulesBetween.of(before.fitted, after.fitted, tables.redefined)
    yield _shaped(moved_rules(rules, tables, reached, _unadjusted(other), elsewhere))
    yield _shaped(_adjustments(before.fitted.project, after.fitted.project, one, other, places))
    yield _shaped(_plain(one, other, _OVERRIDE, "override", "override"))
    yield _shaped(_plain(one, other, _ROUNDING, "rounding", None))


def _shaped(causes: pl.DataFrame) -> pl.DataFrame:
    """With all columns."""
    missing = [
        pl.lit("" if name in {"name", "detail"} else None, dtype).alias(name)
        for name, dtype in _SCHEMA.items()
        if name not in causes.columns
    ]
    return causes.with_columns(missing).select(CUSTOMER, *list(_SCHEMA)[2:-1], pl.col("detail").fill_null(""))


# -- where a customer is ---------------------------------------------------------------------------------------------


def _places(fitted: FittedProject, scores: pl.DataFrame) -> pl.DataFrame:
    """``SEGMENT``, ``STAGE`` and ``CARD`` of customers, by the names in their scores."""
    project = fitted.project
    positions = {name: position for position, name in enumerate(fitted.used)}
    return (
        scores.lazy()
        .select(
            _position("segment", list(project.segments)).alias(SEGMENT),
            _position("stage", list(project.stages)).alias(STAGE),
        )
        .with_columns(card_positions(project, positions).alias(CARD))
        .collect()
    )


def _position(column: str, names: list[str]) -> pl.Expr:
    numbers = pl.Series(range(len(names)), dtype=pl.UInt32)
    return pl.col(column).replace_strict(names, numbers, default=None, return_dtype=pl.UInt32)


def _named_places(fitted: FittedProject, place: pl.DataFrame) -> pl.DataFrame:
    """``segment``, ``stage`` and ``card`` by name."""
    known = {SEGMENT: list(fitted.project.segments), STAGE: list(fitted.project.stages), CARD: list(fitted.used)}
    named = {column: pl.Series(names or [None], dtype=pl.String) for column, names in known.items()}
    return pl.DataFrame(
        {
            name: named[column].gather(place[column])
            for name, column in zip(("segment", "stage", "card"), named, strict=True)
        }
    )


def _elsewhere(here: pl.DataFrame, there: pl.DataFrame, pairs: Mapping[str, str]) -> pl.DataFrame:
    """How to call what no step explains: the new rules for segments, where they put a customer elsewhere than the old
    ones would, or to another scorecard; else the versions of what scored."""
    moved = here["segment"].ne_missing(there["segment"]) | here["stage"].ne_missing(there["stage"])
    expected = here["card"].replace_strict(list(pairs), list(pairs.values()), default=None, return_dtype=pl.String)
    another = expected.ne_missing(there["card"])

    def spelled(places: pl.DataFrame) -> pl.Expr:
        place = pl.concat_str(places["segment"], places["stage"], separator=", ", ignore_nulls=True)
        return pl.when(moved).then(place).when(another).then(places["card"])

    name = pl.when(moved | another).then(pl.lit("segments")).otherwise(pl.lit("versions"))
    return pl.select(name.alias("name"), spelled(here).alias("old"), spelled(there).alias("new"))


def _with_reasons(causes: pl.DataFrame, before: Side, after: Side) -> pl.DataFrame:
    """What went missing and came back, with what is known of why it was missing."""
    kinds = (("missing", after), ("returned", before))
    detail = pl.col("detail")
    for kind, side in kinds:
        why = {**side.stale, **side.failed}
        if why:
            said = pl.col("name").replace_strict(list(why), list(why.values()), default="", return_dtype=pl.String)
            detail = pl.when(pl.col("kind") == kind).then(said).otherwise(detail)
    return causes.with_columns(detail.fill_null("").alias("detail"))


# -- what the scores frames say --------------------------------------------------------------------------------------


def _contributions(scores: pl.DataFrame) -> tuple[list[str], list[str]]:
    """The columns of parts; and those of adjustments, override and rounding."""
    names = [name for name in scores.columns if name.startswith("contribution.")]
    later = [name for name in names if name.startswith(_ADJUSTMENT) or name in {_OVERRIDE, _ROUNDING}]
    return [name for name in names if name not in later], later


def _unadjusted(scores: pl.DataFrame) -> pl.Series:
    """The score before adjustments, override and rounding; the baseline where there was none."""
    _, later = _contributions(scores)
    acted = pl.sum_horizontal(pl.col(later).fill_null(0.0)) if later else pl.lit(0.0)
    return scores.select((pl.col("score") - acted).alias("start")).to_series()


def _from_baseline(one: pl.DataFrame, other: pl.DataFrame) -> pl.Series:
    """Whose printed score, on a side, comes from no part: an adjustment or an override gave it."""
    is_empty = []
    for scores in (one, other):
        parts, _ = _contributions(scores)
        has_none = pl.all_horizontal(pl.col(parts).is_null()) if parts else pl.lit(value=True)
        is_empty.append(scores.select(has_none.alias("empty")).to_series())
    return is_empty[0] | is_empty[1]


def _plain(one: pl.DataFrame, other: pl.DataFrame, column: str, kind: str, said: str | None) -> pl.DataFrame:
    """A contribution that both sides may have, as a difference; ``said`` is the column that says more of it."""

    def of(scores: pl.DataFrame, name: str, dtype: Any, value: Any) -> pl.Series:
        known = (
            scores[name] if name in scores.columns else pl.Series([value], dtype=dtype).new_from_index(0, len(scores))
        )
        return known.cast(dtype).alias(name)

    points = [of(scores, column, pl.Float64, 0.0).fill_null(0.0) for scores in (one, other)]
    texts = [of(scores, said or "", pl.String, None) for scores in (one, other)]
    return pl.DataFrame(
        {
            CUSTOMER: numbers(len(one)),
            "kind": [kind] * len(one),
            POINTS: points[1] - points[0],
            "old": texts[0],
            "new": texts[1],
            "detail": _began_or_ended(points[0], points[1], kind),
        }
    )


def _began_or_ended(before: pl.Series, after: pl.Series, kind: str) -> pl.Series:
    if kind == "rounding":
        return pl.Series([""], dtype=pl.String).new_from_index(0, len(before))
    return pl.select(began_or_ended(pl.lit(before), pl.lit(after))).to_series()


def began_or_ended(before: pl.Expr, after: pl.Expr) -> pl.Expr:
    """What became of an effect, by its points on both sides."""
    return (
        pl.when(before.abs() <= NOISE)
        .then(pl.lit("began"))
        .when(after.abs() <= NOISE)
        .then(pl.lit("ended"))
        .otherwise(pl.lit("moved"))
    )


def _adjustments(
    before: Project, after: Project, one: pl.DataFrame, other: pl.DataFrame, places: list[pl.DataFrame]
) -> pl.DataFrame:
    """What adjustments changed, by their reasons."""
    acted = [
        _acted(project, scores, place).rename({POINTS: side})
        for project, scores, place, side in ((before, one, places[0], "@one"), (after, other, places[1], "@other"))
    ]
    both = acted[0].join(acted[1], on=[CUSTOMER, "name"], how="full", coalesce=True)
    was, is_now = pl.col("@one").fill_null(0.0), pl.col("@other").fill_null(0.0)
    return both.select(
        CUSTOMER,
        pl.lit("adjustment").alias("kind"),
        "name",
        (is_now - was).alias(POINTS),
        began_or_ended(was, is_now).alias("detail"),
    ).sort(CUSTOMER, "name")


def _acted(project: Project, scores: pl.DataFrame, place: pl.DataFrame) -> pl.DataFrame:
    """The points of adjustments by customer and reason."""
    frame = scores.with_columns(place[CARD]).with_row_index(CUSTOMER)
    parts = [pl.DataFrame(schema={CUSTOMER: pl.UInt32, "name": pl.String, POINTS: pl.Float64})]
    for position, name in enumerate(used_scorecards(project)):
        mine = frame.filter(pl.col(CARD) == position)
        for number, adjustment in enumerate(project.scorecards[name].adjustments, 1):
            column = f"{_ADJUSTMENT}{number}"
            if column in mine.columns:
                parts.append(
                    mine.select(CUSTOMER, pl.lit(adjustment.because).alias("name"), pl.col(column).alias(POINTS))
                )
    return (
        pl.concat(parts).filter(pl.col(POINTS) != 0).group_by(CUSTOMER, "name", maintain_order=True).agg(pl.sum(POINTS))
    )
