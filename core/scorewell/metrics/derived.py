"""Derived metrics: SQL over roles, attributes and other metrics."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from graphlib import CycleError, TopologicalSorter

import polars as pl

from scorewell import dialect
from scorewell.api.v1 import Finding, Level, ScorewellError
from scorewell.configuration.model import Project
from scorewell.messages import why
from scorewell.metrics.keys import CUSTOMER
from scorewell.metrics.moments import literal
from scorewell.metrics.values import as_value

__all__ = ["derive", "resting_on"]


def derive(
    project: Project, frame: pl.DataFrame, as_of: datetime, failed: Mapping[str, str]
) -> tuple[pl.DataFrame, dict[str, str], list[Finding]]:
    """Add the derived metrics in the order they need each other; what rests on a failed metric fails with it."""
    formulas = {name: metric.sql for name, metric in project.metrics.items() if metric.sql is not None}
    failed, findings = dict(failed), list[Finding]()
    moment = literal(as_of)
    needs: dict[str, frozenset[str]] = {}
    for name, sql in formulas.items():
        try:
            needs[name] = dialect.names_in(sql)
        except ScorewellError as error:
            needs[name] = frozenset()
            failed[name] = why(error)
            findings.append(_failure(name, error))
    order, circle = _in_order(needs)
    for name in circle:
        circular = ScorewellError(f"metrics.{name} needs itself: {' → '.join(circle)}")
        failed[name] = why(circular)
        findings.append(_failure(name, circular))
    for name in order:
        broken = sorted(need for need in needs[name] if need in failed)
        if broken:
            failed.setdefault(name, f"uses {broken[0]!r}, which failed: {failed[broken[0]]}")
        if name in failed:
            frame = frame.with_columns(pl.lit(None, pl.Float64).alias(name))
            continue
        try:
            value = dialect.expression(formulas[name], schema=frame.schema, as_of=moment, timezone=project.timezone)
            raw = frame.select(pl.col(CUSTOMER), value.alias(name)).get_column(name)
            column, strange = as_value(raw, frame.get_column(CUSTOMER), f"metrics.{name}")
            findings += strange
        except Exception as error:  # noqa: BLE001 - one formula never takes the others down
            failed[name] = why(error)
            findings.append(_failure(name, error))
            column = pl.Series(name, [None], pl.Float64).new_from_index(0, len(frame))
        frame = frame.with_columns(column.alias(name))
    return frame, failed, findings


def resting_on(project: Project, told: Mapping[str, str]) -> dict[str, str]:
    """What is ``told`` of metrics, and of those that are derived from them, at any distance."""
    everything = dict(told)
    formulas = {name: metric.sql for name, metric in project.metrics.items() if metric.sql is not None and told}
    further = dict(told)
    while further:
        further = {}
        for name, sql in formulas.items():
            needs = sorted(dialect.names_if_readable(sql) & everything.keys()) if name not in everything else []
            further |= {name: everything[needs[0]]} if needs else {}
        everything |= further
    return everything


def _in_order(needs: Mapping[str, frozenset[str]]) -> tuple[list[str], list[str]]:
    """The names, those they need before them; and those that need each other in a circle, which stand in any order."""
    graph = {name: sorted(need for need in needs[name] if need in needs) for name in sorted(needs)}
    try:
        return list(TopologicalSorter(graph).static_order()), []
    except CycleError as error:
        circle = list(dict.fromkeys(error.args[1]))
        rest = {name: need for name, need in needs.items() if name not in circle}
        order, further = _in_order(rest)
        return [*circle, *order], [*circle, *further]


def _failure(name: str, error: Exception) -> Finding:
    return Finding(
        id="metric-failed",
        level=Level.ERROR,
        where=f"metrics.{name}",
        message=f"metrics.{name}: {why(error)}",
        hint=getattr(error, "hint", None),
    )
