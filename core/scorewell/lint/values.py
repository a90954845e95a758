"""Sets of values that one expression may have, as far as conditions with literals tell."""

from __future__ import annotations

import math
from typing import Literal

import attrs

__all__ = ["ANYTHING", "NOTHING", "NULL", "PRESENT", "UndecidedError", "Values", "beyond", "but", "only"]

Kind = Literal["number", "text", "truth"]


class UndecidedError(Exception):
    """Literals of different kinds are compared: what that means only the data can tell."""


@attrs.frozen
class Values:
    """``null``, and either the values ``among`` or all from ``low`` to ``high`` ``without`` some.

    ``kind`` is that of the literals, None where there are none; bounds are of numbers only.
    """

    null: bool = False
    among: frozenset[object] | None = None
    low: float = -math.inf
    high: float = math.inf
    has_low: bool = True
    has_high: bool = True
    without: frozenset[object] = frozenset()
    kind: Kind | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no value is left."""
        if self.null:
            return False
        if self.among is not None:
            return not self.among
        if self.low < self.high:
            return False
        is_point = self.low == self.high and self.has_low and self.has_high
        return not is_point or self.low in self.without

    def meets(self, other: Values) -> Values:
        """The values in both. Raises UndecidedError."""
        if self.kind is not None and other.kind is not None and self.kind != other.kind:
            raise UndecidedError
        kind, null = self.kind or other.kind, self.null and other.null
        if self.among is not None or other.among is not None:
            few, many = (self, other) if self.among is not None else (other, self)
            return Values(null=null, among=frozenset(one for one in few.among or () if many.has(one)), kind=kind)
        low, lacks_low = max((self.low, not self.has_low), (other.low, not other.has_low))
        high, has_high = min((self.high, self.has_high), (other.high, other.has_high))
        without = self.without | other.without
        return Values(null, None, low, high, not lacks_low, has_high, without, kind)

    def has(self, value: object) -> bool:
        """Whether a value that is not null is one of them."""
        if self.among is not None:
            return value in self.among
        if value in self.without:
            return False
        if not isinstance(value, float):
            return self.low == -math.inf and self.high == math.inf
        above = value > self.low or (value == self.low and self.has_low)
        return above and (value < self.high or (value == self.high and self.has_high))

    def is_within(self, other: Values) -> bool:
        """Whether each of these is surely one of those."""
        if self.is_empty:
            return True
        if (self.null and not other.null) or (self.kind and other.kind and self.kind != other.kind):
            return False
        if self.among is not None:
            return all(other.has(one) for one in self.among)
        if other.among is not None:
            return False
        starts = (self.low, not self.has_low) >= (other.low, not other.has_low)
        ends = (self.high, self.has_high) <= (other.high, other.has_high)
        return starts and ends and not any(self.has(one) for one in other.without)


ANYTHING = Values(null=True)
PRESENT = Values()
NULL = Values(null=True, among=frozenset())
NOTHING = Values(among=frozenset())


def only(*values: object) -> Values:
    """These values and no others. Raises UndecidedError where they are of several kinds."""
    return Values(among=frozenset(values), kind=_kind(values))


def but(*values: object) -> Values:
    """All values but null and these. Raises UndecidedError where they are of several kinds."""
    return Values(without=frozenset(values), kind=_kind(values))


def beyond(value: float, *, up: bool, inclusive: bool) -> Values:
    """The numbers above or below one."""
    if up:
        return Values(low=value, has_low=inclusive, kind="number")
    return Values(high=value, has_high=inclusive, kind="number")


def _kind(values: tuple[object, ...]) -> Kind | None:
    kinds = {_kind_of(value) for value in values}
    if len(kinds) > 1:
        raise UndecidedError
    return next(iter(kinds), None)


def _kind_of(value: object) -> Kind:
    if isinstance(value, bool):
        return "truth"
    return "number" if isinstance(value, float) else "text"
