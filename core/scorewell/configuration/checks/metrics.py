"""Metrics: measured from a table or derived by SQL, with a window that means something, and without circles."""

from __future__ import annotations

from scorewell.api.v1 import Expression
from scorewell.configuration.checks.context import Context
from scorewell.configuration.model import Metric
from scorewell.configuration.nodes import Keys

__all__ = ["OF_A_MEASURE", "check_metrics"]

OF_A_MEASURE = ("source", "window", "where", "min_rows", "fresh_within", "min_age", "relative_to")


def check_metrics(context: Context) -> None:
    """Each metric by itself, then the circles among those derived from others."""
    for name, metric in context.project.metrics.items():
        keys = ("metrics", name)
        if context.notes.find(keys) is None:
            continue  # the section pulse makes it, and is checked by itself
        context.identifier("metric", name, keys)
        if context.written((*keys, "sql")):
            _derived(context, keys)
        elif context.written((*keys, "measure")):
            _measured(context, metric, keys)
        elif context.sound(*keys):
            context.notes.at(keys, "expected a measure of a source, or sql over other metrics")
        if metric.min_rows < 0:
            context.notes.at((*keys, "min_rows"), f"expected 0 or more rows, got {metric.min_rows}")
    _circles(context)


def _derived(context: Context, keys: Keys) -> None:
    if context.written((*keys, "measure")):
        context.notes.at((*keys, "sql"), "expected either measure or sql, not both")
        return
    for key in OF_A_MEASURE:
        if context.written((*keys, key)):
            context.notes.at((*keys, key), f"{key!r} goes with a measure; sql derives from other metrics")


def _measured(context: Context, metric: Metric, keys: Keys) -> None:
    window, measure = metric.window, metric.measure
    if window is not None and window.whole_days is None:
        context.notes.at((*keys, "window"), f"a window is whole days, as 30d or 6w, not {window}")
    if measure is not None and measure.window_required and not context.written((*keys, "window")):
        context.notes.at(keys, f"missing setting 'window': the measure {measure.name} needs one, as 30d")
    if metric.source is None:
        if not context.written((*keys, "source")):
            context.notes.at(keys, "missing setting 'source': the table that is measured")
        return
    table = context.table(metric.source, (*keys, "source"))
    if table is None:
        return
    is_timeless = table.time is None and context.is_sound_table(metric.source)
    if context.is_sound_table(metric.source):
        context.customers_of(metric.source, table, (*keys, "source"))
    if window is not None and is_timeless:
        message = f"table {metric.source} declares no time, so it can have no window: write time: COLUMN there"
        context.notes.at((*keys, "window"), message)
    _ages(context, metric, keys, is_timeless=is_timeless)


def _ages(context: Context, metric: Metric, keys: Keys, *, is_timeless: bool) -> None:
    """How old rows may or must be: less than the window is long, in a table with a time."""
    for key, age in (("fresh_within", metric.fresh_within), ("min_age", metric.min_age)):
        if age is None:
            continue
        inside = (*keys, key)
        if is_timeless:
            message = f"table {metric.source} declares no time, so its rows have no age: write time: COLUMN there"
            context.notes.at(inside, message)
        elif metric.window is not None and age.length > metric.window.length:
            why = "it changes nothing" if key == "fresh_within" else "no row that counts is that old"
            context.notes.at(inside, f"{age} is longer than the window of {metric.window}: {why}")


def _circles(context: Context) -> None:
    needs = {
        name: _names(metric.sql) & set(context.metrics)
        for name, metric in context.project.metrics.items()
        if metric.sql is not None
    }
    told: set[str] = set()
    for start in needs:
        way = _circle(start, needs)
        if way and told.isdisjoint(way):
            told.update(way)
            message = f"the metric is derived from itself: {' → '.join([*way, start])}"
            context.notes.at(("metrics", start, "sql"), message)


def _circle(start: str, needs: dict[str, frozenset[str]]) -> list[str]:
    """The way from a metric back to itself, empty where there is none."""
    came: dict[str, str] = {}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        for needed in sorted(needs.get(name, ())):
            if needed == start:
                way = [name]
                while way[-1] != start:
                    way.append(came[way[-1]])
                return way[::-1]
            if needed not in came:
                came[needed] = name
                waiting.append(needed)
    return []


def _names(sql: Expression) -> frozenset[str]:
    from scorewell.dialect import names_if_readable  # noqa: PLC0415 - polars and sqlglot, for projects that use SQL

    return names_if_readable(sql)
