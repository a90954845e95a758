"""Several scores: each leads to scorecards of its own, in exactly one way."""

import pytest

CARDS = """
main: {metrics: {logins: {normalizer: acme.flat}}}
use: {metrics: {logins: {normalizer: acme.flat}}}
"""


@pytest.mark.parametrize(
    ("scores", "told"),
    [
        ("health: {scorecard: mian}", "scores.health.scorecard: unknown scorecard 'mian', did you mean 'main'?"),
        ("health: {scorcard: main}", "scores.health: unknown setting 'scorcard', did you mean 'scorecard'?"),
        (
            "health: {}",
            ("scores.health: expected exactly one of segments and scorecard (for everybody), got neither"),
        ),
        (
            "health: {scorecard: main, segments: {all: {scorecard: main}}}",
            "scores.health: expected exactly one of segments and scorecard (for everybody), got both",
        ),
        ("health: {segments: {}}", "scores.health.segments: expected at least one segment"),
        (
            "health: {segments: {large: {when: plna = 'L', scorecard: main}}}",
            (
                "scores.health.segments.large.when: unknown name 'plna' among roles, attributes and metrics, did you"
                " mean 'plan'?"
            ),
        ),
        (
            "health: {scorecard: main}\nadoption: {scorecard: main}",
            (
                "scores.adoption.scorecard: scorecard 'main' is used in the score 'health' already: give each score its"
                " own"
            ),
        ),
        (
            "the health: {scorecard: main}",
            "scores.the health: the name of a score is letters, digits and underscores, not 'the health'",
        ),
        ("{}", "scores: expected at least one score"),
    ],
)
def test_a_mistaken_score_is_told(said, scores, told):
    assert said(scores=f"\n{scores}", segments=None, scorecards=CARDS) == [told]


def test_segments_and_scores_together_are_told(said):
    told = said(scores="\nhealth: {scorecard: main}", scorecards=CARDS)
    assert told == ["segments: expected either segments or scores: each of several scores has its own segments"]


def test_neither_segments_nor_scores_is_told(said):
    assert said(segments=None) == ["missing setting 'segments': which customers get which scorecard"]


def test_a_misspelt_scores_is_told_once(said):
    told = said(segments=None, score="\nhealth: {scorecard: main}", scorecards=CARDS)
    assert told == ["unknown setting 'score', did you mean 'scores'?"]


def test_a_segment_may_be_called_the_same_in_several_scores(said):
    scores = "\nhealth: {segments: {all: {scorecard: main}}}\nadoption: {segments: {all: {scorecard: use}}}"
    assert said(scores=scores, segments=None, scorecards=CARDS) == []
