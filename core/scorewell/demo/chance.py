"""Chance that is the same on every machine."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")

__all__ = ["Stream"]


class Stream:
    """Repeatable random numbers, a stream of its own for each key.

    Of Python's generator only ``random()`` promises the same sequence in every version, and of floating point only
    the four basic operations give the same bits on every platform: nothing else is used here. Streams with different
    keys are independent, so that a new table, or more customers, leaves what the others draw as it was.
    """

    def __init__(self, *key: str | int) -> None:
        self._next = random.Random("/".join(str(part) for part in key)).random  # noqa: S311 - made-up data, no secret

    def share(self) -> float:
        """A number in [0, 1)."""
        return self._next()

    def happens(self, probability: float) -> bool:
        """True with this probability."""
        return self._next() < probability

    def whole(self, least: int, most: int) -> int:
        """A whole number, both ends included."""
        return least + int(self._next() * (most - least + 1))

    def near(self, middle: float, spread: float) -> float:
        """A bell around ``middle``, never farther than ``spread``: the mean of three uniform numbers."""
        return middle + spread * ((self._next() + self._next() + self._next()) * 2 / 3 - 1)

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices, each as likely."""
        return choices[int(self._next() * len(choices))]

    def weighted(self, weights: Mapping[T, float]) -> T:
        """One of the keys, as likely as its weight says."""
        point = self._next() * sum(weights.values())
        for choice, weight in weights.items():
            point -= weight
            if point < 0:
                return choice
        return next(reversed(list(weights)))
