"""What people think, beside what was computed."""

from __future__ import annotations

import pytest

from scorewell.scoring import pulse_gap, pulse_points


@pytest.mark.parametrize(
    ("pulse", "points"), [(1, 0), (2, 25), (3, 50), (4, 75), (5, 100), (4.5, 87.5), (0, None), (6, None), (None, None)]
)
def test_one_to_five_is_nothing_to_a_hundred(pulse: float | None, points: float | None) -> None:
    assert pulse_points(pulse) == points


def test_on_another_scale_it_is_that_scales() -> None:
    assert pulse_points(2, (0, 10)) == 2.5
    assert pulse_points(1, (-100, 100)) == -100
    assert pulse_gap(4, 5, (0, 10)) == 2.5


@pytest.mark.parametrize(
    ("pulse", "score", "gap"), [(2, 80, -55), (5, 80, 20), (3, 50, 0), (None, 80, None), (3, None, None), (9, 80, None)]
)
def test_the_gap_is_what_people_think_beyond_the_score(
    pulse: float | None, score: float | None, gap: float | None
) -> None:
    assert pulse_gap(pulse, score) == gap
