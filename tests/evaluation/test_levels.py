"""Bands of two configurations on one ladder: by name, then by order."""

import pytest
from tests.support.small_project import card, project

from scorewell.configuration import Band, Segment
from scorewell.evaluation.levels import levels, ranked_bands


@pytest.mark.parametrize(
    ("current", "proposed", "heights"),
    [
        ("abc", "abc", ({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 2, "c": 3})),
        # All renamed: matched by order.
        ("abc", "xyz", ({"a": 0, "b": 0.5, "c": 1}, {"x": 0, "y": 0.5, "z": 1})),
        # One more at the lower end, one in the middle, one at the upper end.
        ("bc", "abc", ({"b": 1, "c": 2}, {"a": 0, "b": 1, "c": 2})),
        ("ac", "abc", ({"a": 1, "c": 2}, {"a": 1, "b": 1.5, "c": 2})),
        ("ab", "abc", ({"a": 1, "b": 2}, {"a": 1, "b": 2, "c": 3})),
        # One renamed between two that are not.
        ("abc", "axc", ({"a": 1, "b": 1.5, "c": 2}, {"a": 1, "x": 1.5, "c": 2})),
        # Fewer bands: the ends meet.
        ("abc", "xz", ({"a": 0, "b": 0.5, "c": 1}, {"x": 0, "z": 1})),
        ("ab", "x", ({"a": 0, "b": 1}, {"x": 0.5})),
        ("ab", "ac", ({"a": 1, "b": 2}, {"a": 1, "c": 2})),
        ("ba", "ca", ({"b": 0, "a": 1}, {"c": 0, "a": 1})),
    ],
)
def test_bands_are_matched_by_name_and_then_by_order(current, proposed, heights):
    assert levels(list(current), list(proposed)) == heights


def test_bands_of_several_scorecards_stand_by_rank():
    made = project(
        {"id": ["1"], "logins": [1.0]},
        card(),
        scorecards={
            "standard": card(),
            "start": card(bands=(Band(name="late", up_to=50), Band(name="on_track", up_to=100))),
        },
        segments={"new": Segment(scorecard="start"), "old": Segment(scorecard="standard")},
    )
    assert list(ranked_bands(made)) == ["at_risk", "late", "stable", "healthy", "on_track"]
