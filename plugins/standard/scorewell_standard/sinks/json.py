"""The sink ``json``."""

from __future__ import annotations

import io
from typing import BinaryIO

import polars as pl

from scorewell.api.v1 import Location, Receipt, Run, Sink, frozen, setting
from scorewell_standard.sinks.placing import file_for, placed, with_moments_as_text

__all__ = ["Json"]


@frozen
class Json(Sink):
    """The scores frame as JSON: a list with one object a customer, every column a key, moments in ISO form.

    Where the path ends in ``.ndjson`` or ``.jsonl``: one object a line and no list. Floats are written so that
    reading gives the same number; null is ``null``.
    """

    name = "json"

    path: Location = setting("a folder, or a file that ends in .json, .ndjson or .jsonl")

    def deliver(self, run: Run) -> Receipt:
        """Write the scores; the same moment again replaces them."""
        target = file_for(self.path, run, (".json", ".ndjson", ".jsonl"))
        scores = run.scores.pipe(with_moments_as_text)
        placed(target, scores.write_ndjson if target.suffix != ".json" else lambda file: _write_list(scores, file))
        return Receipt(location=str(target), count=scores.height, what="rows")


def _write_list(scores: pl.DataFrame, file: BinaryIO) -> None:
    lines = io.BytesIO()
    scores.write_ndjson(lines)
    objects = lines.getvalue().rstrip(b"\n")
    file.write(b"[\n" + objects.replace(b"\n", b",\n") + b"\n]\n")
