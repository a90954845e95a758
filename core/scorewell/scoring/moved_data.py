"""What customers' own data moved on the way from one run to another, and that it put them elsewhere.

Nothing loops over customers: all rows in between, a customer's metrics after some steps, are scored together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import polars as pl

from scorewell.scoring.assignment import SEGMENT, STAGE
from scorewell.scoring.cards import CARD
from scorewell.scoring.fitted import FittedProject
from scorewell.scoring.fitting import assigned
from scorewell.scoring.language import Language
from scorewell.scoring.two_tables import CHILDREN, TwoTables
from scorewell.scoring.unadjusted import unadjusted
from scorewell.scoring.walk import AT, CUSTOMER, POINTS, VALUE, Standing, deltas, numbers

__all__ = ["moved_data"]

_ORDER = "@order"
_REVERSED = "@reversed"
_PLACED = 2**31


def moved_data(fitted: FittedProject, tables: TwoTables, start: Standing) -> tuple[pl.DataFrame, Standing]:
    """What the customers' own data moved, by the rules and the fit of before; then that this put them elsewhere.

    Each metric's points are the mean of two orders: the metrics one after the other, and the last of them first. The
    causes, and where customers stand then.
    """
    features = {name: columns for name, columns in tables.features.items() if _moved(tables, columns).any()}
    place = _placed(fitted, tables)
    rows = _rows_of_data(tables, start.place, features, place)
    scored = unadjusted(fitted, fitted.used, rows.drop(CUSTOMER, _ORDER, _REVERSED))
    walked = start.valued(rows.select(CUSTOMER, _ORDER, _REVERSED), scored)
    at_start = walked.filter(pl.col(_ORDER) == -1).sort(CUSTOMER).get_column(VALUE)
    # Where this version comes to another score than the one that was printed, that is a cause too.
    drift = pl.DataFrame({CUSTOMER: numbers(len(at_start)), POINTS: at_start - start.score})
    score = pl.select(pl.coalesce(at_start, start.score)).to_series()
    data = _causes(walked, tables, features, attrs.evolve(start, score=score))
    reached = Standing(score + _by_customer(data, len(score)), place, start.from_baseline)
    placed = _placement(fitted, walked, start.place, reached)
    versions = drift.drop_nulls().with_columns(kind=pl.lit("configuration"), name=pl.lit("versions"))
    causes = pl.concat([data, placed, versions], how="diagonal")
    return causes, attrs.evolve(reached, score=reached.score + _by_customer(placed, len(score)))


def _causes(
    walked: pl.DataFrame, tables: TwoTables, features: Mapping[str, Sequence[str]], start: Standing
) -> pl.DataFrame:
    """The points of each feature of each customer, with what it was and is."""
    names = pl.Series(list(features) or [None], dtype=pl.String)
    steps = walked.filter(pl.col(_ORDER).is_between(0, len(features) - 1))
    # In both orders a customer begins where it was; reversed, the last feature comes first.
    both = [
        steps.filter(pl.col(_REVERSED) == is_reversed).with_columns(at.alias(AT))
        for is_reversed, at in ((False, pl.col(_ORDER)), (True, len(features) - 1 - pl.col(_ORDER)))
    ]
    return (
        pl.concat([deltas(each, start.score) for each in both])
        .group_by(CUSTOMER, _ORDER, maintain_order=True)
        .agg((pl.col(POINTS).sum() / 2).alias(POINTS))
        .with_columns(pl.lit(names).gather(pl.col(_ORDER)).alias("name"))
        .join(_values(tables, features), on=[CUSTOMER, "name"], how="left")
        .drop(_ORDER)
    )


def _rows_of_data(
    tables: TwoTables, before: pl.DataFrame, features: Mapping[str, Sequence[str]], place: pl.DataFrame
) -> pl.DataFrame:
    """Each customer as it was (order −1), after each of its features that moved, in order and reversed, and where it
    is then (``_PLACED``)."""
    renamed = {name: f"@new{name}" for name in tables.new.columns}
    wide = (
        before.hstack(tables.old.get_columns())
        .hstack(tables.new.rename(renamed).get_columns())
        .with_columns(numbers(len(before)).alias(CUSTOMER))
    )

    def row(frame: pl.DataFrame, renewed: set[str], order: int, *, is_reversed: bool = False) -> pl.DataFrame:
        return frame.select(
            CUSTOMER,
            pl.lit(order, pl.Int64).alias(_ORDER),
            pl.lit(is_reversed).alias(_REVERSED),
            *(SEGMENT, STAGE, CARD),
            *(pl.col(renamed[name]).alias(name) if name in renewed else name for name in tables.old.columns),
        )

    rows = [row(wide, set(), -1)]
    names = list(features)
    for position, name in enumerate(names):
        mine = wide.filter(_moved(tables, features[name]))
        earlier = {column for each in names[: position + 1] for column in features[each]}
        later = {column for each in names[position:] for column in features[each]}
        rows.append(row(mine, earlier, position))
        rows.append(row(mine, later, position, is_reversed=True))
    elsewhere = wide.with_columns(place.get_columns()).filter(_differs(before, place))
    everything = {column for columns in features.values() for column in columns}
    return pl.concat([*rows, row(elsewhere, everything, _PLACED)])


def _values(tables: TwoTables, features: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """What each feature was and is, as text, with the kind of its cause."""
    parts = []
    for name, columns in features.items():
        was, is_now = tables.old.get_column(columns[0]), tables.new.get_column(columns[0])
        kind = (
            pl.lit("children")
            if name == CHILDREN
            else pl.when(pl.col("old").is_null() & pl.col("new").is_not_null())
            .then(pl.lit("returned"))
            .when(pl.col("old").is_not_null() & pl.col("new").is_null())
            .then(pl.lit("missing"))
            .otherwise(pl.lit("data"))
        )
        texts = {"old": was.cast(pl.String), "new": is_now.cast(pl.String)}
        earlier = pl.when(pl.col("old").eq_missing(pl.col("new"))).then(pl.lit("its earlier windows"))
        parts.append(
            pl.DataFrame({CUSTOMER: numbers(len(was)), **texts}).with_columns(
                pl.lit(name).alias("name"), kind.alias("kind"), earlier.otherwise(pl.lit("")).alias("detail")
            )
        )
    empty = pl.DataFrame(
        schema={CUSTOMER: pl.UInt32, **dict.fromkeys(("old", "new", "name", "kind", "detail"), pl.String)}
    )
    return pl.concat([empty, *parts])


# -- where a customer is ---------------------------------------------------------------------------------------------


def _placed(fitted: FittedProject, tables: TwoTables) -> pl.DataFrame:
    """Where the new data put customers by the rules of before."""
    frame = tables.at(frozenset())
    positions = {name: position for position, name in enumerate(fitted.used)}
    language = Language(frame.schema, fitted.project.timezone)
    placed = assigned(fitted.project, frame.lazy(), positions, language, has_active=False, statistics=None)
    stage = pl.col(STAGE) if fitted.project.stages else pl.lit(None, pl.UInt32).alias(STAGE)
    return placed.select(SEGMENT, stage, CARD).collect()


def _placement(fitted: FittedProject, walked: pl.DataFrame, before: pl.DataFrame, reached: Standing) -> pl.DataFrame:
    """What another segment or stage changed."""

    def of(values: pl.Series) -> pl.Expr:
        return pl.lit(values).gather(pl.col(CUSTOMER))

    known = {SEGMENT: list(fitted.project.segments), STAGE: list(fitted.project.stages)}
    in_segment, in_stage = (before[column].ne_missing(reached.place[column]) for column in known)

    def spelled(place: pl.DataFrame) -> pl.Expr:
        segment, stage = (pl.lit(_named(place[column], names)) for column, names in known.items())
        both = pl.concat_str(segment, stage, separator=", ", ignore_nulls=True)
        return pl.when(in_segment & in_stage).then(both).when(in_stage).then(stage).otherwise(segment)

    told = pl.select(
        pl.lit(numbers(len(before))).alias(CUSTOMER),
        pl.lit("placement").alias("kind"),
        pl.when(in_segment & in_stage)
        .then(pl.lit("segment and stage"))
        .when(in_stage)
        .then(pl.lit("stage"))
        .otherwise(pl.lit("segment"))
        .alias("name"),
        spelled(before).alias("old"),
        spelled(reached.place).alias("new"),
    )
    score = pl.coalesce(pl.col(VALUE), of(reached.score))
    return (
        walked.filter(pl.col(_ORDER) == _PLACED)
        .select(CUSTOMER, (score - of(reached.score)).alias(POINTS))
        .join(told, on=CUSTOMER, how="left", maintain_order="left")
    )


def _named(positions: pl.Series, names: list[str]) -> pl.Series:
    return pl.Series(names, dtype=pl.String).gather(positions) if names else positions.cast(pl.String)


def _moved(tables: TwoTables, columns: Sequence[str]) -> pl.Series:
    moved = [tables.old.get_column(name).ne_missing(tables.new.get_column(name)) for name in columns]
    return pl.select(pl.any_horizontal(moved)).to_series()


def _differs(one: pl.DataFrame, other: pl.DataFrame) -> pl.Series:
    return pl.select(
        pl.any_horizontal([one.get_column(name).ne_missing(other.get_column(name)) for name in (SEGMENT, STAGE, CARD)])
    ).to_series()


def _by_customer(points: pl.DataFrame, count: int) -> pl.Series:
    """The sum of each customer's points, 0 without any."""
    sums = points.group_by(CUSTOMER).agg(pl.col(POINTS).sum())
    return (
        pl.DataFrame({CUSTOMER: numbers(count)})
        .join(sums, on=CUSTOMER, how="left", maintain_order="left")[POINTS]
        .fill_null(0.0)
    )
