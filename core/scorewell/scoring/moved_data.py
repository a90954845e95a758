"""What customers' own data moved on the way from one run to another, and that it put them elsewhere.

Nothing loops over customers: all rows in between, a customer's metrics after some steps, are scored together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import polars as pl

from scorewell.scoring.assignment import SEGMENT, STAGE
from scorewell.scoring.cards import CARD
from scorewell.scoring.features import PLACE, Features
from scorewell.scoring.fitted import FittedProject
from scorewell.scoring.fitting import assigned
from scorewell.scoring.language import Language
from scorewell.scoring.shares import shares
from scorewell.scoring.two_tables import CHILDREN, TwoTables
from scorewell.scoring.walk import AT, CUSTOMER, POINTS, VALUE, Standing, numbers

__all__ = ["moved_data"]


def moved_data(fitted: FittedProject, tables: TwoTables, start: Standing) -> tuple[pl.DataFrame, Standing]:
    """What the customers' own data moved, by the rules and the fit of before; then that this put them elsewhere.

    What several metrics did together is shared between them (``shares``). The causes, and where customers stand then.
    """
    features, place = Features.of(fitted, tables, start), _placed(fitted, tables)
    before, after, elsewhere = _ends(features, place)
    # Where this version comes to another score than the one that was printed, that is a cause too.
    drift = pl.DataFrame({CUSTOMER: numbers(len(before)), POINTS: before - start.score}).drop_nulls()
    score = pl.select(pl.coalesce(before, start.score)).to_series()
    names = pl.Series(list(features.columns) or [None], dtype=pl.String)
    data = (
        shares(features, score, after)
        .with_columns(pl.lit(names).gather(pl.col(AT)).alias("name"))
        .join(_values(tables, features.columns), on=[CUSTOMER, "name"], how="left")
        .drop(AT)
    )
    reached = Standing(score + _by_customer(data, len(score)), place, start.from_baseline)
    placed = _placement(fitted, elsewhere, start.place, reached)
    versions = drift.with_columns(kind=pl.lit("configuration"), name=pl.lit("versions"))
    causes = pl.concat([data, placed, versions], how="diagonal")
    return causes, attrs.evolve(reached, score=reached.score + _by_customer(placed, len(score)))


def _ends(features: Features, place: pl.DataFrame) -> tuple[pl.Series, pl.Series, pl.DataFrame]:
    """The scores of all customers with their old and with their new data; and with the new ones at their new
    ``place``, of those who have another."""
    moved = pl.any_horizontal([features.both[name].ne_missing(place[name]) for name in PLACE])
    elsewhere = features.both.with_columns(place.get_columns()).filter(moved)
    none: frozenset[str] = frozenset()
    everything = frozenset(features.columns)
    rows = [
        features.rows(customers, renewed.__contains__, pl.lit(number).alias(AT))
        for number, (customers, renewed) in enumerate(
            ((features.both, none), (features.both, everything), (elsewhere, everything))
        )
    ]
    scored = features.scored(pl.concat(rows), AT)
    before, after, placed = (scored.filter(pl.col(AT) == number) for number in range(3))
    return before[VALUE], after[VALUE], placed


def _values(tables: TwoTables, features: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """What each feature was and is, as text, with the kind of its cause."""
    parts = []
    for name, columns in features.items():
        was, is_now = tables.old.get_column(columns[0]), tables.new.get_column(columns[0])
        kind = (
            pl.when(pl.col("old").is_null() & pl.col("new").is_not_null())
            .then(pl.lit("returned"))
            .when(pl.col("old").is_not_null() & pl.col("new").is_null())
            .then(pl.lit("missing"))
            .otherwise(pl.lit("data"))
        )
        texts = {"old": was.cast(pl.String), "new": is_now.cast(pl.String)}
        if name == CHILDREN:
            parts.append(_of_children(was, is_now, has_count=columns[0] == CHILDREN))
            continue
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


def _of_children(was: pl.Series, is_now: pl.Series, *, has_count: bool) -> pl.DataFrame:
    """What there is to say of what children came to: how many they are, where the tables say it and that changed."""
    said = pl.lit("")
    if has_count:
        counts = [pl.lit(count.cast(pl.Int64).fill_null(0)) for count in (was, is_now)]
        said = pl.when(counts[0] != counts[1]).then(pl.format("{} → {} children", *counts)).otherwise(said)
    return pl.select(
        pl.lit(numbers(len(was))).alias(CUSTOMER),
        pl.lit(None, pl.String).alias("old"),
        pl.lit(None, pl.String).alias("new"),
        pl.lit(CHILDREN).alias("name"),
        pl.lit("children").alias("kind"),
        said.alias("detail"),
    )


# -- where a customer is ---------------------------------------------------------------------------------------------


def _placed(fitted: FittedProject, tables: TwoTables) -> pl.DataFrame:
    """Where the new data put customers by the rules of before."""
    frame = tables.at(frozenset())
    positions = {name: position for position, name in enumerate(fitted.used)}
    language = Language(frame.schema, fitted.project.timezone)
    placed = assigned(fitted.project, frame.lazy(), positions, language, has_active=False, statistics=None)
    stage = pl.col(STAGE) if fitted.project.stages else pl.lit(None, pl.UInt32).alias(STAGE)
    return placed.select(SEGMENT, stage, CARD).collect()


def _placement(fitted: FittedProject, elsewhere: pl.DataFrame, before: pl.DataFrame, reached: Standing) -> pl.DataFrame:
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
    return elsewhere.select(CUSTOMER, (score - of(reached.score)).alias(POINTS)).join(
        told, on=CUSTOMER, how="left", maintain_order="left"
    )


def _named(positions: pl.Series, names: list[str]) -> pl.Series:
    return pl.Series(names, dtype=pl.String).gather(positions) if names else positions.cast(pl.String)


def _by_customer(points: pl.DataFrame, count: int) -> pl.Series:
    """The sum of each customer's points, 0 without any."""
    sums = points.group_by(CUSTOMER).agg(pl.col(POINTS).sum())
    return (
        pl.DataFrame({CUSTOMER: numbers(count)})
        .join(sums, on=CUSTOMER, how="left", maintain_order="left")[POINTS]
        .fill_null(0.0)
    )
