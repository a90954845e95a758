"""Metrics that nothing uses, that measure the same, or that contradict their normalizer."""

from __future__ import annotations

import pytest
from tests.support.linted import normalized

LOGINS = "\nlogins: {source: usage, measure: count(*), window: 30d}"


def test_a_metric_that_nothing_uses_is_told(linted):
    assert linted(metrics=f"{LOGINS}\nminutes: {{source: usage, measure: sum(minutes)}}") == [
        "unused-metric metrics.minutes: nothing uses minutes"
    ]


MINUTES = f"{LOGINS}\nminutes: {{source: usage, measure: sum(minutes)}}"
ADJUSTMENT = "adjustments: [{when: minutes > 1, add: 1, because: x}]"
CARD = "metrics: {{logins: {{normalizer: {{linear: {{from: 0, to: {to}}}}}{when}}}}}"


@pytest.mark.parametrize(
    "sections",
    [
        {
            "metrics": f"{MINUTES}\nlength: {{sql: minutes / logins}}",
            "segments": "\na: {when: length > 1, scorecard: main}",
        },
        {"metrics": MINUTES, "segments": "\na: {when: minutes > 1, scorecard: main}"},
        {"metrics": MINUTES, "stages": "\nyoung: minutes < 5\nold: otherwise"},
        {"metrics": MINUTES, "scorecards": f"\nmain: {{{CARD.format(to=5, when=', when: minutes > 5')}}}"},
        {"metrics": MINUTES, "scorecards": f"\nmain: {{{CARD.format(to='minutes * 2', when='')}}}"},
        {
            "metrics": MINUTES,
            "scorecards": f"\nmain: {{{CARD.format(to=5, when='')}, {ADJUSTMENT}}}",
        },
    ],
)
def test_a_metric_that_something_names_is_used(linted, sections):
    assert linted(**sections) == []


def test_two_metrics_of_one_definition_are_told(linted):
    twice = f"{LOGINS}\nsessions: {{source: usage, measure: count(*), window: 30d, label: Sessions}}"
    assert linted(metrics=f"{twice}\nboth: {{sql: sessions + logins}}", stages="\na: both > 1\nb: otherwise") == [
        "duplicate-metric metrics.sessions: sessions measures the same as logins"
    ]


@pytest.mark.parametrize("other", ["window: 31d", "window: 30d, where: a > 1", "window: 30d, min_rows: 2"])
def test_metrics_that_differ_in_anything_are_no_duplicates(linted, other):
    metrics = f"{LOGINS}\nsessions: {{source: usage, measure: count(*), {other}}}"
    assert linted(metrics=metrics, stages="\na: sessions > 1\nb: otherwise") == []


PLACE = "against-better scorecards.main.metrics.logins.normalizer"


@pytest.mark.parametrize(
    ("normalizer", "better", "told"),
    [
        (
            "{linear: {from: 0, to: 5}}",
            "lower",
            "higher values get more points from linear, and logins says better: lower",
        ),
        (
            "{linear: {from: 5, to: 0}}",
            "higher",
            "higher values get fewer points from linear, and logins says better: higher",
        ),
        (
            "{linear: {from: 5, to: 0}}",
            None,
            "higher values get fewer points from linear, and logins does not say better: lower",
        ),
        (
            "{curve: {good: 9, ok: 4}}",
            "lower",
            "higher values get more points from curve, and logins says better: lower",
        ),
        ("nps", "lower", "higher values get more points from nps, and logins says better: lower"),
        (
            "{decay: {half_life: 3}}",
            None,
            "higher values get fewer points from decay, and logins does not say better: lower",
        ),
        (
            "{steps: {'< 1': 0, '< 5': 50, else: 100}}",
            "lower",
            "higher values get more points from steps, and logins says better: lower",
        ),
        (
            "{own_baseline: {from: 2, to: 1}}",
            "higher",
            "higher values get fewer points from own_baseline, and logins says better: higher",
        ),
        (
            "{steps: {'>= 5': 0, '>= 1': 50, else: 100}}",
            "higher",
            "higher values get fewer points from steps, and logins says better: higher",
        ),
    ],
)
def test_a_direction_against_better_is_told(linted, normalizer, better, told):
    assert linted(**normalized(normalizer, better)) == [f"{PLACE}: {told}"]


@pytest.mark.parametrize(
    ("normalizer", "better"),
    [
        ("{linear: {from: 5, to: 0}}", "lower"),
        ("{linear: {from: 0, to: 5}}", None),
        ("{linear: {from: 0, to: seats}}", "lower"),
        ("percentile", "lower"),
        ("{curve: {good: 1, ok: 4}}", "lower"),
        ("{decay: {half_life: 3}}", "lower"),
        ("own_baseline", "lower"),
        ("{own_baseline: {from: 2, to: 1}}", "lower"),
        ("{steps: {'< 1': 0, '< 5': 100, else: 50}}", "lower"),
        ("{steps: {'< 1': 50, else: 50}}", "lower"),
        ("{cases: [{when: seats > 1, normalizer: {linear: {from: 0, to: 5}}}]}", "lower"),
    ],
)
def test_a_direction_that_agrees_or_is_not_known_is_not_told(linted, normalizer, better):
    assert [one for one in linted(**normalized(normalizer, better)) if not one.startswith("band-out-of-reach")] == []
