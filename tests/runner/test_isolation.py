"""A run with a broken normalizer and a broken aggregator: told, marked, and the rest delivered."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import attrs
import polars as pl
import pytest
from tests.support.small_project import Remembering, card, dimension, latest, project, scored

from scorewell.api.v1 import (
    Aggregator,
    Combination,
    Condition,
    Inputs,
    Level,
    Normalizer,
    Parts,
    Statistics,
    frozen,
)
from scorewell.cli.commands.run import exit_code
from scorewell.cli.exit_codes import ExitCode
from scorewell.configuration import Project, ScoredMetric, Segment
from scorewell.runner import run
from scorewell.runner.explanation import explain
from scorewell_standard.aggregators import WeightedAverage

AS_OF = datetime(2026, 3, 1, tzinfo=ZoneInfo("Europe/Berlin"))
CUSTOMERS = {
    "id": ["a", "b", "c"],
    "plan": ["L", "L", "S"],
    "usage": [100.0, 50.0, 20.0],
    "visits": [80.0, 60.0, 40.0],
    "calls": [10.0, 20.0, 30.0],
}


@frozen
class Stumbling(Normalizer):
    """Fails when it is computed."""

    name = "stumbling"

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        def predict(column: pl.Series) -> pl.Series:
            raise LookupError("no such customer")

        return value.map_batches(predict, return_dtype=pl.Float64)


@frozen
class Undecided(Aggregator):
    """Fails when it is asked."""

    name = "undecided"

    def combine(self, parts: Parts, reference: float) -> Combination:
        raise KeyError("plan")


BROKEN = card(
    dimensions={"depth": dimension(aggregator=Undecided(), metrics={"usage": scored()})},
    metrics={"visits": scored(), "calls": ScoredMetric(normalizer=Stumbling(), missing="neutral")},
    minimum_coverage=0.0,
)


@pytest.fixture
def sink() -> Remembering:
    return Remembering()


@pytest.fixture
def made(sink: Remembering) -> Project:
    shown = {name: attrs.evolve(latest(name), audience="customer") for name in ("usage", "visits", "calls")}
    return project(
        CUSTOMERS,
        BROKEN,
        metrics=shown,
        scorecards={"broken": BROKEN, "standard": card(metrics={"usage": scored(), "visits": scored()})},
        segments={
            "large": Segment(when=Condition("plan = 'L'"), scorecard="broken"),
            "small": Segment(scorecard="standard"),
        },
        sinks=(sink,),
    )


def test_the_rest_is_delivered_and_the_exit_code_says_that_something_failed(made: Project, sink: Remembering) -> None:
    result = run(made, as_of=AS_OF)
    assert len(sink.runs) == len(result.receipts) == 1
    assert result.scores.select("customer_id", "score", "status").rows() == [
        ("a", 80, "error"),
        ("b", 60, "error"),
        ("c", 30, "scored"),
    ]
    assert exit_code(result) is ExitCode.DATA


@frozen
class Doubled(Aggregator):
    """Says of each part that it weighs twice what it does."""

    name = "doubled"

    def combine(self, parts: Parts, reference: float) -> Combination:
        made = WeightedAverage().combine(parts, reference)
        return attrs.evolve(made, weights=tuple(weight * 2 for weight in made.weights))


def test_contributions_that_do_not_add_up_are_told(made: Project) -> None:
    wrong = card(metrics={"usage": scored(), "visits": scored()}, aggregator=Doubled())
    result = run(attrs.evolve(made, scorecards={**made.scorecards, "standard": wrong}), as_of=AS_OF)
    (found,) = [each for each in result.findings if each.id == "not-explained"]
    # c has 30 of 100: twice the 70 points that are lost are 70 too many.
    assert (found.where, found.count, found.examples) == ("scorecards.standard", 1, ("c",))
    assert "by up to 70 points" in found.message
    assert exit_code(result) is ExitCode.DATA


def test_where_all_adds_up_nothing_is_told(made: Project) -> None:
    assert not [each for each in run(made, as_of=AS_OF).findings if each.id == "not-explained"]


def test_each_failure_is_a_finding_at_its_place(made: Project) -> None:
    found = [(each.level, each.where, each.message) for each in run(made, as_of=AS_OF).findings]
    assert [each[:2] for each in found] == [
        (Level.ERROR, "scorecards.broken.calls"),
        (Level.ERROR, "scorecards.broken.depth"),
    ]
    assert found[0][2].startswith("normalizer 'stumbling' (tests) failed: ")
    assert "LookupError: no such customer" in found[0][2]
    assert found[1][2] == "aggregator 'undecided' (tests) failed: KeyError: 'plan'"


@pytest.mark.parametrize("audience", ["internal", "customer"])
def test_reports_are_made_for_everybody(made: Project, audience: str) -> None:
    pages = {page.path for page in run(made, as_of=AS_OF).reports(audience)}  # type: ignore[arg-type]  # two literals
    assert {"customers/a.html", "customers/b.html", "customers/c.html"} <= pages


def test_a_report_does_not_say_that_a_broken_metric_does_not_apply(made: Project) -> None:
    [page] = [page for page in run(made, as_of=AS_OF).reports("internal") if page.path == "customers/a.html"]
    assert "could not be read" in page.content
    assert "does not apply" not in page.content


def test_an_explanation_says_which_component_failed(made: Project) -> None:
    explanation = explain(made, "a", as_of=AS_OF)
    assert (explanation.score, explanation.status) == (80, "error")
    assert explanation.root is not None
    remarks = {part.path: part.remark or "" for part in explanation.root.parts}
    assert remarks["depth"].startswith("aggregator 'undecided' (tests) failed")
    assert remarks["calls"].startswith("normalizer 'stumbling' (tests) failed")
    assert {part.path: part.normalized for part in explanation.root.parts} == {
        "depth": None,
        "visits": 80.0,
        "calls": None,
    }


def test_an_explanation_of_a_broken_root_has_a_tree() -> None:
    whole = card(aggregator=Undecided(), metrics={"usage": scored(), "visits": scored(), "calls": scored()})
    explanation = explain(project(CUSTOMERS, whole), "a", as_of=AS_OF)
    assert (explanation.score, explanation.status) == (None, "error")
    assert explanation.root is not None
    assert (explanation.root.remark or "").startswith("aggregator 'undecided'")
