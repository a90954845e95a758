"""Gradient boosted trees by LightGBM: each customer is predicted once, together with the trees' Shapley values."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import attrs
import polars as pl

from scorewell_ml.documents import Document, rounded
from scorewell_ml.explaining import TreeTable, shapley_values, tables
from scorewell_ml.tables import LEAST_IN_CATEGORY, Feature, Table

if TYPE_CHECKING:
    from lightgbm import Booster

__all__ = ["Encoding", "Growth", "TreesModel", "fit_trees"]

MOST_TEXT = 64 * 2**20
_HEAD = re.compile(r"tree\nversion=v\d+\nnum_class=1\nnum_tree_per_iteration=1\n")


@attrs.frozen
class Growth:
    """How the trees grow."""

    trees: int
    leaves: int
    learning_rate: float
    least_in_leaf: int


@attrs.frozen
class Encoding:
    """A feature as the trees' number. Categories count from 1; 0 is one that is missing or was not seen.

    A missing number stays missing where the trees saw missing ones; else it stands at ``absent``, the median, for
    trees that saw none would take it for 0.
    """

    categories: tuple[str, ...] | None = None
    absent: float | None = None

    def of(self, value: pl.Expr) -> pl.Expr:
        if self.categories is None:
            return value if self.absent is None else value.fill_null(self.absent)
        if not self.categories:
            return pl.lit(0.0)
        codes = [float(code) for code in range(1, len(self.categories) + 1)]
        return value.replace_strict(list(self.categories), codes, default=0.0, return_dtype=pl.Float64)


@attrs.frozen
class TreesModel:
    """The margin (log odds of the outcome) is ``expected`` plus one Shapley value a feature; ``text`` is LightGBM's own
    format."""

    expected: float
    encodings: tuple[Encoding, ...]
    text: str

    def shapley(self, columns: Sequence[pl.Expr]) -> pl.Expr:
        """The Shapley values as a struct of fields "0", "1", …, exact for trees (TreeSHAP), predicted in one call."""
        names = [str(position) for position in range(len(self.encodings))]
        encoded = pl.struct(
            encoding.of(column).alias(name)
            for name, encoding, column in zip(names, self.encodings, columns, strict=True)
        )
        booster, trees = _loaded(self.text)

        def predicted(batch: pl.Series) -> pl.Series:
            values = batch.struct.unnest().cast(pl.Float64)
            if trees is not None:
                points = shapley_values(trees, [column.to_numpy() for column in values.iter_columns()])
                return pl.DataFrame(dict(zip(names, points, strict=True))).to_struct(batch.name)
            if values.is_empty():
                return values.to_struct(batch.name)
            predicted: Any = booster.predict(values.to_numpy(order="c"), pred_contrib=True)
            return pl.DataFrame(predicted[:, :-1], schema=names).to_struct(batch.name)

        dtype = pl.Struct(dict.fromkeys(names, pl.Float64))
        return encoded.map_batches(predicted, return_dtype=dtype, is_elementwise=True)

    def plain(self) -> dict[str, Any]:
        """As it is stored, with the text's hash beside it: nothing is given to LightGBM that it did not write."""
        return {
            "expected": self.expected,
            "encodings": [
                {"absent": each.absent} if each.categories is None else {"categories": list(each.categories)}
                for each in self.encodings
            ],
            "trees": self.text,
            "sha256": _digest(self.text),
        }

    @classmethod
    def read(cls, stored: Document, features: int) -> TreesModel:
        """From what ``plain`` wrote."""
        expected, listed, trees, digest = stored.fields("expected", "encodings", "trees", "sha256")
        encodings = tuple(_encoding(each) for each in listed.items())
        if len(encodings) != features:
            raise listed.refused(f"{len(encodings)} encodings: expected {features}")
        text = trees.text()
        if len(text) > MOST_TEXT:
            raise trees.refused(f"{len(text)} characters: expected at most {MOST_TEXT}")
        if _digest(text) != digest.text():
            raise trees.refused("its hash is not the stored one: it was changed after the training")
        if not _HEAD.match(text) or f"\nmax_feature_idx={features - 1}\n" not in text:
            raise trees.refused(f"expected LightGBM's text of a model with one margin over {features} features")
        return cls(expected.number(), encodings, text)


def _encoding(stored: Document) -> Encoding:
    if isinstance(stored.value, Mapping) and "categories" in stored.value:
        [categories] = stored.fields("categories")
        return Encoding(categories=tuple(each.text() for each in categories.items()))
    [absent] = stored.fields("absent")
    return Encoding(absent=absent.optional_number())


def fit_trees(table: Table, growth: Growth, seed: int) -> TreesModel:
    """Trees over the features, none of which lets a value act against its feature's direction."""
    import lightgbm  # noqa: PLC0415 - only who trains pays for it

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
    import numpy as np  # noqa: PLC0415 - as above

    if feature.kind == "category":
        counts = values.drop_nulls().value_counts().filter(pl.col("count") >= LEAST_IN_CATEGORY)
        return Encoding(categories=tuple(sorted(counts[feature.name].to_list())))
    if values.null_count():
        return Encoding()
    return Encoding(absent=rounded(float(np.median(values.to_numpy()))))


@lru_cache(maxsize=8)
def _loaded(text: str) -> tuple[Booster, tuple[TreeTable, ...] | None]:
    """The model, and its trees as tables where they are small enough; kept, for one customer may come after another."""
    import lightgbm  # noqa: PLC0415 - as above

    booster = lightgbm.Booster(model_str=text)
    return booster, tables(booster)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
