"""Which values each of several comparisons takes: the line of numbers, cut at every number that they name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

__all__ = ["Levels"]


@attrs.frozen
class Levels:
    """Comparisons in order, each a sign and a number: the first that holds takes a value.

    The line falls into pieces: below the first number, that number, up to the next, and so on; an even piece is open,
    an odd one is a number.
    """

    comparisons: Sequence[tuple[str, float]]

    @property
    def _numbers(self) -> list[float]:
        return sorted({number for _, number in self.comparisons})

    def taken(self) -> list[int | None]:
        """For each piece from low to high the position of the comparison that takes it, None for none."""
        count = 2 * len(self._numbers) + 1
        return [
            next((position for position, one in enumerate(self.comparisons) if self._holds(one, piece)), None)
            for piece in range(count)
        ]

    def never(self) -> Iterator[int]:
        """The positions of comparisons that those before them leave nothing."""
        taken = set(self.taken())
        return (position for position in range(len(self.comparisons)) if position not in taken)

    def gaps(self) -> Iterator[str]:
        """The values that no comparison takes, in words."""
        start = None
        taken = self.taken()
        for piece, position in enumerate([*taken, 0]):
            if position is None and start is None:
                start = piece
            elif position is not None and start is not None:
                yield self._words(start, piece - 1)
                start = None

    def _holds(self, comparison: tuple[str, float], piece: int) -> bool:
        sign, number = comparison
        at = 2 * self._numbers.index(number) + 1
        return {"<": piece < at, "<=": piece <= at, ">": piece > at, ">=": piece >= at, "=": piece == at}[sign]

    def _words(self, first: int, last: int) -> str:
        numbers = [f"{number:g}" for number in self._numbers]
        low = None if first == 0 else numbers[(first - 1) // 2]
        high = None if last == 2 * len(numbers) else numbers[last // 2]
        from_, to = first % 2 == 1, last % 2 == 1
        if low == high:
            return f"{low}"
        if low is None:
            return f"{high} and below" if to else f"below {high}"
        if high is None:
            return f"{low} and above" if from_ else f"above {low}"
        ends = {(True, True): "", (False, True): f", {low} excluded", (True, False): f", {high} excluded"}
        return f"between {low} and {high}" + ends.get((from_, to), ", both excluded")
