"""Files that a command was asked to write: a page, a schema."""

from __future__ import annotations

from pathlib import Path

from scorewell.api.v1 import ScorewellError

__all__ = ["written"]


def written(file: Path, content: str) -> None:
    """Write a text file, with the folders it is in. Raises ScorewellError where it cannot be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    except OSError as error:
        raise ScorewellError(f"{file} cannot be written: {error.strerror or error}") from error
