"""From a path to the files behind it, and what each holds."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, get_args

from scorewell.api.v1 import ReadError
from scorewell_standard.sources.plain_text import is_remote

__all__ = ["Format", "files_at", "format_of", "unreadable_address"]

Format = Literal["csv", "tsv", "parquet", "ndjson", "excel"]

_ENDINGS: dict[str, Format] = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "ndjson",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".xlsb": "excel",
    ".xls": "excel",
    ".ods": "excel",
}
_WEB = ("http", "https")
_SCHEMES = (*_WEB, "s3", "s3a", "gs", "gcs", "az", "azure", "adl", "abfs", "abfss", "file", "hf")
_PACKED = (".gz", ".zst", ".zip")


def format_of(place: str) -> Format | None:
    """The format that a file's ending says, the ending of a compressed one left aside; None for none we know."""
    name = place.split("?", 1)[0].lower() if is_remote(place) else place.lower()
    for packed in _PACKED:
        name = name.removesuffix(packed)
    return next((known for ending, known in _ENDINGS.items() if name.endswith(ending)), None)


def unreadable_address(path: str) -> Iterator[str]:
    """What is wrong with a URL, as far as it shows."""
    scheme, separator, rest = path.partition("://")
    if separator and scheme.lower() not in _SCHEMES:
        yield f"path is {path}, and {scheme}:// is not read: expected a file here, or s3://, gs://, az://, https://"
    elif scheme.lower() in _WEB and separator and "*" in rest.partition("/")[2].split("?", 1)[0]:
        yield f"path is {path}, but a web server cannot list files: expected the address of one file"


def files_at(path: str, declared: Format | None) -> tuple[tuple[str, ...], Format]:
    """The files behind a path, sorted, all of one format: the file, a folder's (at any depth), or a pattern's.

    Raises ReadError: nothing there, with the near misses; several formats; an ending that says no format.
    """
    places = (path,) if is_remote(path) else _local(path)
    if declared is not None:
        return places, declared
    formats = {place: format_of(place) for place in places}
    if Path(path).is_dir():
        formats = {place: known for place, known in formats.items() if known is not None}
    if not formats:
        raise ReadError(f"{path} holds no file that can be read: expected {_endings()}")
    first = next(iter(formats))
    for place, known in formats.items():
        if known is None:
            raise ReadError(
                f"{place}: its format cannot be told from its ending: expected {_endings()}",
                hint=f"format: {' | '.join(get_args(Format))}",
            )
        if known != formats[first]:
            raise ReadError(
                f"{path} holds several formats: {Path(first).name} and {Path(place).name}",
                hint=f"a pattern such as {Path(first).parent / ('*' + Path(first).suffix)}",
            )
    return tuple(formats), formats[first] or "csv"


def _local(path: str) -> tuple[str, ...]:
    here = Path(path)
    if here.is_file():
        return (path,)
    if here.is_dir():
        return tuple(sorted(str(file) for file in here.rglob("*") if file.is_file() and not _is_hidden(file, here)))
    if glob.has_magic(path):
        found = sorted(file for file in glob.iglob(path, recursive=True) if Path(file).is_file())  # noqa: PTH207 - the pattern may be absolute
        if not found:
            raise ReadError(f"{path} matches no file{'' if glob.has_magic(str(here.parent)) else _near_misses(here)}")
        return tuple(found)
    variable = re.search(r"\$([A-Za-z_]\w*)", path)
    hint = None if variable is None else f"${{{variable[1]}}} for the value of a variable"
    raise ReadError(f"{path} does not exist{_near_misses(here)}", hint=hint)


def _is_hidden(file: Path, folder: Path) -> bool:
    """Marks and half-written files, which lakes and editors leave beside the data."""
    return any(part.startswith((".", "_", "~$")) for part in file.relative_to(folder).parts)


def _near_misses(missing: Path) -> str:
    folder = missing.parent
    if not folder.is_dir():
        return f": there is no folder {folder}"
    names = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    near = get_close_matches(missing.name, names, n=1, cutoff=0.6)
    if near:
        return f", did you mean {near[0]}?"
    return f"; {folder} holds {_listed(names)}" if names else f": {folder} is empty"


def _listed(names: Sequence[str], most: int = 3) -> str:
    more = f" ({len(names) - most} more)" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _endings() -> str:
    return ".csv, .tsv, .parquet, .ndjson or .xlsx"
