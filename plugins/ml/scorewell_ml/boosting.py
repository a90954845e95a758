"""Gradient boosted trees by LightGBM: each customer is predicted once, together with the trees' Shapley values."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import polars as pl

from scorewell_ml.documents import Document

__all__ = ["Encoding", "TreesModel"]

MOST_TEXT = 64 * 2**20
_HEAD = re.compile(r"tree\nversion=v\d+\nnum_class=1\nnum_tree_per_iteration=1\n")


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
        from scorewell_ml.explaining import explainer  # noqa: PLC0415 - NumPy and LightGBM: only who predicts pays

        explained = explainer(self.text)

        def predicted(batch: pl.Series) -> pl.Series:
            return explained(batch.struct.unnest().cast(pl.Float64)).to_struct(batch.name)

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
        """From what ``plain`` wrote. Raises ScorewellError for anything else."""
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


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
