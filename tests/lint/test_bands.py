"""Gaps between steps, steps and bands that are never reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import attrs
import polars as pl
import pytest
from tests.lint.conftest import project_with
from tests.support.linted import carded, normalized

from scorewell.api.v1 import Doubt, Inputs, Level, Normalizer, Statistics, frozen, setting
from scorewell.configuration import ScoredMetric
from scorewell.lint import lint

NORMALIZER = "scorecards.main.metrics.logins.normalizer"


def test_the_good_form_has_no_findings(linted):
    assert linted() == []


@pytest.mark.parametrize(
    ("steps", "gap"),
    [
        ("{'< 1': 0, '> 1': 100}", "1"),
        ("{'< 1': 0, '< 5': 100}", "5 and above"),
        ("{'< 1': 0, '<= 5': 100}", "above 5"),
        ("{'> 5': 100}", "5 and below"),
        ("{'>= 5': 100}", "below 5"),
        ("{'< 1': 0, '>= 3': 100}", "between 1 and 3, 3 excluded"),
        ("{'<= 1': 0, '> 3': 100}", "between 1 and 3, 1 excluded"),
        ("{'<= 1': 0, '>= 3': 100}", "between 1 and 3, both excluded"),
        ("{'< 1': 0, '> 3': 100}", "between 1 and 3"),
        ("{'< 20%': 0, '> 20%': 100}", "0.2"),
    ],
)
def test_values_that_no_step_takes_are_a_gap(linted, steps, gap):
    # A single step gives all customers the same score: that is told of the bands.
    told = [one for one in linted(**normalized(f"{{steps: {steps}}}")) if not one.startswith("band-out-of-reach")]
    assert told == [f"gap {NORMALIZER}: steps: no step takes {gap}"]


@pytest.mark.parametrize(
    "steps",
    [
        "{'< 1': 0, '>= 1': 100}",
        "{'<= 1': 0, '> 1': 100}",
        "{'< 1': 0, '= 1': 50, '> 1': 100}",
        "{'< 1': 0, '> 1': 100, else: 50}",
        "{'> 5': 100, '> 3': 0, else: none}",
        "{'>= 5': 100, '>= 1': 50, '< 1': 0}",
    ],
)
def test_steps_that_meet_have_no_gap(linted, steps):
    assert linted(**normalized(f"{{steps: {steps}}}")) == []


def test_a_step_whose_values_are_taken_before_is_never_reached(linted):
    assert linted(**normalized("{steps: {'< 5': 0, '< 3': 50, else: 100}}")) == [
        f"never-reached {NORMALIZER}: steps: the steps before '< 3' take all its values"
    ]


def test_a_gap_deep_inside_another_normalizer_is_found(linted):
    inner = "{type: steps, steps: {'< 1': 0, '> 1': 100}}"
    told = linted(**normalized(f"{{cases: [{{when: seats > 5, normalizer: {inner}}}, {{normalizer: percentile}}]}}"))
    assert told == [f"gap {NORMALIZER}.cases.1.normalizer: steps: no step takes 1"]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            "bands: [{name: a, up_to: 40}, {name: b, up_to: 40.5}, {name: c, up_to: 100}]",
            "bands.2: no score can be b: scores are whole numbers, and there is none between 40 and 40.5",
        ),
        (
            "bands: [{name: a, from: 0}, {name: b, from: 40.2}, {name: c, from: 40.9}]",
            "bands.2: no score can be b: scores are whole numbers, and there is none between 40.2 and 40.9",
        ),
        (
            "scale: [0, 1], precision: 1, bands: [{name: a, up_to: 0.51}, {name: b, up_to: 0.59}, {name: c, up_to: 1}]",
            "bands.2: no score can be b: scores are numbers of 1 decimals, and there is none between 0.51 and 0.59",
        ),
        (
            "adjustments: [{at_most: 70, because: x}]",
            "bands.3: no score can be healthy: its adjustments keep it within 0 and 70",
        ),
        (
            "adjustments: [{at_least: 41, because: x}]",
            "bands.1: no score can be at_risk: its adjustments keep it within 41 and 100",
        ),
    ],
)
def test_a_band_that_no_score_can_reach_is_told(linted, settings, told):
    assert linted(**carded(settings)) == [f"band-out-of-reach scorecards.main.{told}"]


@pytest.mark.parametrize(
    ("normalizer", "told"),
    [
        ("{steps: {'< 1': 50, else: 100}}", ["bands.1: no score can be at_risk"]),
        ("{steps: {'< 1': 0, else: 40}}", ["bands.2: no score can be stable", "bands.3: no score can be healthy"]),
        ("{steps: {'< 1': 0, else: 41}}", ["bands.3: no score can be healthy"]),
        ("{steps: {'< 1': 0, '< 2': none, else: 100}}", []),
        ("{categories: {a: 10, else: 60}}", ["bands.3: no score can be healthy"]),
        (
            "{cases: [{when: seats > 5, normalizer: {steps: {else: 20}}},{normalizer: {steps: {'< 1': 0, else: 60}}}]}",
            ["bands.3: no score can be healthy"],
        ),
    ],
)
def test_a_band_beyond_what_normalizers_give_is_told(linted, normalizer, told):
    found = linted(**normalized(normalizer))
    assert [one.partition(": its")[0] for one in found if one.startswith("band-out-of-reach")] == [
        f"band-out-of-reach scorecards.main.{each}" for each in told
    ]


def test_what_is_filled_in_and_what_an_aggregator_gives_itself_can_be_reached(linted):
    given = "{steps: {'< 1': 60, else: 100}}"
    bands = [one for one in linted(**normalized(given)) if "band-out-of-reach" in one]
    assert len(bands) == 1
    filled = f"\nmain: {{metrics: {{logins: {{missing: worst, normalizer: {given}}}}}}}"
    assert [one for one in linted(scorecards=filled) if "band-out-of-reach" in one] == []
    rules = "rules: [{when: logins < 70, score: 20}, {score: weighted_average}]"
    ruled = f"\nmain: {{aggregator: {{{rules}}}, metrics: {{logins: {{normalizer: {given}}}}}}}"
    assert [one for one in linted(scorecards=ruled) if "band-out-of-reach" in one] == []


@pytest.mark.parametrize(
    "settings",
    [
        "bands: [{name: a, up_to: 40}, {name: b, up_to: 41}, {name: c, up_to: 100}]",
        "precision: 1, bands: [{name: a, up_to: 40}, {name: b, up_to: 40.5}, {name: c, up_to: 100}]",
        "precision: none, bands: [{name: a, up_to: 40}, {name: b, up_to: 40.5}, {name: c, up_to: 100}]",
        "adjustments: [{when: seats > 5, at_most: 70, because: x}]",
        "adjustments: [{at_most: 70, because: x}, {when: seats > 5, replace: 100, because: y}]",
        "adjustments: [{at_most: 70, because: x}, {add: 1, because: y}]",
        "adjustments: [{at_most: 70.5, because: x}]",
        "bands: [{name: a, from: 0}, {name: b, from: 40}]",
    ],
)
def test_a_band_that_some_score_can_reach_is_not_told(linted, settings):
    assert linted(**carded(settings)) == []


@pytest.mark.parametrize(
    ("hysteresis", "wide"),
    [
        ("{points: 29}", []),
        ("{points: 30}", ["at_risk … stable", "healthy … stable", "stable … healthy"]),
        ("{readings: 9}", []),
        ("{leave: {at_risk: {above: 69}, healthy: {below: 41}}}", []),
        ("{leave: {healthy: {below: 40}}}", ["healthy … stable"]),
    ],
)
def test_a_band_that_is_kept_over_all_of_its_neighbour_is_told(linted, hysteresis, wide):
    at = "hysteresis-too-wide scorecards.main.hysteresis: a customer in "
    found = [one.removeprefix(at) for one in linted(**carded(f"hysteresis: {hysteresis}"))]
    assert sorted(one.replace("stays there over all of", "…") for one in found) == wide


@frozen
class Doubting(Normalizer):
    name = "doubting"

    doubted: Callable[[], Iterator[Doubt]] = setting("what it doubts")

    def rises(self) -> bool | None:
        raise LookupError("nobody knows")

    def doubts(self) -> Iterator[Doubt]:
        return self.doubted()

    def normalize(self, value: pl.Expr, inputs: Inputs, statistics: Statistics) -> pl.Expr:
        return value


@pytest.mark.parametrize(
    ("doubted", "cause"),
    [
        (
            lambda: iter((Doubt("hole", "nothing is between"),)),
            "ValueError: a doubt of the id 'hole': expected gap or never-reached",
        ),  # type: ignore[arg-type] # a mistaken plugin
        (lambda: 1 // 0, "ZeroDivisionError: "),
    ],
)
def test_a_component_that_fails_to_say_what_it_doubts_is_told_and_the_others_are_looked_at(
    tmp_path: Path, doubted: Callable[[], Iterator[Doubt]], cause: str
) -> None:
    project = project_with(tmp_path, metrics="\nlogins: {source: usage, measure: count(*)}\nlost: {sql: logins}")
    card = project.scorecards["main"]
    normalizer = Doubting(doubted=doubted)
    doubtful = attrs.evolve(card, metrics={"logins": ScoredMetric(normalizer=normalizer)})
    found = lint(attrs.evolve(project, scorecards={"main": doubtful}), date(2026, 3, 1))
    assert {each.id for each in found} == {"mistake", "unused-metric"}
    (told,) = [each for each in found if each.id == "mistake"]
    assert (told.level, told.where) == (Level.ERROR, NORMALIZER)
    assert told.message.startswith(f"doubting failed while looking for doubts: {cause}")
