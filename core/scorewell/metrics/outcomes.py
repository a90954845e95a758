"""Outcomes: what became of each customer, as a label in a snapshot, or as what happened and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import attrs
import polars as pl

from scorewell.api.v1 import Finding, Level, Period, ReadError, ScorewellError
from scorewell.configuration.model import DatedOutcomes, Outcomes, Project
from scorewell.messages import why
from scorewell.metrics.customers import key_map
from scorewell.metrics.happenings import Happenings, happenings
from scorewell.metrics.keys import CUSTOMER, KEY, key_text
from scorewell.metrics.places import in_project, told_in_project
from scorewell.metrics.rows import ColumnPlan
from scorewell.metrics.tables import OpenTable, rejected

__all__ = ["Labels", "OutcomesUnsaid", "are_dated", "dated_outcomes", "of_dates", "outcomes_as_of"]

HAPPENED = "happened"


class OutcomesUnsaid(ScorewellError):  # noqa: N818 - says what is missing, and reads so where it is caught
    """The configuration does not say what became of customers, or not in the way that is asked for: no data help."""


@attrs.frozen(eq=False)
class Labels:
    """``frame``: ``customer_id`` (String, unique, sorted) and ``happened`` (Boolean, never null)."""

    frame: pl.DataFrame
    findings: tuple[Finding, ...]


def outcomes_as_of(project: Project, as_of: datetime) -> Labels:
    """The customers whose outcome the project's table tells, as it was known at ``as_of``, an aware moment.

    A customer whose rows contradict each other has none, with a finding. Raises ScorewellError where the project names
    no outcomes, where they have a date (``dated_outcomes``), and where they cannot be read; the first two as
    OutcomesUnsaid.
    """
    try:
        return _labels(project, as_of)
    except OutcomesUnsaid as error:
        raise OutcomesUnsaid(in_project(project.folder, f"outcomes: {error.message}"), hint=error.hint) from error
    except ScorewellError as error:
        raise ScorewellError(in_project(project.folder, f"outcomes: {error.message}"), hint=error.hint) from error


def are_dated(project: Project) -> bool:
    """Whether the project's outcomes say when they happened."""
    outcomes = of_dates(project)
    if outcomes is None or outcomes.source not in project.tables:
        return False
    _, _, meaning = project.table(outcomes.source)
    return meaning.time is not None


def of_dates(project: Project) -> Outcomes | DatedOutcomes | None:
    """Which of the project's outcomes say when it happened, if any do."""
    return None if project.outcomes is None else project.outcomes.dated or project.outcomes


def dated_outcomes(project: Project, as_of: datetime) -> Happenings:
    """What became of customers before ``as_of``, an aware moment, as it was known then; a customer may have several.

    ``frame``: ``customer_id``, ``time`` (Datetime us, UTC) and ``outcome``: String, the text that the expression
    yields, of the rows where it yields one; or Boolean, true, of the rows where it is. Raises ScorewellError where the
    project names no outcomes, they have no date, or cannot be read; the first two as OutcomesUnsaid.
    """
    outcomes = of_dates(project)
    if outcomes is None:
        raise OutcomesUnsaid(
            "outcomes: the project names no outcomes with their dates",
            hint="""outcomes: {source: churn, outcome: "'churned'"}, of a source with a row for each customer """
            "that left and its day as time",
        )
    if not are_dated(project):
        raise OutcomesUnsaid(
            f"outcomes: {outcomes.source} has no time, so it is not known when it happened",
            hint=f"sources.{outcomes.source}: time: NAME, the column with the day on which it happened; where models "
            "learn from this table, outcomes: dated: with another that has a time",
        )

    def cells(plan: ColumnPlan) -> Mapping[str, pl.Expr]:
        outcome = plan.expression(outcomes.outcome, as_of)
        dtype = plan.frame().select(outcome.alias("outcome")).collect_schema()["outcome"]
        if dtype not in (pl.Boolean, pl.String):
            raise ScorewellError(
                f"{outcomes.outcome} yields {dtype}: expected yes/no, or a text that says what happened",
                hint="""outcome: "'churned'" where every row is a customer that left""",
            )
        return {"outcome": outcome}

    section = "outcomes" if outcomes is project.outcomes else "outcomes.dated"
    told = happenings(project, section, outcomes.source, as_of, cells)
    happened = pl.col("outcome") if told.frame.schema["outcome"] == pl.Boolean else pl.col("outcome").is_not_null()
    return attrs.evolve(told, frame=told.frame.filter(happened))


def _unnamed() -> OutcomesUnsaid:
    return OutcomesUnsaid(
        "the project names no outcomes",
        hint="""outcomes: {source: crm, outcome: "Churn = 'Yes'"}""",
    )


def _labels(project: Project, as_of: datetime) -> Labels:
    outcomes = project.outcomes
    if outcomes is None:
        raise _unnamed()
    table = OpenTable.scan(project, outcomes.source, Period(None, as_of.astimezone(UTC)))
    if table.time is not None:
        raise OutcomesUnsaid(
            f"{table.place} has a time, and this version cannot train on outcomes with dates",
            hint="to train models, name a table with one row per customer, and inside outcomes this one as dated",
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
    findings = [told_in_project(project.folder, each) for each in rejected(table, as_of)]
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
