"""``relative_to: segment``: beside a measure's settings or in the metric, and nowhere else."""

import pytest

CHANGE = "{type: acme.versus, of: acme.touched, relative_to: segment}"


def metrics(measure, more="window: 30d", derived=""):
    """The section with one measured metric, and maybe another derived from it."""
    return {"metrics": f"\nlogins: {{source: usage, measure: {measure}, {more}}}{derived}"}


@pytest.mark.parametrize(
    ("measure", "more"),
    [
        (CHANGE, "window: 30d"),
        ("{acme.versus: {of: acme.touched, relative_to: segment}}", "window: 30d"),
        ("{acme.versus: {of: acme.touched}, relative_to: segment}", "window: 30d"),
        ("acme.touched", "relative_to: segment"),
        ("count(*)", "relative_to: segment"),
    ],
)
def test_a_metric_is_relative_to_the_segment(folder, measure, more):
    assert folder.project(**metrics(measure, more)).load().metrics["logins"].relative_to == "segment"


def test_a_metric_is_relative_to_nothing_unless_it_says_so(folder):
    assert folder.project(**metrics("acme.touched")).load().metrics["logins"].relative_to is None


def test_it_is_relative_to_the_segment_and_to_nothing_else(said):
    assert said(**metrics("{type: acme.touched, relative_to: country}")) == [
        "metrics.logins.measure.relative_to: expected one of segment, got the text 'country'"
    ]


def test_a_measure_inside_another_is_not_relative(said):
    inside = "{type: acme.versus, of: {type: acme.touched, relative_to: segment}}"
    assert said(**metrics(inside)) == [
        "metrics.logins.measure.of.relative_to: relative_to belongs to a metric's own measure, not to one inside it"
    ]


def test_a_metric_that_is_derived_by_sql_is_not_relative(said):
    assert said(metrics="\nlogins: {sql: seats + 1, relative_to: segment}") == [
        "metrics.logins.relative_to: 'relative_to' goes with a measure; sql derives from other metrics"
    ]


UNSEEN = (
    "the metric 'logins' cannot be used here, only roles, attributes and metrics that are not relative to the segment"
)


@pytest.mark.parametrize(
    ("sections", "place"),
    [
        ({"segments": "\neveryone: {when: logins > 0, scorecard: main}"}, "segments.everyone.when"),
        ({"stages": "\nyoung: logins > 0"}, "stages.young"),
        (metrics(CHANGE, derived="\nhalf: {sql: logins / 2}"), "metrics.half.sql"),
    ],
)
def test_what_is_known_before_the_segment_cannot_use_it(said, sections, place):
    assert f"{place}: {UNSEEN}" in said(**(metrics(CHANGE) | sections))


def test_what_comes_after_the_segment_can_use_it(said):
    cards = "\nmain: {metrics: {logins: {when: logins > 0, normalizer: {acme.formula: logins / seats}}}}"
    assert said(**metrics(CHANGE), scorecards=cards) == []


def test_it_is_not_compared_with_earlier_windows_which_are_as_measured(said):
    cards = "\nmain: {metrics: {logins: {normalizer: own_baseline}}}"
    (told,) = said(**metrics(CHANGE), scorecards=cards)
    assert told.endswith("and logins is relative to the segment, which they are not: leave relative_to out there")
