"""Outcomes: a label for each customer, from a snapshot."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import attrs
import polars as pl
import pytest
from tests.support.small_project import Rows, card, project, scored

from scorewell.api.v1 import Column, Condition, CustomerKey, ScorewellError, Table
from scorewell.configuration import Outcomes, Project, SourceTables
from scorewell.metrics import outcomes_as_of

AS_OF = datetime(2026, 3, 1, tzinfo=UTC)


def labelled(outcome: str = "churn = 'Yes'", *, table: Table | None = None, **columns: list[Any]) -> Project:
    of = project({"id": ["a", "b", "c"], "usage": [1.0, 2.0, 3.0]}, card(metrics={"usage": scored()}))
    meaning = table or Table(customer=CustomerKey(column=Column("who")))
    labels = SourceTables(plugin=Rows(frame=pl.DataFrame(columns)), tables={"": meaning})
    return attrs.evolve(
        of,
        sources={**of.sources, "labels": labels},
        outcomes=Outcomes(source="labels", outcome=Condition(outcome)),
    )


def test_a_label_is_a_condition_over_the_tables_columns() -> None:
    labels = outcomes_as_of(labelled(who=["c", "a"], churn=["Yes", "No"]), AS_OF)
    assert labels.frame.rows() == [("a", False), ("c", True)]
    assert labels.findings == ()


def test_a_null_label_is_no_example() -> None:
    assert outcomes_as_of(labelled(who=["a", "b"], churn=[None, "No"]), AS_OF).frame.rows() == [("b", False)]


def test_keys_are_compared_as_text() -> None:
    assert outcomes_as_of(labelled(who=[17, 18], churn=["Yes", "No"]), AS_OF).frame["customer_id"].to_list() == [
        "17",
        "18",
    ]


def test_a_customer_whose_rows_contradict_each_other_is_left_out_and_told() -> None:
    labels = outcomes_as_of(labelled(who=["a", "a", "b", "b"], churn=["Yes", "No", "Yes", "Yes"]), AS_OF)
    assert labels.frame.rows() == [("b", True)]
    (finding,) = labels.findings
    assert (finding.id, finding.count, finding.examples) == ("contradicting-outcomes", 1, ("a",))


def test_a_project_without_outcomes_is_told_what_to_write() -> None:
    with pytest.raises(ScorewellError, match="the project names no outcomes") as caught:
        outcomes_as_of(attrs.evolve(labelled(who=["a"], churn=["Yes"]), outcomes=None), AS_OF)
    assert caught.value.hint == """outcomes: {source: crm, outcome: "Churn = 'Yes'"}"""


def test_a_column_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(ScorewellError, match=r"outcomes: labels.*: no column 'churn'; it has who, left"):
        outcomes_as_of(labelled(who=["a"], left=["Yes"]), AS_OF)


def test_a_table_with_a_time_is_refused() -> None:
    dated = Table(customer=CustomerKey(column=Column("who")), time=Column("day"))
    with pytest.raises(
        ScorewellError, match=r"labels .* has a time, and this version cannot train on outcomes with dates"
    ):
        outcomes_as_of(labelled(who=["a"], churn=["Yes"], day=["2026-01-01"], table=dated), AS_OF)
