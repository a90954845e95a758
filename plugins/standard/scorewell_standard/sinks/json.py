"""The sink ``json``."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import polars as pl

from scorewell.api.v1 import Forgotten, Location, Receipt, Run, Sink, frozen, setting
from scorewell_standard.sinks.placing import (
    Table,
    chosen,
    file_for,
    obstacles_to,
    placed,
    problems_of,
    with_moments_as_text,
)
from scorewell_standard.sinks.taking_back import taken_back

__all__ = ["Json"]

_ENDINGS = (".json", ".ndjson", ".jsonl")


@frozen
class Json(Sink):
    """The scores frame, or twelve columns made for a CRM, as JSON: a list with one object a customer and score, every
    column a key, moments in ISO form.

    Where the path ends in ``.ndjson`` or ``.jsonl``: one object a line and no list. Floats are written so that
    reading gives the same number; null is ``null``.
    """

    name = "json"

    path: Location = setting("a folder, or a file that ends in .json, .ndjson or .jsonl")
    table: Table = setting("what is written: full, the scores frame, or summary, twelve columns", default="full")
    locale: str | None = setting("the language of a summary, and how its numbers are written; default en", default=None)

    def problems(self) -> Iterator[str]:
        yield from problems_of(self.table, self.locale)

    def deliver(self, run: Run) -> Receipt:
        """Write the table; the same moment again replaces it."""
        target = file_for(self.path, run, _ENDINGS, self.table)
        scores = chosen(run, self.table, self.locale).pipe(with_moments_as_text)
        placed(target, scores.write_ndjson if target.suffix != ".json" else lambda file: _write_list(scores, file))
        return Receipt(location=str(target), count=scores.height, what="rows")

    def obstacles(self) -> Iterator[tuple[str, str]]:
        """A file where a folder is needed."""
        return obstacles_to(self.path, _ENDINGS)

    def forget(self, forgotten: Forgotten) -> Receipt:
        """Write each file anew without the customer's objects, or without a person's name where it is an owner's."""
        return taken_back(self.path, _ENDINGS, forgotten, _without, has_owners=True)


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
    column = "customer_id" if forgotten.kind == "customer" else "owner"
    named = [json.loads(one).get(column) == forgotten.id for one in objects]
    if any(named):
        told = zip(objects, named, strict=True)
        if forgotten.kind == "customer":
            rest = [one for one, is_named in told if not is_named]
        else:
            rest = [_ownerless(one) if is_named else one for one, is_named in told]
        content = _as_list(rest) if is_list else b"".join(one + b"\n" for one in rest)
        placed(file, lambda opened: opened.write(content))
    return sum(named)


def _ownerless(one: bytes) -> bytes:
    return json.dumps(json.loads(one) | {"owner": None}, ensure_ascii=False, separators=(",", ":")).encode()
