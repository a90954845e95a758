"""The text of a file, whatever it is packed and encoded in."""

from __future__ import annotations

import codecs
import gzip
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import polars as pl
from polars.exceptions import ComputeError

from scorewell.api.v1 import ReadError

__all__ = ["is_remote", "is_utf8", "is_utf16", "text_of"]


def is_remote(place: str) -> bool:
    """Whether a place is a URL, which only polars opens."""
    return "://" in place


def is_utf8(encoding: str) -> bool:
    """Whether polars reads this encoding itself."""
    return codecs.lookup(encoding).name in ("utf-8", "utf-8-sig", "ascii")


def is_utf16(place: str) -> bool:
    """Whether a local file begins with the mark of UTF-16, as spreadsheets write "Unicode text"."""
    if is_remote(place) or place.endswith((".gz", ".zst", ".zip")):
        return False
    with Path(place).open("rb") as file:
        return file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def text_of(place: str, encoding: str, storage_options: Mapping[str, str | float] | None = None) -> str:
    """All of the text, without a byte order mark. Raises ReadError, with the line where the encoding does not hold."""
    if is_remote(place) and place.endswith(".zip"):
        raise ReadError(f"{place}: .zip files are read from local folders only", hint="a copy beside the project")
    if is_remote(place) or place.endswith(".zst"):
        if not is_utf8(encoding):
            raise ReadError(
                f"{place}: encoding {encoding} is read from local .csv, .gz and .zip files only",
                hint="convert it to UTF-8, or copy it beside the project",
            )
        try:
            lines = pl.scan_lines(place, storage_options=dict(storage_options or {})).collect().to_series()
        except ComputeError as error:
            raise ReadError(f"{place} is not valid UTF-8") from error
        return "\n".join(lines).removeprefix("\ufeff")
    content = _unpacked(Path(place))
    actual = "utf-16" if content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else encoding
    try:
        return content.decode(actual).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ReadError(
            f"{place} line {line}: byte 0x{content[error.start]:02x} is not valid {encoding.upper()}",
            hint="encoding: windows-1252, if it comes from a spreadsheet on Windows" if is_utf8(encoding) else None,
        ) from error


def _unpacked(path: Path) -> bytes:
    try:
        match path.suffix.lower():
            case ".gz":
                return gzip.decompress(path.read_bytes())
            case ".zip":
                return _only_member(path)
            case _:
                return path.read_bytes()
    except (EOFError, gzip.BadGzipFile, zlib.error, zipfile.BadZipFile) as error:
        raise ReadError(f"{path} is damaged or cut off: {error}") from error


def _only_member(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        members = [name for name in archive.namelist() if not name.endswith("/") and "__MACOSX" not in name]
        if len(members) != 1:
            raise ReadError(f"{path} holds {len(members)} files: expected one", hint="unpack it and name the folder")
        return archive.read(members[0])
