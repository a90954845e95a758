"""Files put in place whole: a reader sees the former one or the new one, never a half."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Literal

import polars as pl
import polars.selectors as cs

from scorewell.api.v1 import Run, ScorewellError

__all__ = [
    "Table",
    "chosen",
    "file_for",
    "left_behind",
    "obstacles_to",
    "placed",
    "problems_of",
    "with_moments_as_text",
]

Table = Literal["full", "summary"]
"""What a file holds: the scores frame, or the twelve columns made for a CRM."""


def chosen(run: Run, table: Table, locale: str | None) -> pl.DataFrame:
    """The table of a run that is written."""
    if table == "full":
        return run.scores
    return run.summary() if locale is None else run.summary(locale)


def problems_of(table: Table, locale: str | None) -> Iterator[str]:
    """The problem of a locale that no word is written in."""
    if table == "full" and locale is not None:
        yield f"locale is {locale}, but the scores frame has no words: use table: summary"


def file_for(path: str, run: Run, endings: tuple[str, ...], table: Table = "full") -> Path:
    """Where a run's scores go: ``path`` itself where it ends in one of ``endings``, else a file in that folder.

    In a folder each moment has its own file, ``scores-2026-03-01.parquet``, with its time of day where that is not
    midnight: the same moment again replaces it. The first of ``endings`` is used. A delivery that is limited to some
    customers has a file of its own, ``scores-2026-03-01-only-enterprise.parquet``; a summary is called
    ``summary-2026-03-01.csv``. Raises ScorewellError for a URL.
    """
    limited = f"-{run.selection}" if run.selection else ""
    if "://" in path:
        raise ScorewellError(f"{path} cannot be written: expected a local file or folder, not a URL")
    target = Path(path)
    if _is_file(target, endings):
        return target.with_stem(target.stem + limited)
    moment = run.as_of
    is_midnight = (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0)
    stamp = f"{moment:%Y-%m-%d}" if is_midnight else f"{moment:%Y-%m-%dT%H%M%S}"
    return target / f"{'scores' if table == 'full' else table}-{stamp}{limited}{endings[0]}"


def _is_file(target: Path, endings: tuple[str, ...]) -> bool:
    return target.suffix in endings and not target.is_dir()


def obstacles_to(path: str, endings: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """A file where the folder should be that the setting ``path`` leads to. What may not be looked at is none."""
    target = Path(path)
    folder = target.parent if _is_file(target, endings) else target
    with suppress(PermissionError):
        there = next(place for place in (folder, *folder.parents) if place.exists())
        if not there.is_dir():
            named = f", or a name that ends in {' or '.join(endings)}" if endings and there == target else ""
            yield "path", f"{there} is a file: expected a folder{named}"


def placed(target: Path, write: Callable[[BinaryIO], object]) -> None:
    """Let ``write`` fill a file beside ``target``, and only then put it in its place.

    Raises ScorewellError with the path: no permission, no space left, a file where a folder is needed.
    """
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for left in left_behind(target.parent, f".{target.name}.", ".part"):
            left.unlink(missing_ok=True)
        try:
            with part.open("wb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ScorewellError(f"{target} cannot be written: {reason}") from error


def left_behind(folder: Path, start: str, end: str = "") -> Iterator[Path]:
    """What is called ``start``, a process' number, ``end``, of processes that were killed before they cleared up."""
    for path in folder.glob(f"{glob.escape(start)}*{end}"):
        number = path.name.removeprefix(start).removesuffix(end).partition("-")[0]
        if number.isdigit() and not _is_running(int(number)):
            yield path


def _is_running(process: int) -> bool:
    if os.name != "posix":
        return True  # elsewhere to ask is to interrupt
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def with_moments_as_text(scores: pl.DataFrame) -> pl.DataFrame:
    """Datetimes in ISO form, with their offset where they have one: text formats have no type for them."""
    return scores.with_columns(
        pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%S%.f" + ("%:z" if dtype.time_zone else ""))
        for name, dtype in scores.select(cs.datetime()).schema.items()
        if isinstance(dtype, pl.Datetime)
    )
