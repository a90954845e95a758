"""The configuration as values that know where they were written."""

from __future__ import annotations

import re

import attrs

from scorewell.api.v1 import without_passwords
from scorewell.configuration.problems import Mark

__all__ = ["Entry", "Keys", "Mapping", "Node", "Plain", "Scalar", "Sequence", "plain", "spelled"]

Keys = tuple[str, ...]
Plain = str | int | float | bool | None

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
_WHOLE = re.compile(r"[-+]?[0-9]{1,18}")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def plain(text: str) -> Plain:
    """What an unquoted text means by the core schema of YAML 1.2.

    ``no``, ``on``, dates, ``12:30`` and whole numbers of more than 18 digits stay text.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    if len(text) < 400 and _NUMBER.fullmatch(text):
        return text if text.lstrip("-+").isdigit() else float(text)
    return float(text.replace(".", "", 1)) if _NOT_FINITE.fullmatch(text) else text


@attrs.frozen(eq=False)
class Scalar:
    """One value. ``text`` is as written, ``value`` what it means after ``${NAME}`` was replaced.

    ``mark`` is where the value stands, ``at`` where its key does (or its place in a list); ``keys`` lead to it.
    """

    value: Plain
    text: str
    mark: Mark
    at: Mark
    keys: Keys
    quoted: bool = False
    interpolated: bool = False
    raw: str = ""
    """The text after ``${NAME}`` was replaced, whatever it would mean: what a text setting takes of ``"0042"``."""


@attrs.frozen(eq=False)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    mark: Mark
    at: Mark
    keys: Keys


@attrs.frozen(eq=False)
class Entry:
    """A key with its value."""

    key: str
    mark: Mark
    value: Node


@attrs.frozen(eq=False)
class Mapping:
    """Keys with values, in the order written; no key twice."""

    entries: tuple[Entry, ...]
    mark: Mark
    at: Mark
    keys: Keys

    def get(self, key: str) -> Node | None:
        """The value of a key, None where it is not there."""
        return next((entry.value for entry in self.entries if entry.key == key), None)

    @property
    def names(self) -> tuple[str, ...]:
        """The keys."""
        return tuple(entry.key for entry in self.entries)

    def without(self, keys: frozenset[str]) -> Mapping:
        """The same mapping, less some keys."""
        return attrs.evolve(self, entries=tuple(entry for entry in self.entries if entry.key not in keys))


Node = Scalar | Sequence | Mapping


def spelled(node: Node) -> str:
    """What a message calls a value: ``the text 'abc'``, ``the number 7.9``. Never a password, nor what an environment
    variable held."""
    if not isinstance(node, Scalar):
        return "a list" if isinstance(node, Sequence) else "a mapping"
    match node.value:
        case _ if node.interpolated:
            words = f"the value of {node.text}"
        case None:
            words = "nothing"
        case bool():
            words = node.text
        case str():
            told = without_passwords(node.value)
            words = f"the text {told if len(told) <= 60 else told[:60] + '…'!r}"
        case _:
            words = f"the number {node.text}"
    return words
