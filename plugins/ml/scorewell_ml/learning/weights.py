"""Logistic regression: weights with a ridge penalty and bounded signs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from threadpoolctl import threadpool_limits

from scorewell_ml.documents import rounded
from scorewell_ml.logistic import CategoryTerm, LogisticModel, NumberTerm
from scorewell_ml.tables import LEAST_IN_CATEGORY, Feature, Table, taught

__all__ = ["fit_logistic", "minimized"]

Bound = tuple[float | None, float | None]


@attrs.frozen(eq=False)
class _Design:
    """The columns of one feature in the regression; ``slopes`` of them (0 or 1) have the feature's sign bound."""

    feature: Feature
    columns: NDArray[np.float64]
    slopes: int = 0
    mean: float = 0.0
    deviation: float = 1.0
    low: float = 0.0
    high: float = 0.0
    categories: tuple[str, ...] = ()


def fit_logistic(table: Table, ridge: float) -> LogisticModel:
    """The weights that minimize Σ log loss + ridge / 2 · Σ weight², numbers in standard deviations.

    A missing number stands at the mean and, where absence is not rare, has a weight of its own; each category has one.
    A weight against its feature's direction is not allowed: the best of the allowed ones is found, not a cut one.
    """

    designs = [_design(table, feature) for feature in table.features]
    matrix = np.hstack([np.ones((len(table.happened), 1)), *(design.columns for design in designs)])
    bounds = [(None, None), *itertools.chain.from_iterable(_bounds(design) for design in designs)]
    weights = minimized(matrix, table.happened, bounds, np.array([0.0] + [ridge] * (matrix.shape[1] - 1)))
    means = matrix.mean(axis=0)
    terms, start = [], 1
    for design in designs:
        end = start + design.columns.shape[1]
        terms.append(_learned(design, weights[start:end], means[start:end]))
        start = end
    return LogisticModel(rounded(float(means @ weights)), tuple(terms))


def minimized(
    matrix: NDArray[np.float64],
    happened: NDArray[np.bool_],
    bounds: Sequence[Bound],
    ridge: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The weights, each within its bounds, that minimize the log loss and half the ridge times their squares."""

    sign = np.where(happened, 1.0, -1.0)
    rows = len(sign)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        agreement = sign * (matrix @ weights)
        value = np.logaddexp(0.0, -agreement).sum() + 0.5 * (ridge * weights) @ weights
        slope = matrix.T @ (-sign * expit(-agreement)) + ridge * weights
        return value / rows, slope / rows

    # A product on several threads adds in an order of its own each time: one thread gives the same bytes.
    with threadpool_limits(1):
        found = minimize(
            loss,
            np.zeros(matrix.shape[1]),
            jac=True,
            method="L-BFGS-B",
            bounds=list(bounds),
            options={"maxiter": 2000, "maxfun": 5000, "ftol": 1e-13, "gtol": 1e-8, "maxcor": 30},
        )
    weights: NDArray[np.float64] = found.x
    return weights


def _bounds(design: _Design) -> list[Bound]:
    bound: Bound = {-1: (None, 0.0), 0: (None, None), 1: (0.0, None)}[design.feature.effect]
    return [bound] * design.slopes + [(None, None)] * (design.columns.shape[1] - design.slopes)


def _design(table: Table, feature: Feature) -> _Design:

    values = table.columns[feature.name]
    if feature.kind == "category":
        categories = taught(values)
        members = [(values == category).fill_null(value=False).to_numpy() for category in categories]
        absent = ~values.is_in(categories).fill_null(value=False).to_numpy()
        columns = [*members, *_if_not_rare(absent)]
        return _Design(feature, _side_by_side(columns, len(values)), categories=categories)
    numbers = values.to_numpy()
    is_present = ~np.isnan(numbers)
    present = numbers[is_present]
    with np.errstate(over="ignore", invalid="ignore"):
        mean, deviation = (present.mean(), present.std()) if len(present) else (0.0, 0.0)
        standing = (numbers - mean) / deviation if deviation > 0 else numbers
    absence = list(_if_not_rare(~is_present)) if len(present) >= LEAST_IN_CATEGORY else []
    if not (np.isfinite(deviation) and deviation > 0):  # all alike: nothing to learn from
        return _Design(feature, _side_by_side(absence, len(values)))
    columns = [np.where(is_present, standing, 0.0), *absence]
    return _Design(
        feature,
        _side_by_side(columns, len(values)),
        slopes=1,
        mean=float(mean),
        deviation=float(deviation),
        low=float(present.min()),
        high=float(present.max()),
    )


def _if_not_rare(absent: NDArray[np.bool_]) -> Iterator[NDArray[np.bool_]]:
    if LEAST_IN_CATEGORY <= absent.sum() < len(absent):
        yield absent


def _side_by_side(columns: Sequence[NDArray[Any]], rows: int) -> NDArray[np.float64]:

    return np.column_stack([np.empty((rows, 0)), *columns]).astype(np.float64)


def _learned(design: _Design, weights: NDArray[np.float64], means: NDArray[np.float64]) -> NumberTerm | CategoryTerm:
    """The feature's term; what it is on average goes to the expected margin, so that the term is 0 on average."""
    average = float(means @ weights)
    own = len(design.categories) or design.slopes
    # Where absence taught nothing, who has no value is an average customer.
    absent = rounded(float(weights[own]) - average) if len(weights) > own else 0.0
    if design.feature.kind == "category":
        points = {
            name: rounded(float(weight) - average) for name, weight in zip(design.categories, weights, strict=False)
        }
        return CategoryTerm(points, absent)
    slope = float(weights[0]) / design.deviation if design.slopes else 0.0
    # The mean of the present is at 0 standard deviations, so all of the average is the absence's.
    return NumberTerm(
        mean=rounded(design.mean),
        slope=rounded(slope),
        low=design.low,
        high=design.high,
        present=rounded(-average),
        absent=absent,
    )
