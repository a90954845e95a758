"""Shapley values from tables: LightGBM's own, on trees with missing numbers, categories, and features met twice."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from scorewell_ml.boosting import TreesModel
from scorewell_ml.explaining import MOST_LEAVES, tables
from scorewell_ml.learning.trees import Growth, fit_trees
from scorewell_ml.tables import Feature, Table

ROWS = 3000
FEATURES = (Feature("use", "number", -1), Feature("seats", "number", 0), Feature("plan", "category", 0))


def table() -> Table:
    chance = np.random.default_rng(5)
    use, seats = chance.normal(size=(2, ROWS))
    plan = chance.choice(list("abcdefgh"), ROWS)
    margin = -2 * use * (seats > 0) + 3 * np.abs(seats) + 2.0 * np.isin(plan, ["b", "e"]) - 2
    holes = chance.random(ROWS) < 0.15
    columns = pl.DataFrame({"use": use, "seats": np.where(holes, np.nan, seats), "plan": plan}).fill_nan(None)
    return Table(FEATURES, columns, chance.random(ROWS) < 1 / (1 + np.exp(-margin)))


TABLE = table()
STRANGE = pl.DataFrame(
    {"use": [None, 1e300, -1e300, 0.0], "seats": [None, 0.0, -0.0, 1e300], "plan": [None, "z", "a", "e"]}
)


def grown(leaves: int) -> TreesModel:
    return fit_trees(TABLE, Growth(trees=30, leaves=leaves, learning_rate=0.2, least_in_leaf=20), seed=0)


def by_lightgbm(model: TreesModel, columns: pl.DataFrame) -> Any:
    from lightgbm import Booster

    names = [feature.name for feature in FEATURES]
    encodings = zip(model.encodings, names, strict=True)
    encoded = columns.select(encoding.of(pl.col(name)).cast(pl.Float64).alias(name) for encoding, name in encodings)
    return Booster(model_str=model.text).predict(encoded.to_numpy(order="c"), pred_contrib=True)


def ours(model: TreesModel, columns: pl.DataFrame) -> Any:
    shapley = model.shapley([pl.col(feature.name) for feature in FEATURES])
    return columns.select(shapley.alias("@")).unnest("@").to_numpy()


@pytest.mark.parametrize("leaves", [2, 5, MOST_LEAVES, MOST_LEAVES + 10])
@pytest.mark.parametrize("columns", [TABLE.columns, STRANGE], ids=["known", "strange"])
def test_the_values_are_those_of_the_library(leaves: int, columns: pl.DataFrame) -> None:
    model = grown(leaves)
    assert ours(model, columns) == pytest.approx(by_lightgbm(model, columns)[:, :-1], abs=1e-9)


@pytest.mark.parametrize("leaves", [5, MOST_LEAVES + 10])
def test_with_the_expected_margin_they_make_the_margin(leaves: int) -> None:
    model = grown(leaves)
    assert ours(model, STRANGE).sum(axis=1) + model.expected == pytest.approx(by_lightgbm(model, STRANGE).sum(axis=1))


@pytest.mark.parametrize("leaves", [5, MOST_LEAVES + 10])
def test_no_customers_have_no_values(leaves: int) -> None:
    assert ours(grown(leaves), TABLE.columns.clear()).shape == (0, len(FEATURES))


def test_larger_trees_are_left_to_the_library() -> None:
    from lightgbm import Booster

    assert tables(Booster(model_str=grown(MOST_LEAVES + 10).text)) is None


def test_a_tree_that_found_nothing_to_divide_says_nothing() -> None:
    alike = Table(FEATURES, TABLE.columns.with_columns(use=0.0, seats=0.0, plan=pl.lit("a")), TABLE.happened)
    model = fit_trees(alike, Growth(trees=3, leaves=5, learning_rate=0.2, least_in_leaf=20), seed=0)
    assert (ours(model, STRANGE) == 0).all()
