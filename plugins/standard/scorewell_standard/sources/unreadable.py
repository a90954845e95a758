"""Files that cannot be read: where, why, and what to try, in one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from polars.exceptions import PolarsError

from scorewell.api.v1 import ReadError, remote_cause

__all__ = ["COPY", "told"]

COPY = "a copy beside the project"


@contextmanager
def told(place: str) -> Iterator[None]:
    """Say in one line, with its place, what polars or the system says in several."""
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


def _to_try(place: str, error: Exception, cause: str) -> str:
    is_web = place.startswith(("http://", "https://"))
    if isinstance(error, PermissionError) or "credential" in cause:
        return COPY if is_web else "storage_options: with the keys of somebody who may read it"
    if isinstance(error, FileNotFoundError) or "404" in cause:
        return "look at the address, capital letters too"
    if "parts of files" in cause:
        return f"{COPY}, or in an object store"
    return "look at the address, and run again when the server answers"
