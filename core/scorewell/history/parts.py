"""Frames and documents as they are stored: whole, compressed, and each with the hash of what it holds."""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

import polars as pl

from scorewell.history.errors import HistoryError

__all__ = ["digest", "document_row", "frame_of", "frame_rows", "part_content", "slices", "text_of"]

_ROWS_A_PART = 20_000
_LEVEL = 1
"""The fastest of zstd's levels: the higher ones take longer and make scores no smaller."""


def digest(content: bytes) -> str:
    """The SHA-256 in 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def frame_rows(run: int, kind: str, frame: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """The rows of table ``frames`` for a frame with ``customer_id``: Parquet, in its order, in parts.

    A frame without rows has one part too, which says its columns.
    """
    for part, some in enumerate(slices(frame)):
        yield {"run": run, "kind": kind, "part": part, **part_content(some)}


def slices(frame: pl.DataFrame) -> Iterable[pl.DataFrame]:
    """The rows of each part of a frame."""
    return frame.iter_slices(_ROWS_A_PART) if frame.height else [frame]


def part_content(frame: pl.DataFrame) -> dict[str, Any]:
    """What a row of table ``frames`` says of a part, besides whose it is."""
    content = io.BytesIO()
    frame.write_parquet(content, compression="zstd", compression_level=_LEVEL, statistics=False)
    return {
        "first_customer": frame["customer_id"].min(),
        "last_customer": frame["customer_id"].max(),
        "rows": frame.height,
        "sha256": digest(content.getvalue()),
        "content": content.getvalue(),
    }


def frame_of(
    parts: Sequence[tuple[int, str, bytes]], kind: str, place: str, columns: list[str] | None = None
) -> pl.DataFrame:
    """The frame of this kind whose parts (number, hash, content) these are, or some of its columns.

    Raises HistoryError for a part that was changed.
    """
    for number, expected, content in parts:
        if digest(content) != expected:
            raise HistoryError(
                f"{place}: part {number} of the {kind} differs from what was written",
                hint="`scorewell history check` shows what else is damaged; restore the store from a backup",
            )
    files: list[IO[bytes]] = [io.BytesIO(content) for *_, content in parts]
    return pl.read_parquet(files, columns=columns, glob=False)


def document_row(kind: str, text: str) -> Mapping[str, Any]:
    """The row of table ``documents`` for a text."""
    encoded = text.encode()
    return {"sha256": digest(encoded), "kind": kind, "content": zlib.compress(encoded)}


def text_of(expected: str, content: bytes, place: str) -> str:
    """The text of a document. Raises HistoryError where it was changed."""
    try:
        encoded = zlib.decompress(content)
    except zlib.error:
        encoded = b""
    if digest(encoded) != expected:
        raise HistoryError(
            f"{place}: a stored document differs from what was written",
            hint="`scorewell history check` shows what else is damaged; restore the store from a backup",
        )
    return encoded.decode()
