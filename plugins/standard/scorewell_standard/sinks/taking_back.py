"""Taking back: a customer's rows out of files that were delivered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from scorewell.api.v1 import Forgotten, Receipt, ScorewellError

__all__ = ["taken_back"]


def delivered_files(path: str, endings: tuple[str, ...]) -> Iterator[Path]:
    """The files that deliveries to ``path`` may have left: the one it names and those of limited deliveries beside it,
    or those of all moments in that folder."""
    target = Path(path)
    if target.suffix in endings and not target.is_dir():
        yield from sorted({target, *target.parent.glob(f"{target.stem}-only-*{target.suffix}")} & _there(target.parent))
        return
    for start in ("scores", "summary"):
        for ending in endings:
            yield from sorted(target.glob(f"{start}-*{ending}"))


def _there(folder: Path) -> set[Path]:
    return set(folder.iterdir()) if folder.is_dir() else set()


def taken_back(
    path: str,
    endings: tuple[str, ...],
    forgotten: Forgotten,
    without: Callable[[Path, Forgotten], int],
    *,
    has_owners: bool = False,
) -> Receipt:
    """Let ``without`` write each file anew, which says how many rows that took. Scores name customers and nobody else;
    a summary names owners too.

    Raises ScorewellError with the file that could not be read or written.
    """
    count = 0
    for file in delivered_files(path, endings) if has_owners or forgotten.kind == "customer" else ():
        try:
            count += without(file, forgotten)
        except ScorewellError:
            raise
        except Exception as error:
            raise ScorewellError(f"{file} cannot be rewritten: {error}", hint="remove it by hand") from error
    return Receipt(location=path, count=count, what="rows")
