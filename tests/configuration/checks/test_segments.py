"""Segments lead to scorecards, for every stage."""

import pytest

STAGES = "\nyoung: seats < 5\nold: otherwise"


@pytest.mark.parametrize(
    ("segments", "told"),
    [
        ("everyone: {scorecard: mian}", "segments.everyone.scorecard: unknown scorecard 'mian', did you mean 'main'?"),
        ("everyone: {}", "segments.everyone: missing setting 'scorecard': a scorecard, or one per stage"),
        ("everyone: {scorecard: 5}", "segments.everyone.scorecard: expected text or settings, got the number 5"),
        (
            "everyone: {scorecard: {yuong: main, young: main, old: main}}",
            "segments.everyone.scorecard.yuong: unknown stage 'yuong', did you mean 'young'?",
        ),
        ("everyone: {scorecard: {young: main}}", "segments.everyone.scorecard: no scorecard for the stage 'old'"),
        (
            "everyone: {scorecard: {young: main, old: mian}}",
            "segments.everyone.scorecard.old: unknown scorecard 'mian', did you mean 'main'?",
        ),
        (
            "Every One: {scorecard: main}",
            "segments.Every One: the name of a segment is letters, digits and underscores, not 'Every One'",
        ),
        ("{}", "segments: expected at least one segment"),
    ],
)
def test_a_mistaken_segment_is_told(said, segments, told):
    assert said(segments=f"\n{segments}", stages=STAGES) == [told]


@pytest.mark.parametrize(
    ("stages", "told"),
    [
        ("young: ", "stages.young: expected an SQL condition, got nothing"),
        ("young: [a]", "stages.young: expected an SQL condition, got a list: put the whole text in quotes"),
        (
            "so-young: otherwise",
            "stages.so-young: the name of a stage is letters, digits and underscores, not 'so-young'",
        ),
    ],
)
def test_a_mistaken_stage_is_told(said, stages, told):
    assert said(stages=f"\n{stages}") == [told]
