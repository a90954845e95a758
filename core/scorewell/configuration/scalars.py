"""Single values: text, numbers, words, the settings' own types. ``"false"`` is no boolean, 7.9 no whole number."""

from __future__ import annotations

import enum
import math
import os
import re
from datetime import date
from pathlib import Path
from typing import Any

import attrs

from scorewell.api.v1 import Column, Condition, Duration, Expression, Location, PartName, Secret
from scorewell.configuration.nodes import Node, Scalar, spelled
from scorewell.configuration.notes import BROKEN, Notes, Reference
from scorewell.configuration.types import expected, words
from scorewell.messages import near_miss

__all__ = ["Scalars"]

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")
_DECIMAL_COMMA = re.compile(r"[-+]?[0-9]+,[0-9]{1,2}")
_PERCENT = re.compile(r"(?P<number>[0-9]+(\.[0-9]+)?) ?%")


class Scalars:
    """The hooks for single values. ``folder`` is what relative paths are relative to."""

    def __init__(self, notes: Notes, folder: Path) -> None:
        self._notes = notes
        self._folder = folder

    def text(self, node: Node, kind: type[Any]) -> Any:
        """``str`` and the settings' kinds of text."""
        if issubclass(kind, enum.StrEnum):
            word = self.word(node, kind)
            return word if word is BROKEN else kind(word)
        sql = issubclass(kind, Expression | Condition)
        if not isinstance(node, Scalar) or node.value is None:
            quote = ": put the whole text in quotes" if sql and not isinstance(node, Scalar) else ""
            return self._refuse(node, kind, quote)
        # SQL is SQL: `sql: 1` and `when: true` mean what they say. Any other text that looks like a number is quoted.
        if not isinstance(node.value, str) and not sql and not node.interpolated:
            return self._refuse(node, kind, ": put it in quotes")
        text = node.raw
        if (sql or issubclass(kind, Column | Location)) and not text.strip():
            return self._notes.value(node, f"expected {expected(kind)}, got an empty text")
        made = self._resolved(text) if issubclass(kind, Location) else kind(text)
        if isinstance(made, Expression | Condition):
            self._notes.references.append(Reference(node, made))
        else:
            self._notes.withheld.texts.add(node.keys)
        if isinstance(made, PartName):
            self._notes.part_names.append(node)
        return made

    def secret(self, node: Node, _: Any) -> Any:
        """A text that is never shown."""
        self._notes.withheld.secrets.add(node.keys)
        if not isinstance(node, Scalar) or not (isinstance(node.value, str) or node.interpolated):
            return self._notes.value(node, f"expected {expected(Secret)}")
        self._notes.environment.hide(node.raw, "***")
        return Secret(node.raw)

    def duration(self, node: Node, kind: Any) -> Any:
        """``30d``."""
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            return self._refuse(node, kind)
        try:
            return Duration.parse(node.value)
        except ValueError as error:
            return self._notes.value(node, str(error))

    def day(self, node: Node, kind: Any) -> Any:
        """``2027-01-15``."""
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            return self._refuse(node, kind)
        try:
            # Not every form of ISO 8601: 2027W031 is for machines.
            return date.fromisoformat(node.value) if _DAY.fullmatch(node.value) else self._refuse(node, kind)
        except ValueError as error:
            return self._refuse(node, kind, f": {error}")

    def truth(self, node: Node, kind: Any) -> Any:
        """``true`` or ``false``."""
        if not isinstance(node, Scalar) or not isinstance(node.value, bool):
            return self._refuse(node, kind)
        return node.value

    def whole(self, node: Node, kind: Any) -> Any:
        """A whole number."""
        if not isinstance(node, Scalar) or not isinstance(node.value, int) or isinstance(node.value, bool):
            return self._refuse(node, kind)
        return node.value

    def number(self, node: Node, kind: Any) -> Any:
        """A finite number; a whole number is one too."""
        if not isinstance(node, Scalar) or isinstance(node.value, bool) or not isinstance(node.value, int | float):
            return self._refuse(node, kind, _as_number(node))
        value = float(node.value)
        return value if math.isfinite(value) else self._notes.value(node, f"expected a finite number, got {node.text}")

    def bound(self, node: Node, kind: Any) -> Any:
        """A number in the metric's unit, or SQL that yields one for each customer."""
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            return self.number(node, kind)
        if _as_number(node):
            return self._refuse(node, kind, _as_number(node))
        before = len(self._notes.references)
        made = self.text(node, Expression)
        self._notes.references[before:] = [
            attrs.evolve(reference, is_bound=True) for reference in self._notes.references[before:]
        ]
        return made

    def points(self, node: Node, kind: Any) -> Any:
        """A number in the scale of the scorecard that it stands in."""
        value = self.number(node, kind)
        if value is not BROKEN and isinstance(node, Scalar):
            self._notes.points.append((node, value))
        return value

    def share(self, node: Node, kind: Any) -> Any:
        """``60%`` or 0.6."""
        if isinstance(node, Scalar) and isinstance(node.value, str) and (match := _PERCENT.fullmatch(node.value)):
            share: Any = float(match["number"]) / 100
        else:
            share = self.number(node, kind)
        if share is not BROKEN and not 0 <= share <= 1:
            return self._notes.value(node, f"expected a share from 0% to 100%, got {spelled(node)}")
        return share

    def precision(self, node: Node, kind: Any) -> Any:
        """Decimals from 0 to 9, or ``none``."""
        if isinstance(node, Scalar) and node.value in (None, "none"):
            return None
        decimals = self.whole(node, kind)
        if decimals is not BROKEN and not 0 <= decimals <= 9:
            return self._notes.value(node, f"expected 0 to 9 decimals, or none, got {spelled(node)}")
        return decimals

    def word(self, node: Node, kind: Any) -> Any:
        """One of a few words (or numbers)."""
        known = words(kind)
        if isinstance(node, Scalar):
            for word in known:
                if type(word) is type(node.value) and word == node.value:
                    return word
            near = None if node.interpolated else near_miss(str(node.value), [str(word) for word in known])
            if near:
                return self._refuse(node, kind, f", did you mean {near!r}?")
        return self._refuse(node, kind)

    def _refuse(self, node: Node, kind: Any, advice: str = "") -> Any:
        return self._notes.value(node, f"expected {expected(kind)}, got {spelled(node)}{advice}")

    def _resolved(self, text: str) -> Location:
        if _URL.match(text):
            return Location(text)
        # os.path.join, for a Path would lose the trailing slash that says "a folder".
        return Location(os.path.join(self._folder, os.path.expanduser(text)))  # noqa: PTH111, PTH118 - as said


def _as_number(node: Node) -> str:
    """What to write for a text that means a number. ``40%`` as a weight is 40; whether another number is 40 or 0.4 only
    its metric knows."""
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return ""
    if _NUMBER.fullmatch(node.raw.strip()):
        return ": write it without quotes"
    if _DECIMAL_COMMA.fullmatch(node.text):
        return f": write {node.text.replace(',', '.')}"
    percent = _PERCENT.fullmatch(node.text)
    if percent is None:
        return ""
    plain, share = percent["number"], f"{float(percent['number']) / 100:g}"
    return f": write {plain}" if node.keys[-1:] == ("weight",) else f": write {plain}, or {share} where 1 is all"
