"""Scores that settings of components hold lie in the scale of the scorecard that they stand in."""

from __future__ import annotations

import pytest

STEPS = '{steps: {"< 2": 50, "= 3": none, else: 5}}'


@pytest.mark.parametrize(
    ("scorecard", "told"),
    [
        (f"{{metrics: {{logins: {{normalizer: {STEPS}}}}}}}", []),
        (
            f"{{scale: [0, 10], metrics: {{logins: {{normalizer: {STEPS}}}}}}}",
            [".metrics.logins.normalizer.steps.< 2: 50 is outside the scale of 0 to 10"],
        ),
        (
            f"{{scale: [0, 10], metrics: {{logins: {{normalizer: {{cases: [{{normalizer: {STEPS}}}]}}}}}}}}",
            [".metrics.logins.normalizer.cases.1.normalizer.steps.< 2: 50 is outside the scale of 0 to 10"],
        ),
        (
            "{metrics: {logins: {normalizer: {categories: {a: -1, b: none, else: 0}}}}}",
            [".metrics.logins.normalizer.categories.a: -1 is outside the scale of 0 to 100"],
        ),
        (
            (
                "{aggregator: {rules: [{when: logins < 5, score: 400}, {score: minimum}]},"
                " metrics: {logins: {normalizer: {categories: {else: 0}}}}}"
            ),
            [".aggregator.rules.1.score: 400 is outside the scale of 0 to 100"],
        ),
    ],
)
def test_points_outside_the_scale_are_refused_at_their_place(said, scorecard, told):
    assert said(scorecards=f"{{main: {scorecard}}}") == [f"scorecards.main{each}" for each in told]
