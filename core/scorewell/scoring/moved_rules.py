"""What the population and the configuration moved on the way from one run to another."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import polars as pl

from scorewell.api.v1 import ScorewellError
from scorewell.configuration.evolving import evolved
from scorewell.scoring.cards import CARD
from scorewell.scoring.fitted import FittedProject
from scorewell.scoring.rules_between import ROLL_UP, Halfway, RulesBetween, Step
from scorewell.scoring.two_tables import CHILDREN, TwoTables
from scorewell.scoring.unadjusted import BASELINE, UNADJUSTED, unadjusted
from scorewell.scoring.uses import names_used
from scorewell.scoring.walk import AT, CUSTOMER, NOISE, POINTS, VALUE, Standing, deltas, numbers

__all__ = ["moved_rules"]


@attrs.frozen(eq=False)
class _Variant:
    """A scorecard as the step at ``order`` leaves it, which changed something of it."""

    name: str
    halfway: Halfway
    order: int
    position: int
    """Of the scorecard among those in use before."""


def moved_rules(
    rules: RulesBetween, tables: TwoTables, start: Standing, end: pl.Series, elsewhere: pl.DataFrame
) -> pl.DataFrame:
    """What the population and the configuration moved, over the new data and up to the score ``end``.

    ``elsewhere`` says what the last step is called (``name, old, new``): the new rules for segments, or what no
    step explains.
    """
    steps = rules.steps
    walked = _walked(rules, tables, start, _variants(rules))
    last = elsewhere.select(
        pl.lit(numbers(len(end))).alias(CUSTOMER), pl.lit(len(steps), pl.Int64).alias(AT), pl.lit(end).alias(VALUE)
    )
    told = pl.DataFrame(
        [
            (position, at, step.kind, step.name, rules.told(step, name))
            for position, name in enumerate(rules.before.used)
            for at, step in enumerate(steps)
        ],
        schema={CARD: pl.UInt32, AT: pl.Int64, "kind": pl.String, "name": pl.String, "detail": pl.String},
        orient="row",
    )
    at_end = elsewhere.with_columns(
        pl.lit(numbers(len(end))).alias(CUSTOMER),
        pl.lit(len(steps), pl.Int64).alias(AT),
        pl.lit("configuration").alias("kind"),
    )
    moved = deltas(pl.concat([walked, last]), start.score).filter(pl.col(POINTS).abs() > NOISE)
    cards = pl.lit(start.place.get_column(CARD)).gather(pl.col(CUSTOMER)).alias(CARD)
    in_between = moved.with_columns(cards).join(told, on=[CARD, AT])
    at_last = moved.join(at_end, on=[CUSTOMER, AT])
    return pl.concat([in_between, at_last], how="diagonal").drop(CARD, AT, VALUE)


def _variants(rules: RulesBetween) -> list[_Variant]:
    """Each scorecard as often as a step changes something of it."""
    found = []
    used = rules.before.used
    known = {name: rules.halfway(name, ()).key for name in used}
    for order, step in enumerate(rules.steps):
        turned = rules.steps[: order + 1]
        for position, name in enumerate(used):
            halfway = rules.halfway(name, turned)
            is_renewed = step.kind == "metrics" and step.name in rules.redefined & names_used(halfway.card)
            if halfway.key != known[name] or is_renewed:
                found.append(_Variant(f"{name}@{order}", halfway, order, position))
                known[name] = halfway.key
    return found


def _walked(rules: RulesBetween, tables: TwoTables, start: Standing, variants: Sequence[_Variant]) -> pl.DataFrame:
    """The scores of customers at each variant of their scorecard: ``CUSTOMER``, ``@at``, value."""
    families: dict[object, list[_Variant]] = {}
    for variant in variants:
        turned = rules.steps[: variant.order + 1]
        families.setdefault(_family(rules, tables, turned), []).append(variant)
    scored = [pl.DataFrame(schema={CUSTOMER: pl.UInt32, AT: pl.Int64, VALUE: pl.Float64})]
    for family in families.values():
        rows = pl.concat([_rows_of(rules, tables, start.place, each, place) for place, each in enumerate(family)])
        scored.append(start.valued(rows.select(CUSTOMER, AT), _scored(rules, family, rows.drop(AT, CUSTOMER))))
    return pl.concat(scored)


def _family(rules: RulesBetween, tables: TwoTables, turned: Sequence[Step]) -> object:
    """What variants share that are scored together: how metrics are read, and what the columns hold."""
    read = [(name, metric.better, metric.relative_to) for name, metric in sorted(rules.metrics(turned).items())]
    return tuple(read), tuple(tables.at(_renewed(turned)).schema.items())


def _renewed(turned: Sequence[Step]) -> frozenset[str]:
    metrics = frozenset(step.name for step in turned if step.kind == "metrics")
    return metrics | {CHILDREN} if ROLL_UP in turned else metrics


def _rows_of(
    rules: RulesBetween, tables: TwoTables, place: pl.DataFrame, variant: _Variant, position: int
) -> pl.DataFrame:
    frame = tables.at(_renewed(rules.steps[: variant.order + 1]))
    return (
        frame.hstack(place.get_columns())
        .with_columns(
            numbers(len(frame)).alias(CUSTOMER),
            pl.lit(variant.order, pl.Int64).alias(AT),
        )
        .filter(pl.col(CARD) == variant.position)
        .with_columns(pl.lit(position, pl.UInt32).alias(CARD))
    )


def _scored(rules: RulesBetween, family: Sequence[_Variant], rows: pl.DataFrame) -> pl.DataFrame:
    """The unadjusted scores; a variant that cannot be scored has none: its step's points go to the next."""
    try:
        return unadjusted(_stacked(rules, family), [each.name for each in family], rows)
    except (ScorewellError, TypeError, ValueError, pl.exceptions.PolarsError, pl.exceptions.PanicException):
        if len(family) == 1:
            nothing = pl.repeat(None, len(rows), dtype=pl.Float64, eager=True)
            return pl.DataFrame({UNADJUSTED: nothing, BASELINE: nothing})
    parts = []
    for position, each in enumerate(family):
        own = rows.filter(pl.col(CARD) == position).with_columns(pl.lit(0, pl.UInt32).alias(CARD))
        parts.append(_scored(rules, [each], own))
    return pl.concat(parts)  # rows stand variant by variant


def _stacked(rules: RulesBetween, family: Sequence[_Variant]) -> FittedProject:
    """One fit with every variant as a scorecard of its own, so that those of one shape are one plan."""
    metrics = rules.metrics(rules.steps[: family[0].order + 1])
    cards = {each.name: each.halfway.card for each in family}
    return FittedProject(
        project=evolved(rules.before.project, scorecards=cards, metrics=metrics),
        statistics={each.name: each.halfway.statistics for each in family},
        values={each.name: each.halfway.values for each in family},
        learned={each.name: each.halfway.learned for each in family if each.halfway.learned},
        failures={each.name: each.halfway.failures for each in family if each.halfway.failures},
    )
