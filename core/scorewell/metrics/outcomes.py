"""Outcomes: what became of each customer, as a label in a snapshot."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs
import polars as pl

from scorewell.api.v1 import Finding, Level, Period, ReadError, ScorewellError
from scorewell.configuration.model import Project
from scorewell.metrics.customers import key_map
from scorewell.metrics.keys import CUSTOMER, KEY, key_text
from scorewell.metrics.places import in_project, told_in_project
from scorewell.metrics.rows import ColumnPlan
from scorewell.metrics.tables import OpenTable, rejected, why

__all__ = ["HAPPENED", "Labels", "outcomes_as_of"]

HAPPENED = "happened"


@attrs.frozen(eq=False)
class Labels:
    """``frame``: ``customer_id`` (String, unique, sorted) and ``happened`` (Boolean, never null)."""

    frame: pl.DataFrame
    findings: tuple[Finding, ...]


def outcomes_as_of(project: Project, as_of: datetime) -> Labels:
    """The customers whose outcome the project's table tells, as it was known at ``as_of``, an aware moment.

    A customer whose rows contradict each other has none, with a finding. Raises ScorewellError where the project names
    no outcomes or they cannot be read.
    """
    try:
        return _labels(project, as_of)
    except ScorewellError as error:
        raise ScorewellError(in_project(project.folder, f"outcomes: {error.message}"), hint=error.hint) from error


def _labels(project: Project, as_of: datetime) -> Labels:
    outcomes = project.outcomes
    if outcomes is None:
        raise ScorewellError(
            "the project does not say what became of its customers",
            hint="""outcomes: {source: crm, outcome: "Churn = 'Yes'"}""",
        )
    table = OpenTable.scan(project, outcomes.source, Period(None, as_of.astimezone(UTC)))
    if table.time is not None:
        raise ScorewellError(
            f"{table.place} has a time: outcomes with a date are not in this version",
            hint="name a table with one row a customer",
        )
    plan = ColumnPlan(table, as_of)
    happened = plan.condition(outcomes.outcome, as_of).alias(HAPPENED)
    key = key_text(pl.col(KEY), table.scanned[table.key_column()]).alias(KEY)
    keys = key_map(project, table, as_of, {})
    try:
        rows = keys.lead(plan.frame().select(key, happened)).select(CUSTOMER, HAPPENED).drop_nulls()
        told = (
            rows.group_by(CUSTOMER)
            .agg(pl.col(HAPPENED).first(), (pl.col(HAPPENED).n_unique() > 1).alias("@contradicts"))
            .sort(CUSTOMER)
            .collect(engine="streaming")
        )
    except ScorewellError:
        raise
    except Exception as error:
        raise ReadError(f"{table.place}: the outcomes cannot be read: {why(error)}") from error
    findings = [told_in_project(project.folder, each) for each in rejected(table)]
    contradicting = told.filter("@contradicts").get_column(CUSTOMER)
    if len(contradicting):
        findings.append(
            Finding(
                id="contradicting-outcomes",
                level=Level.WARNING,
                where="outcomes",
                message=f"customers of whom one row says it happened and another that it did not, left out: "
                f"{len(contradicting)}",
                count=len(contradicting),
                examples=tuple(contradicting.head(3)),
            )
        )
    return Labels(told.filter(~pl.col("@contradicts")).drop("@contradicts"), tuple(findings))
