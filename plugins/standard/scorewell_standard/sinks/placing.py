"""Files put in place whole: a reader sees the former one or the new one, never a half."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from scorewell.api.v1 import Run, ScorewellError

__all__ = ["file_for", "placed"]


def file_for(path: str, run: Run, ending: str) -> Path:
    """Where a run's scores go: ``path`` itself where it ends in ``ending``, else a file in that folder.

    In a folder each moment has its own file, ``scores-2026-03-01.parquet``, or with its time of day where it is not
    midnight: the same moment again replaces it.
    """
    if "://" in path:
        raise ScorewellError(f"{path}: expected a local file or folder, not a URL")
    target = Path(path)
    if target.suffix == ending and not target.is_dir():
        return target
    moment = run.as_of
    is_midnight = (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0)
    stamp = f"{moment:%Y-%m-%d}" if is_midnight else f"{moment:%Y-%m-%dT%H%M%S%z}"
    return target / f"scores-{stamp}{ending}"


def placed(target: Path, write: Callable[[BinaryIO], None]) -> None:
    """Let ``write`` fill a file beside ``target``, and only then put it in its place.

    Raises ScorewellError with the path: no permission, no space left, a file where a folder is needed.
    """
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("wb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise ScorewellError(f"{target} cannot be written: {error.strerror or error}") from error
