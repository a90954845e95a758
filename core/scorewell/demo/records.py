"""A table of the demo on its way to a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import attrs

__all__ = ["Cell", "Records"]

Cell = str | int | float | bool | date | datetime | None


@attrs.frozen
class Records:
    """A table: its name, its columns, and one tuple of cells a row."""

    name: str
    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]]

    def write(self, folder: Path) -> None:
        """Write ``<name>.csv``: UTF-8, one ``\\n`` a row on every platform, an empty cell for what is missing."""
        with (folder / f"{self.name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(self.columns)
            writer.writerows(_written(row) for row in self.rows)


def _written(row: Iterable[Cell]) -> list[str]:
    return [_text(cell) for cell in row]


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case datetime():
            return cell.strftime("%Y-%m-%d %H:%M")
        case date():
            return cell.isoformat()
        case _:
            return str(cell)
