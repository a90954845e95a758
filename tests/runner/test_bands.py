"""The bands of a whole project."""

from __future__ import annotations

from tests.support.small_project import card, project, scored

from scorewell.configuration import Band
from scorewell.runner.bands import bands

ONE = card(metrics={"usage": scored()})


def test_bands_of_several_scorecards_stand_from_low_to_high() -> None:
    finer = card(
        metrics={"usage": scored()},
        scale=(0.0, 10.0),
        bands=(
            Band(name="critical", up_to=2, color="#100000"),
            Band(name="at_risk", up_to=4, color="#200000"),
            Band(name="healthy", from_=4, color="#300000"),
        ),
    )
    made = project({"id": ["a"], "usage": [1.0]}, ONE, scorecards={"standard": ONE, "finer": finer})
    assert list(bands(made)) == ["critical", "at_risk", "stable", "healthy"]
    assert bands(made)["critical"] == "#100000"


def test_a_band_without_an_upper_edge_ends_where_the_next_begins() -> None:
    from_below = card(metrics={"usage": scored()}, bands=(Band(name="low"), Band(name="high", from_=50.0)))
    made = project({"id": ["a"], "usage": [1.0]}, from_below)
    assert list(bands(made)) == ["low", "high"]
