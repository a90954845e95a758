"""Scorecards that say how they learn, and learn nothing."""

from __future__ import annotations

from datetime import date

import pytest
from tests.lint.conftest import Linted
from tests.support.linted import carded
from tests.support.scorecards import dimension, project, scorecard, scored

from scorewell.lint import lint
from scorewell_standard.aggregators import WeightedAverage

NOTHING = "nothing in it compares customers, and so {} changes nothing"


class Learner(WeightedAverage):
    """A weighted average that says it learns."""

    name = "learner"
    learns = True


@pytest.mark.parametrize("setting", ["refit: monthly", "refit: never", "fit_on: all"])
def test_how_a_scorecard_learns_that_compares_nobody_is_told_at_the_setting(linted: Linted, setting: str) -> None:
    name = setting.partition(":")[0]
    assert linted(**carded(setting)) == [f"learns-nothing scorecards.main.{name}: {NOTHING.format(name)}"]


@pytest.mark.parametrize("setting", ["refit: every_run", "fit_on: segment"])
def test_what_holds_without_saying_it_is_nothing_to_tell(linted: Linted, setting: str) -> None:
    assert linted(**carded(setting)) == []


@pytest.mark.parametrize(
    "normalizer",
    [
        "percentile",
        "{type: percentile, fallback: {linear: {from: 0, to: 10}}}",
        "{cases: [{when: trial, normalizer: {linear: {from: 0, to: 10}}}, {normalizer: percentile}]}",
    ],
)
def test_a_scorecard_that_compares_customers_may_say_how(linted: Linted, normalizer: str) -> None:
    card = f"\nmain: {{metrics: {{logins: {{normalizer: {normalizer}}}}}, refit: monthly, fit_on: all}}"
    assert linted(scorecards=card) == []


def test_what_is_relative_to_the_segment_has_a_period_but_is_compared_with_nobody_else(linted: Linted) -> None:
    measure = "{type: change, of: count(*), against: previous, relative_to: segment}"
    relative = f"\nlogins: {{source: usage, measure: {measure}, window: 30d}}"
    assert linted(metrics=relative, **carded("refit: monthly")) == []
    (told,) = linted(metrics=relative, **carded("fit_on: all"))
    assert told.startswith("learns-nothing scorecards.main.fit_on: what is relative to the segment")


@pytest.mark.parametrize(("refit", "told"), [("monthly", ["scorecards.card.refit"]), ("never", [])])
def test_a_model_is_not_trained_by_runs_and_stays_as_it_is(refit: str, told: list[str]) -> None:
    usage = dimension(Learner(), metrics={"logins": scored()})
    made = project(scorecard(dimensions={"usage": usage}, refit=refit))
    found = [each for each in lint(made, date(2026, 3, 1)) if each.id == "learns-nothing"]
    assert [each.where for each in found] == told


def test_what_a_scorecard_has_from_another_is_told_once(linted: Linted) -> None:
    cards = """
        main: {metrics: {logins: {normalizer: {type: linear, from: 0, to: 10}}}, refit: monthly}
        trial: {extends: main, precision: 1}
        """
    everyone = "\ntrials: {when: trial, scorecard: trial}\neveryone: {scorecard: main}"
    (told,) = linted(scorecards=cards, segments=everyone)
    assert told.startswith("learns-nothing scorecards.main.refit: ")
