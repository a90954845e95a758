"""Weights that mislead."""

from __future__ import annotations

from tests.support.linted import weighted


def test_a_part_that_weighs_nothing_is_told(linted):
    told = "zero-weight scorecards.main.metrics.b.weight: b weighs 0 and moves no score"
    assert linted(**weighted({"a": 1, "b": 0})) == [told]


def test_a_metric_of_less_than_a_point_is_told(linted):
    assert linted(**weighted({"a": 199, "b": 1})) == [
        "light-metric scorecards.main.metrics.b: b can move the score by 0.5 of 100 points at most"
    ]


def test_a_metric_of_a_point_is_not_told(linted):
    assert linted(**weighted({"a": 99, "b": 1})) == []


def test_several_of_less_than_a_point_in_one_place_are_one_finding(linted):
    assert linted(**weighted({"a": 999, "b": 1, "c": 2})) == [
        "light-metric scorecards.main.metrics: 2 metrics can each move the score by 0.2 of 100 points at most: b, c"
    ]


def test_under_a_minimum_a_small_weight_says_nothing(linted):
    assert linted(**weighted({"a": 199, "b": 1}, aggregator="minimum")) == []


def test_weights_need_not_add_up_to_anything(linted):
    assert linted(**weighted({"a": 33, "b": 30, "c": 30})) == []


def test_shares_are_of_the_whole_score_down_the_tree(linted):
    metrics = "\na: {source: usage, measure: count(*), window: 1d}\nb: {source: usage, measure: count(*), window: 2d}"
    parts = "metrics: {{{0}: {{weight: {1}, normalizer: percentile}}}}"
    inner = f"inner: {{weight: 1, dimensions: {{x: {{weight: 1, {parts.format('b', 1)}}}}}}}"
    outer = f"outer: {{weight: 150, {parts.format('a', 1)}}}"
    assert linted(metrics=metrics, scorecards=f"\nmain: {{dimensions: {{{inner}, {outer}}}}}") == [
        (
            "light-metric scorecards.main.dimensions.inner.dimensions.x.metrics.b: "
            "b can move the score by 0.66 of 100 points at most"
        )
    ]


def test_a_pulse_above_a_fifth_is_told(linted):
    assert linted(**weighted({"a": 3, "csm_pulse": 1})) == [
        "heavy-pulse scorecards.main.metrics.csm_pulse: csm_pulse is 25% of the score"
    ]


def test_two_pulses_count_together(linted):
    assert linted(**weighted({"a": 70, "pulse": 15, "pulse_of_cto": 15})) == [
        "heavy-pulse scorecards.main.metrics.pulse: pulse and pulse_of_cto is 30% of the score"
    ]


def test_a_pulse_of_a_fifth_and_a_word_that_only_contains_it_are_not_told(linted):
    assert linted(**weighted({"a": 4, "pulse": 1})) == []
    assert linted(**weighted({"a": 1, "impulses": 1})) == []


def test_whatever_is_measured_of_the_table_of_pulses_is_one(linted):
    heavy = "heavy-pulse scorecards.main.metrics.a: a is 100% of the score"
    assert heavy not in linted(**weighted({"a": 1}))
    assert heavy in linted(**weighted({"a": 1}), pulse="{source: usage}")


def test_a_pulse_that_is_in_no_score_still_stands_beside_it(linted):
    assert linted(**weighted({"a": 1}), pulse="{}") == []
