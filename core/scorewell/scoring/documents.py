"""What was learned as plain data: numbers and lists for JSON, and back."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl

from scorewell.scoring.inputs import Statistic

__all__ = ["CardStatistics", "digested", "plain", "read", "together"]

CardStatistics = Mapping[str, Mapping[str, Statistic]]
"""What one scorecard's normalizers learned: by the path of the leaf and the name of the statistic."""


def plain(statistics: CardStatistics) -> dict[str, dict[str, Any]]:
    """The statistics of a scorecard as numbers, None and lists of numbers."""
    return {
        path: {name: value.to_list() if isinstance(value, pl.Series) else value for name, value in named.items()}
        for path, named in statistics.items()
    }


def read(stored: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Statistic]]:
    """The statistics that ``plain`` gave."""
    return {
        path: {
            name: pl.Series(value, dtype=pl.Float64) if isinstance(value, list) else value
            for name, value in named.items()
        }
        for path, named in stored.items()
    }


def together(fits: Iterable[Mapping[str, CardStatistics]]) -> dict[str, CardStatistics]:
    """By scorecard, the statistics of several fits; of the same one the earlier fit's counts."""
    result: dict[str, dict[str, dict[str, Statistic]]] = {}
    for fit in fits:
        for card, statistics in fit.items():
            kept = result.setdefault(card, {})
            for path, named in statistics.items():
                kept[path] = {**named, **kept.get(path, {})}
    return dict(result)


def digested(statistics: CardStatistics) -> Iterator[bytes]:
    """The statistics of a scorecard as bytes, for a fingerprint: the same for the same, in any order."""
    for path, named in sorted(statistics.items()):
        for name, value in sorted(named.items()):
            numbers = value.to_list() if isinstance(value, pl.Series) else [math.nan if value is None else value]
            yield f"{path} {name}".encode() + struct.pack(f"<{len(numbers)}d", *numbers)
