"""Files that cannot be read: where, why, and what to try, in one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from polars.exceptions import PolarsError

from scorewell.api.v1 import ReadError, remote_cause
from scorewell_standard.sources.plain_text import is_remote

__all__ = ["COPY", "told", "told_as"]

_MARKS = (b"PAR1", b"PK", b"\xd0\xcf\x11\xe0")
"""How Parquet files and those of spreadsheets begin, damaged ones too."""
COPY = "a copy beside the project"


@contextmanager
def told(place: str) -> Iterator[None]:
    """Raise ReadError with one line, and the place, for what polars or the system says in several."""
    try:
        yield
    except ReadError:
        raise
    except (PolarsError, OSError) as error:
        remote = remote_cause(error)
        if remote is not None:
            raise ReadError(f"{place} cannot be read: {remote}", hint=_to_try(place, error, remote)) from error
        first_line = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
        raise ReadError(f"{place} cannot be read: {first_line.strip()}") from error


@contextmanager
def told_as(kind: str, place: str) -> Iterator[None]:
    """The same of a file whose format is not text: one that holds text was given the wrong name."""
    try:
        with told(place):
            yield
    except ReadError as error:
        if _holds_text(place):
            raise ReadError(f"{place} is no {kind} file: it holds text", hint="format: csv") from error
        raise


def _holds_text(place: str) -> bool:
    file = Path(place)
    if is_remote(place) or not file.is_file():
        return False
    with file.open("rb") as opened:
        begins = opened.read(1000)
    return bool(begins) and b"\0" not in begins and not begins.startswith(_MARKS)


def _to_try(place: str, error: Exception, cause: str) -> str:
    is_web = place.startswith(("http://", "https://"))
    if isinstance(error, PermissionError) or "credential" in cause:
        return COPY if is_web else "write credentials that may read it: storage_options"
    if isinstance(error, FileNotFoundError) or "404" in cause:
        return "check the address, capital letters too"
    if "parts of files" in cause:
        return f"{COPY}, or in an object store"
    return "check the address, and run again when the server answers"
