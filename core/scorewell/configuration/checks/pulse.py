"""The pulse: a table with a time and with customers, and for the inside alone."""

from __future__ import annotations

from scorewell.api.v1 import Condition, Expression
from scorewell.configuration.checks.context import Context
from scorewell.configuration.pulse import PULSE, RECORDED

__all__ = ["check_pulse"]


def check_pulse(context: Context) -> None:
    """The section, and that nothing of it is for customers."""
    pulse, keys = context.project.pulse, (PULSE,)
    if not context.written(keys):
        return
    if PULSE in context.names("metrics"):
        message = "pulse is the metric that the section pulse makes: leave one of them out"
        context.notes.at(("metrics", PULSE), message)
    if pulse is None:
        return
    _table(context)
    if pulse.within.whole_days is None:
        context.notes.at((*keys, "within"), f"expected whole days, as 90d or 12w, not {pulse.within}")
    _inside(context)


def _table(context: Context) -> None:
    pulse, keys = context.project.pulse, (PULSE, "source")
    if pulse is None or not context.sound(*keys):
        return
    if pulse.source == RECORDED and RECORDED not in context.names("sources"):
        if context.project.history is None and context.sound("history"):
            message = "recorded pulses are stored in the history, but the project has history: none"
            context.notes.at(keys, message)
        return
    timeless = f"a pulse expires, and table {pulse.source} declares no time: write time: COLUMN there"
    context.events(pulse.source, keys, timeless)


def _inside(context: Context) -> None:
    """What is measured of the table of pulses, derived from the pulse, or rests on it, is for no customer."""
    project = context.project
    for name, metric in project.metrics.items():
        is_of_table = project.pulse is not None and metric.source == project.pulse.source
        if metric.audience == "customer" and (is_of_table or _names(metric.sql)):
            message = "a pulse is for internal readers only: leave out audience: customer"
            context.notes.at(("metrics", name, "audience"), message)
    for name, card in project.scorecards.items():
        for number, adjustment in enumerate(card.adjustments, 1):
            if adjustment.audience == "customer" and _names(adjustment.when):
                message = "it uses the pulse, which is for internal readers only: leave out audience: customer"
                context.notes.at(("scorecards", name, "adjustments", str(number), "audience"), message)


def _names(sql: Expression | Condition | None) -> bool:
    """Whether the pulse is named there."""
    if sql is None:
        return False
    from scorewell.dialect import names_if_readable  # noqa: PLC0415 - polars and sqlglot, for projects that use SQL

    return PULSE in names_if_readable(sql)
