"""Aggregators that learn from outcomes, and nothing to learn from."""

from __future__ import annotations

from datetime import date

import attrs
import polars as pl
import pytest
from tests.support.measured_project import InMemory
from tests.support.scorecards import dimension, project, scorecard, scored

from scorewell.api.v1 import Column, Condition, Expression, Table
from scorewell.configuration import Outcomes, SourceTables
from scorewell.lint import lint
from scorewell_standard.aggregators import WeightedAverage


class Learner(WeightedAverage):
    """A weighted average that says it learns."""

    name = "learner"
    learns = True


TOLD = "nothing-to-learn-from scorecards.card.dimensions.usage.aggregator"
SAYS = "learner learns from outcomes, but the project names none"


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [(None, [f"{TOLD}: {SAYS}"]), (Outcomes(source="crm", outcome=Condition("left")), [])],
)
def test_a_model_without_outcomes_is_told_at_its_place(outcomes: Outcomes | None, told: list[str]) -> None:
    usage = dimension(Learner(), metrics={"logins": scored()})
    made = attrs.evolve(project(scorecard(dimensions={"usage": usage})), outcomes=outcomes)
    found = lint(made, date(2026, 3, 1))
    assert [f"{each.id} {each.where}: {each.message}" for each in found] == told


def test_a_model_has_nothing_to_learn_from_outcomes_with_a_date() -> None:
    usage = dimension(Learner(), metrics={"logins": scored()})
    made = project(scorecard(dimensions={"usage": usage}))
    churn = SourceTables(plugin=InMemory(frame=pl.DataFrame()), tables={"": Table(time=Column("day"))})
    outcomes = Outcomes(source="churn", outcome=Expression("'churned'"))
    made = attrs.evolve(made, sources={"churn": churn}, outcomes=outcomes)
    (found,) = [each for each in lint(made, date(2026, 3, 1)) if each.id == "nothing-to-learn-from"]
    assert (
        found.message
        == "learner learns from outcomes, but churn has a time, and models cannot learn from dated outcomes"
    )
