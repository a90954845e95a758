"""Calibration: maps from a margin to a probability, on numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from scorewell_ml.calibration import Calibration, Isotonic, Sigmoid
from scorewell_ml.learning.calibrating import fit_isotonic, fit_sigmoid

STEPS = Isotonic((0.0, 1.0, 3.0), (0.1, 0.3, 0.9))


def spared(calibration: Calibration, *margins: float) -> list[float]:
    return (
        pl.DataFrame({"margin": margins}, schema={"margin": pl.Float64})
        .select(calibration.spared(pl.col("margin")))
        .to_series()
        .to_list()
    )


def test_a_sigmoid_is_the_logistic_curve() -> None:
    assert spared(Sigmoid(2.0, -1.0), 0.5, 2.0) == pytest.approx([0.5, 1 / (1 + np.exp(3))])


def test_an_isotonic_map_is_straight_between_its_knots_and_flat_beyond() -> None:
    assert spared(STEPS, -1, 0, 0.5, 1, 2, 3, 9) == pytest.approx([0.9, 0.9, 0.8, 0.7, 0.4, 0.1, 0.1])


def test_one_knot_is_the_same_for_all() -> None:
    assert spared(Isotonic((0.0,), (0.25,)), -5, 0, 5) == [0.75, 0.75, 0.75]


@pytest.mark.parametrize("calibration", [Sigmoid(1.5, 0.3), STEPS])
@pytest.mark.parametrize("margin", [-3.0, 0.2, 0.7, 2.5, 8.0])
def test_a_single_margin_is_mapped_as_a_column_is(calibration: Calibration, margin: float) -> None:
    at, slope = calibration.spared_at(margin)
    [same, further] = spared(calibration, margin, margin + 1e-6)
    assert at == pytest.approx(same)
    assert slope == pytest.approx((further - same) / 1e-6, abs=1e-5)


def test_margins_far_away_have_a_score() -> None:
    assert spared(Sigmoid(5.0, 0.0), -1e300, 1e300) == [1.0, 0.0]
    assert Sigmoid(5.0, 0.0).spared_at(1e300) == (0.0, 0.0)


def test_isotonic_regression_averages_what_falls_and_stands_at_the_centres_of_its_steps() -> None:
    margins = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0])
    happened = np.array([False, False, True, False, True, True])
    learned = fit_isotonic(margins, happened)
    # 0, 1 → 0; 2, 3 → 1/2; 4, 5 → 1; no nearer to the ends than one in eight
    assert learned == Isotonic((0.5, 2.5, 4.5), (0.125, 0.5, 0.875))


def test_steps_closer_than_a_thousandth_are_one() -> None:
    margins = np.array([0.0, 0.0, 1.0, 1.0, 1.0004, 1.0004])
    happened = np.array([False, False, True, False, True, True])
    learned = fit_isotonic(margins, happened)
    assert learned.margins == pytest.approx((0.0, 1.0002))
    assert learned.chances == pytest.approx((0.125, 0.75))


def test_a_sigmoid_finds_the_curve_that_made_the_outcomes() -> None:
    chance = np.random.default_rng(1)
    margins = chance.normal(size=20_000)
    happened = chance.random(20_000) < 1 / (1 + np.exp(-(2 * margins - 1)))
    learned = fit_sigmoid(margins, happened)
    assert learned.slope == pytest.approx(2, abs=0.1)
    assert learned.intercept == pytest.approx(-1, abs=0.1)


def test_a_margin_that_says_the_opposite_is_taken_to_say_nothing() -> None:
    margins = np.linspace(-1, 1, 200)
    assert fit_sigmoid(margins, margins < 0).slope == 0
