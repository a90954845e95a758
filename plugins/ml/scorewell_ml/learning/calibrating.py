"""How margins become probabilities: calibrated on predictions for customers that the learner had not seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from scorewell_ml.calibration import Calibration, Isotonic, Sigmoid
from scorewell_ml.documents import rounded
from scorewell_ml.learning.weights import minimized

__all__ = ["METHODS", "fit_isotonic", "fit_sigmoid"]

NEAREST_KNOTS = 1e-3
"""Knots whose margins are nearer to each other become one."""


def fit_sigmoid(margins: NDArray[np.float64], happened: NDArray[np.bool_]) -> Sigmoid:
    """The slope, not below 0, and the intercept of the least log loss."""

    matrix = np.column_stack([np.ones(len(margins)), margins])
    # A weak pull to a slope of 0 keeps it finite where the margins separate the outcomes.
    intercept, slope = minimized(matrix, happened, [(None, None), (0.0, None)], np.array([0.0, 1e-3]))
    return Sigmoid(rounded(float(slope)), rounded(float(intercept)))


def fit_isotonic(margins: NDArray[np.float64], happened: NDArray[np.bool_]) -> Isotonic:
    """Isotonic regression through the centres of its steps, never nearer to 0 and 1 than so many customers can say."""

    chances = IsotonicRegression().fit_transform(margins, happened.astype(float))
    _, step, sizes = np.unique(chances, return_inverse=True, return_counts=True)
    centres = np.bincount(step, margins) / sizes
    heights = np.bincount(step, happened.astype(float)) / sizes
    knots: list[tuple[float, float, int]] = []
    for step_centre, step_height, step_size in zip(centres.tolist(), heights.tolist(), sizes.tolist(), strict=True):
        centre, height, size = step_centre, step_height, step_size
        if knots and centre - knots[-1][0] < NEAREST_KNOTS:
            before = knots.pop()
            whole = before[2] + size
            centre = (before[0] * before[2] + centre * size) / whole
            height = (before[1] * before[2] + height * size) / whole
            size = whole
        knots.append((centre, height, size))
    least = 1.0 / (len(margins) + 2)
    return Isotonic(
        tuple(rounded(centre) for centre, _, _ in knots),
        tuple(rounded(min(max(height, least), 1 - least)) for _, height, _ in knots),
    )


METHODS: Mapping[str, Callable[[NDArray[np.float64], NDArray[np.bool_]], Calibration]] = {
    "sigmoid": fit_sigmoid,
    "isotonic": fit_isotonic,
}
