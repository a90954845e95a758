"""How gradient boosted trees are grown by LightGBM."""

from __future__ import annotations

from typing import Any

import attrs
import lightgbm
import numpy as np
import polars as pl

from scorewell_ml.boosting import Encoding, TreesModel
from scorewell_ml.documents import rounded
from scorewell_ml.tables import Feature, Table, taught

__all__ = ["Growth", "fit_trees"]


@attrs.frozen
class Growth:
    """How the trees grow."""

    trees: int
    leaves: int
    learning_rate: float
    least_in_leaf: int


def fit_trees(table: Table, growth: Growth, seed: int) -> TreesModel:
    """Trees over the features, none of which lets a value act against its feature's direction."""

    encodings = tuple(_learned(table.columns[feature.name], feature) for feature in table.features)
    names = [str(position) for position in range(len(encodings))]
    matrix = table.columns.select(
        encoding.of(pl.col(feature.name)).cast(pl.Float64).alias(name)
        for name, encoding, feature in zip(names, encodings, table.features, strict=True)
    ).to_numpy(order="c")
    parameters = {
        "objective": "binary",
        "learning_rate": growth.learning_rate,
        "num_leaves": growth.leaves,
        "min_data_in_leaf": growth.least_in_leaf,
        "monotone_constraints": [feature.effect for feature in table.features],
        "monotone_constraints_method": "advanced",
        "seed": seed,
        # The same bytes from the same data: nothing depends on threads.
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbosity": -1,
    }
    categorical = [position for position, each in enumerate(encodings) if each.categories is not None]
    data = lightgbm.Dataset(
        matrix,
        table.happened.astype(float),
        feature_name=names,
        categorical_feature=categorical,
        params={"verbosity": -1},
    )
    booster = lightgbm.train(parameters, data, num_boost_round=growth.trees)
    expected: Any = booster.predict(matrix[:1], pred_contrib=True)
    return TreesModel(rounded(float(expected[0, -1])), encodings, booster.model_to_string())


def _learned(values: pl.Series, feature: Feature) -> Encoding:

    if feature.kind == "category":
        return Encoding(categories=taught(values))
    if values.null_count():
        return Encoding()
    return Encoding(absent=rounded(float(np.median(values.to_numpy()))))
