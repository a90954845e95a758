"""The sink ``json``."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import BinaryIO

import polars as pl

from scorewell.api.v1 import Forgotten, Location, Receipt, Run, Sink, frozen, setting
from scorewell_standard.sinks.placing import file_for, placed, with_moments_as_text
from scorewell_standard.sinks.taking_back import taken_back

__all__ = ["Json"]

_ENDINGS = (".json", ".ndjson", ".jsonl")


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
        target = file_for(self.path, run, _ENDINGS)
        scores = run.scores.pipe(with_moments_as_text)
        placed(target, scores.write_ndjson if target.suffix != ".json" else lambda file: _write_list(scores, file))
        return Receipt(location=str(target), count=scores.height, what="rows")

    def forget(self, forgotten: Forgotten) -> Receipt:
        """Write each file anew without the customer's objects."""
        return taken_back(self.path, _ENDINGS, forgotten, _without)


def _write_list(scores: pl.DataFrame, file: BinaryIO) -> None:
    lines = io.BytesIO()
    scores.write_ndjson(lines)
    file.write(_as_list(lines.getvalue().splitlines()))


def _as_list(objects: list[bytes]) -> bytes:
    return b"\n".join([b"[", *([b",\n".join(objects)] if objects else []), b"]", b""])


def _without(file: Path, forgotten: Forgotten) -> int:
    # Each object is a line, in a list too: those of other customers stay byte for byte.
    is_list = file.suffix == ".json"
    lines = file.read_bytes().splitlines()
    objects = [line.removesuffix(b",") for line in lines[1:-1] if line] if is_list else lines
    rest = [one for one in objects if json.loads(one)["customer_id"] != forgotten.id]
    if len(rest) < len(objects):
        content = _as_list(rest) if is_list else b"".join(one + b"\n" for one in rest)
        placed(file, lambda opened: opened.write(content))
    return len(objects) - len(rest)
