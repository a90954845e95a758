"""Scorecards that score nobody."""

from __future__ import annotations

import pytest

NORMALIZED = "{logins: {normalizer: {linear: {from: 0, to: 10}}}}"
MAIN = f"\nmain: {{metrics: {NORMALIZED}}}"
OTHER = f"{MAIN}\nother: {{metrics: {NORMALIZED}}}"
TOLD = ["unused-scorecard scorecards.other: no segment leads to other: it scores nobody"]


def test_a_scorecard_that_no_segment_leads_to_is_told(linted):
    assert linted(scorecards=OTHER) == TOLD


def test_a_scorecard_that_stands_beside_several_scores_is_told(linted):
    moods = f"\nmoods: {{metrics: {NORMALIZED}}}"
    scores = "\nhealth: {scorecard: main}\nmood: {segments: {all: {scorecard: moods}}}"
    assert linted(scorecards=f"{OTHER}{moods}", scores=scores, segments="") == TOLD


def test_a_scorecard_is_not_used_by_extending_another(linted):
    assert linted(scorecards=f"{MAIN}\nother: {{extends: main, minimum_coverage: 10%}}") == TOLD


@pytest.mark.parametrize(
    "sections",
    [
        {"scorecards": OTHER, "segments": "\na: {when: seats > 5, scorecard: main}\nb: {scorecard: other}"},
        {
            "scorecards": OTHER,
            "stages": "\nyoung: seats > 5\nold: otherwise",
            "segments": "\na: {scorecard: {young: main, old: other}}",
        },
        {
            "scorecards": OTHER,
            "scores": "\nhealth: {scorecard: main}\nmood: {scorecard: other}",
            "segments": "",
        },
        {"scorecards": f"{MAIN}\nother: {{extends: main, status: draft, replaces: main}}"},
        {"scorecards": f"{MAIN}\nother: {{extends: main, replaces: main, effective_from: 2027-01-01}}"},
        {"scorecards": f"\nother: {{metrics: {NORMALIZED}}}\nmain: {{extends: other, minimum_coverage: 10%}}"},
    ],
)
def test_a_scorecard_that_scores_somebody_or_will_or_is_built_upon_is_not(linted, sections):
    assert linted(**sections) == []
