"""Training: a learner's model, its calibration, and how good both are for customers that they had not seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import attrs
import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold

from scorewell.api.v1 import TooLittleData
from scorewell_ml.calibration import Calibration
from scorewell_ml.documents import rounded
from scorewell_ml.learning.calibrating import METHODS
from scorewell_ml.tables import Table

__all__ = ["Floor", "Model", "Trained", "trained"]

FOLDS = 5
BINS = 10


class Model(Protocol):
    """What a learner learned: a margin, which grows with the risk, as an expected value and a share a feature."""

    @property
    def expected(self) -> float:
        """The margin of an average customer."""

    def shapley(self, columns: Sequence[pl.Expr]) -> pl.Expr:
        """What each feature adds to it, a struct of fields "0", "1", …"""

    def plain(self) -> dict[str, Any]:
        """As it is stored."""


class Fit(Protocol):
    """A learner with its settings."""

    def __call__(self, table: Table) -> Model: ...


@attrs.frozen
class Floor:
    """Below this there is too little to learn from."""

    customers: int
    outcomes: int

    def check(self, table: Table) -> None:
        """Raise TooLittleData where there is less."""
        customers, happened = len(table.happened), int(table.happened.sum())
        if customers < self.customers:
            raise TooLittleData(f"{customers} customers with a known outcome: at least {self.customers} are needed")
        for count, word in ((happened, "it happened"), (customers - happened, "it did not happen")):
            if count < self.outcomes:
                raise TooLittleData(
                    f"{count} of {customers} customers to whom {word}: at least {self.outcomes} are needed"
                )


@attrs.frozen(eq=False)
class Trained:
    """A model with its calibration, and what a reader wants to know of it, as plain data."""

    model: Model
    calibration: Calibration
    card: Mapping[str, Any]


def trained(table: Table, fit: Fit, floor: Floor, seed: int) -> Trained:
    """Learn from all customers; test on each fifth what was learned from the other four."""

    floor.check(table)
    happened = table.happened
    folds = np.empty(len(happened), dtype=np.intp)
    margins = np.empty(len(happened))
    split = StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(margins, happened)
    for fold, (others, own) in enumerate(split):
        folds[own] = fold
        margins[own] = _margins(fit(table.rows(others)), table.rows(own))
    tried = {method: _out_of_fold(margins, happened, folds, method) for method in METHODS}
    losses = {method: _log_loss(chances, happened) for method, chances in tried.items()}
    method = min(losses, key=lambda each: losses[each])
    model = fit(table)
    return Trained(
        model=model,
        calibration=METHODS[method](margins, happened),
        card={
            "customers": len(happened),
            "happened": int(happened.sum()),
            "rate": rounded(float(happened.mean())),
            "seed": seed,
            "out_of_fold": _quality(tried[method], happened, folds),
            "calibration": {
                "method": method,
                "log_loss": {name: rounded(loss) for name, loss in losses.items()},
            },
            "features": list(_weights(model, table)),
        },
    )


def _margins(model: Model, table: Table) -> NDArray[np.float64]:
    margins: NDArray[np.float64] = (_shares(model, table).sum_horizontal() + model.expected).to_numpy()
    return margins


def _shares(model: Model, table: Table) -> pl.DataFrame:
    """What each feature adds to the margin of each row: columns "0", "1", …"""
    names = [feature.name for feature in table.features]
    return table.columns.select(model.shapley([pl.col(name) for name in names]).alias("@")).unnest("@")


def _out_of_fold(
    margins: NDArray[np.float64], happened: NDArray[np.bool_], folds: NDArray[np.intp], method: str
) -> NDArray[np.float64]:
    """Probabilities calibrated, for each fold, on the margins of the others: neither model nor map had seen it."""

    chances = np.empty(len(margins))
    for fold in range(FOLDS):
        own = folds == fold
        calibration = METHODS[method](margins[~own], happened[~own])
        spared = pl.DataFrame({"margin": margins[own]}).select(calibration.spared(pl.col("margin")))
        chances[own] = 1.0 - spared.to_series().to_numpy()
    return chances


def _log_loss(chances: NDArray[np.float64], happened: NDArray[np.bool_]) -> float:

    return float(log_loss(happened, chances))


def _quality(chances: NDArray[np.float64], happened: NDArray[np.bool_], folds: NDArray[np.intp]) -> dict[str, Any]:

    # By rank, ties in the customers' order: bins of one size.
    groups = np.array_split(np.argsort(chances, kind="stable"), BINS)
    bins: list[dict[str, Any]] = [
        {
            "customers": len(members),
            "predicted": rounded(float(chances[members].mean())),
            "happened": rounded(float(happened[members].mean())),
        }
        for members in groups
    ]
    areas = [float(roc_auc_score(happened[folds == fold], chances[folds == fold])) for fold in range(FOLDS)]
    error = sum(each["customers"] * abs(each["predicted"] - each["happened"]) for each in bins) / len(chances)
    return {
        "folds": FOLDS,
        "roc_auc": rounded(float(np.mean(areas))),
        "roc_auc_by_fold": [rounded(area) for area in areas],
        "brier": rounded(float(brier_score_loss(happened, chances))),
        "brier_of_the_rate_alone": rounded(float(happened.mean() * (1 - happened.mean()))),
        "calibration_error": rounded(error),
        "bins": bins,
    }


def _weights(model: Model, table: Table) -> Iterator[dict[str, Any]]:
    """Each feature with its mean absolute share in the margin, over the customers it was learned from."""

    shares = _shares(model, table)
    for position, feature in enumerate(table.features):
        yield {
            "name": feature.name,
            "kind": feature.kind,
            "direction": {-1: "lowers the risk", 0: "free", 1: "raises the risk"}[feature.effect],
            "weight": rounded(float(np.abs(shares[str(position)].to_numpy()).mean())),
            "missing": table.columns[feature.name].null_count(),
        }
