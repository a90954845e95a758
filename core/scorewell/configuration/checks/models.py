"""Models: where an aggregator that learns may stand, and what it learns from."""

from __future__ import annotations

from collections.abc import Iterator

from scorewell.api.v1 import Aggregator, ScorewellError, Table
from scorewell.configuration.checks.context import Context
from scorewell.configuration.inside import inside
from scorewell.configuration.model import DatedOutcomes, Dimension, Scorecard
from scorewell.configuration.nodes import Keys

__all__ = ["check_models"]


def check_models(context: Context) -> None:
    """Each aggregator that learns, and the table of outcomes."""
    for name, card in context.project.scorecards.items():
        _node(context, card, ("scorecards", name))
    _outcomes(context)


def _node(context: Context, node: Scorecard | Dimension, keys: Keys) -> None:
    place = (*keys, "aggregator")
    if context.sound(*place) and node.aggregator is not None:
        if node.aggregator.learns:
            if node.dimensions:
                context.notes.at(
                    place,
                    f"{node.aggregator.name} learns from metrics, and {next(iter(node.dimensions))!r} is a dimension: "
                    "give it a dimension of its own with metrics only",
                )
        else:
            for model in _models(node.aggregator):
                context.notes.at(
                    place,
                    f"{model.name} learns, and inside {node.aggregator.name} it never would: "
                    "make it the aggregator of a dimension",
                )
    for name, dimension in node.dimensions.items():
        _node(context, dimension, (*keys, "dimensions", name))


def _models(value: object) -> Iterator[Aggregator]:
    """The aggregators that learn among the settings of another."""
    if isinstance(value, Aggregator) and value.learns:
        yield value
        return
    for each in inside(value):
        yield from _models(each)


def _outcomes(context: Context) -> None:
    outcomes, keys = context.project.outcomes, ("outcomes", "source")
    if outcomes is None or not (context.written(keys) and context.sound(*keys)):
        return
    table = context.table(outcomes.source, keys)
    if table is None:
        return
    context.customers_of(outcomes.source, table, keys)
    if table.time is None and context.sound("outcomes"):
        _label(context, outcomes.outcome)
    if outcomes.dated is not None and context.sound("outcomes"):
        _dated(context, outcomes.dated, table)


def _dated(context: Context, dated: DatedOutcomes, labels: Table) -> None:
    keys = ("outcomes", "dated", "source")
    if labels.time is not None:
        context.notes.at(keys[:-1], "the outcomes have their dates themselves: dated is for a table without a time")
        return
    timeless = f"table {dated.source} declares no time, but outcomes need a date: write time: COLUMN there"
    context.events(dated.source, keys, timeless)


def _label(context: Context, outcome: str) -> None:
    """Of a customer's only row the outcome says yes or no; what a text says would have no date."""
    import polars as pl  # noqa: PLC0415 - for projects with outcomes, as is sqlglot

    from scorewell.dialect import condition, expression  # noqa: PLC0415 - as above

    moment = pl.lit(None, pl.Datetime("us", "UTC"))
    try:
        expression(outcome, as_of=moment)
    except ScorewellError:
        return  # told with its place where references are checked
    try:
        condition(outcome, as_of=moment)
    except ScorewellError as error:
        context.notes.at(("outcomes", "outcome"), error.message)
