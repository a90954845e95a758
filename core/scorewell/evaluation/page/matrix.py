"""The migration matrix: rows are the bands as they are, columns those that are proposed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from scorewell.evaluation.comparison import Comparison
from scorewell.evaluation.page.model import Cell, MatrixRow
from scorewell.evaluation.page.words import NO_SCORE, Words
from scorewell.reporting.model import State

__all__ = ["heads", "rows", "totals"]

Direction = Literal["up", "down", "same", "lost", "gained", "none"]
_ALL = State("All", "none")
_STAYS = frozenset(("same", "none"))
# Of those that move, from which share on a cell is warmer.
_HEATS = (0.0, 0.05, 0.2, 0.5)
_DESCRIBED = {
    "up": "move up from {0} to {1}",
    "down": "move down from {0} to {1}",
    "same": "are as high in {1} as in {0}",
    "lost": "lose the score, from {0}",
    "gained": "gain a score, {1}",
    "none": "have no score either way",
}


def heads(comparison: Comparison, words: Words) -> tuple[State, ...]:
    """The columns: the bands that are proposed, and no score where somebody has none."""
    return tuple(words.proposed[band] if band is not None else NO_SCORE for band in _columns(comparison, words))


def _columns(comparison: Comparison, words: Words) -> tuple[str | None, ...]:
    has_none = comparison.migration["band_proposed"].null_count() > 0
    return (*words.proposed, None) if has_none else tuple(words.proposed)


def rows(comparison: Comparison, words: Words) -> tuple[MatrixRow, ...]:
    """A row for each band as it is, and one for those without a score where there are any."""
    cells = _cells(comparison)
    moving = sum(counted for counted, _, direction in cells.values() if direction not in _STAYS) or 1
    made = []
    for band, state in (*words.current.items(), (None, NO_SCORE)):
        of_row = [cells.get((band, head)) for head in _columns(comparison, words)]
        if band is None and not any(of_row):
            continue
        shown = [
            _cell(each, moving, words, state, head) for each, head in zip(of_row, heads(comparison, words), strict=True)
        ]
        known = [each for each in of_row if each is not None]
        made.append(MatrixRow(state, tuple(shown), *_sums(known, words)))
    return tuple(made)


def totals(comparison: Comparison, words: Words) -> MatrixRow:
    """How many are in each band that is proposed."""
    cells = _cells(comparison)
    columns = [[each for (_, then), each in cells.items() if then == head] for head in _columns(comparison, words)]
    shown = []
    for column in columns:
        customers, value = _sums(column, words)
        shown.append(Cell(customers if column else None, value if column else None, "same", 0, ""))
    return MatrixRow(_ALL, tuple(shown), *_sums(list(cells.values()), words))


def _cells(
    comparison: Comparison,
) -> dict[tuple[str | None, str | None], tuple[int, float | None, Direction]]:
    """Customers, value and direction of each pair of bands. Customers of one pair may move differently where their
    scorecards differ: then the direction is that of the most."""
    counted = comparison.counted.group_by("band_current", "band_proposed", "move").len()
    directions: dict[tuple[str | None, str | None], Direction] = {}
    for now, then, move, _ in counted.sort("len", "move", descending=[False, True]).iter_rows():
        directions[now, then] = move
    return {
        (row["band_current"], row["band_proposed"]): (
            row["customers"],
            row["value"],
            directions[row["band_current"], row["band_proposed"]],
        )
        for row in comparison.migration.sort(pl.all(), nulls_last=True).iter_rows(named=True)
    }


def _cell(each: tuple[int, float | None, Direction] | None, moving: int, words: Words, now: State, then: State) -> Cell:
    if each is None:
        return Cell(None, None, "none", 0, "")
    customers, value, direction = each
    heat = 0 if direction in _STAYS else sum(customers / moving > edge for edge in _HEATS)
    told = _DESCRIBED[direction].format(now.words, then.words)
    return Cell(words.count(customers), words.amount(value), direction, heat, told)


def _sums(known: Sequence[tuple[int, float | None, Direction]], words: Words) -> tuple[str, str | None]:
    values = [value for _, value, _ in known if value is not None]
    return words.count(sum(customers for customers, _, _ in known)), words.amount(sum(values) if values else None)
