"""Settings: how a component says what its user may configure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any, Self, TypeVar, dataclass_transform

import attrs

from scorewell.api.v1.lengths import length

__all__ = [
    "Bound",
    "Column",
    "Condition",
    "Duration",
    "Expression",
    "Location",
    "PartName",
    "Points",
    "Secret",
    "Share",
    "frozen",
    "setting",
]

T = TypeVar("T")
C = TypeVar("C", bound=type[Any])

_LENGTHS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


def setting(
    help: str,  # noqa: A002 - the word a reader of the call expects
    *,
    default: Any = attrs.NOTHING,
    factory: Callable[[], Any] | None = None,
    component: str | None = None,
    alias: str | None = None,
) -> Any:
    """A field of a component that its user may configure.

    ``help`` is one phrase without a full stop: it becomes the documentation, the description in the JSON Schema and
    part of the error message. A setting without ``default`` or ``factory`` is required. The field's annotation decides
    what is accepted; nothing is coerced.

    ``component`` names what stands here where the user writes nothing (``weighted_average``): the default of a setting
    that is a component of another plugin, which this one may not import. From Python it must be given.
    """
    del alias  # read by type checkers only
    if factory is not None:
        return attrs.field(factory=factory, metadata={"help": help})
    metadata = {"help": help} if component is None else {"help": help, "component": component}
    return attrs.field(default=default, metadata=metadata)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(setting,))
def frozen(cls: C) -> C:
    """Make an immutable, keyword-only attrs class: the form of every component and of every nested setting."""
    return attrs.frozen(cls, kw_only=True)


class Expression(str):
    """SQL that yields a value. What names it may use depends on where it stands (see the dialect's page)."""

    __slots__ = ()


class Condition(str):
    """SQL that yields true or false. Null counts as false, with a finding."""

    __slots__ = ()


class Column(str):
    """The name of a column of the table that the setting belongs to."""

    __slots__ = ()


class PartName(str):
    """The name of a part of the node that the setting's aggregator combines: a metric or a dimension there. A name that
    is none is refused at its place in the file."""

    __slots__ = ()


class Location(str):
    """A path or URL. A relative path is resolved against the folder of the project's main file before the component
    is made; a leading ``~`` is the user's home; a URL (``s3://…``, ``https://…``) is left as it is."""

    __slots__ = ()


Points = Annotated[float, "points in the scorecard's scale"]
"""A score that the user writes, in the scorecard's scale; one outside it is refused at its place in the file.
``Inputs.points`` and ``Parts.points`` make it 0–100."""

Bound = Annotated[float | Expression, "a number in the metric's unit, or SQL that yields one"]
"""A value in the metric's unit that a normalizer compares with: a number, or what was agreed with each customer, as an
expression over roles, attributes and metrics. ``Inputs.bound`` makes it a column."""


Share = Annotated[float, "a share, which YAML may write as 60%"]
"""A number from 0 to 1."""


@attrs.frozen
class Duration:
    """A positive length of time: ``12h``, ``30d``, ``6w``, ``90 days``."""

    length: timedelta

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``12h``, ``30d``, ``6w`` or ``90 days``. Raises ValueError with what was expected."""
        count, unit = length(text)
        if unit not in _LENGTHS:
            raise ValueError(f"{text!r} is not always as long: write it in days, as in 30d")
        return cls(count * _LENGTHS[unit])

    @property
    def whole_days(self) -> int | None:
        """The number of days, or None where the length is not a whole number of days."""
        days, rest = divmod(self.length, timedelta(days=1))
        return None if rest else days

    def __str__(self) -> str:
        days = self.whole_days
        return f"{self.length // timedelta(hours=1)}h" if days is None else f"{days}d"


@attrs.frozen(repr=False, str=False)
class Secret:
    """A value that is never shown: not in a message, a log, a report, a repr or an output."""

    _value: str

    def reveal(self) -> str:
        """The value itself, for the call that needs it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"
