"""Hindsight: what a run of a past moment knows only as it is today, for nothing says what it was then."""

from __future__ import annotations

from collections.abc import Mapping

from scorewell import dialect
from scorewell.api.v1 import Finding, Level, ScorewellError
from scorewell.configuration.model import Metric, Project
from scorewell.messages import listed
from scorewell.metrics.derived import resting_on
from scorewell.metrics.reach import customers_read

__all__ = ["as_known_today", "as_known_today_findings"]

_HINT = (
    "scores of today need nothing; for the past, say in the source when rows were valid: valid_from and "
    "valid_to, taken_at where each load is a full copy, date_in_name where each day has a file"
)


def as_known_today(project: Project) -> dict[str, str]:
    """Of each metric, role and attribute that rests on a table of which nothing says what it was: that table.

    So it is of tables without ``time``, ``valid_from`` and ``taken_at``, of those whose rows find their customers
    through one, and of what is derived from such a metric, role or attribute. Only what the project declares counts.
    """
    customers = project.customers
    told = dict[str, str]()
    if _overwritten(project, customers.source) is not None:
        names = [*customers.roles, *customers.attributes, *(["children"] if "parent" in customers.roles else [])]
        told = dict.fromkeys(names, customers.source)
    described = dict(told)
    for name, metric in project.metrics.items():
        if metric.source is not None and metric.measure is not None:
            table = _overwritten(project, metric.source)
            if table is None and _of_customers(project, metric) & described.keys():
                table = customers.source
            told |= {} if table is None else {name: table}
    return dict(sorted(resting_on(project, told).items()))


def as_known_today_findings(project: Project, known_today: Mapping[str, str]) -> tuple[Finding, ...]:
    """What is to be said of a run of a past moment, one finding a table; a run of today has nothing to say of it.

    ``known_today`` is what ``as_known_today`` says.
    """
    by_table: dict[str, list[str]] = {}
    if _overwritten(project, project.customers.source) is not None:
        by_table[project.customers.source] = []
    for name, table in known_today.items():
        by_table.setdefault(table, []).append(name)
    return tuple(_finding(project, table, by_table[table]) for table in sorted(by_table))


def _finding(project: Project, table: str, names: list[str]) -> Finding:
    concerned = sorted(name for name in names if name in project.metrics)
    described = sorted(name for name in names if name not in project.metrics)
    parts = ["the list of customers"] if table == project.customers.source else []
    parts += [f"the customers' {listed(described, 5)}"] if described else []
    parts += [f"the metrics {listed(concerned, 5)}"] if len(concerned) > 1 else []
    parts += [f"the metric {concerned[0]}"] if len(concerned) == 1 else []
    return Finding(
        id="as-known-today",
        level=Level.NOTE,
        where=table,
        message=f"{table}: earlier contents are not known, so today's are used for: {'; '.join(parts)}",
        count=len(concerned),
        examples=tuple(concerned[:3]),
        hint=_HINT,
    )


def _overwritten(project: Project, name: str, trail: tuple[str, ...] = ()) -> str | None:
    """The table, or the one on its way to the customers, of which nothing says what it was; None where all say it."""
    if name not in project.tables or name in trail:
        return None  # told where the project is checked
    _, _, meaning = project.table(name)
    if meaning.time is None and meaning.valid_from is None and meaning.taken_at is None:
        return name
    through = None if meaning.customer is None else meaning.customer.through
    return None if through is None else _overwritten(project, through.rpartition(".")[0], (*trail, name))


def _of_customers(project: Project, metric: Metric) -> frozenset[str]:
    """The roles and attributes that decide on a measured metric: who is covered, and what its measure asks for."""
    _, _, meaning = project.table(metric.source or "")
    try:
        covers = frozenset[str]() if meaning.covers is None else dialect.names_in(meaning.covers)
    except ScorewellError:
        covers = frozenset()  # told where it is used
    return covers | customers_read(meaning, metric)
