"""What the annotations of settings mean to a reader of messages, and which shapes of YAML fit them."""

from __future__ import annotations

import enum
import types
from collections.abc import Mapping as AbstractMapping
from datetime import date
from typing import Any, Literal, Union, get_args, get_origin

import attrs

from scorewell.api.v1 import (
    Bound,
    Column,
    Component,
    Condition,
    Duration,
    Expression,
    Location,
    PartName,
    Points,
    Secret,
    Share,
)
from scorewell.configuration.model import Precision
from scorewell.configuration.nodes import Mapping, Node, Scalar, Sequence
from scorewell.discovery import KINDS
from scorewell.messages import with_article

__all__ = [
    "expected",
    "fits",
    "is_component",
    "is_configurable",
    "is_literal",
    "is_mapping",
    "is_tuple",
    "is_union",
    "is_words",
    "words",
]

_TEXTS: dict[Any, str] = {
    Expression: "an SQL expression",
    Condition: "an SQL condition",
    Column: "the name of a column",
    Location: "a path or URL",
    PartName: "the name of a part",
    Secret: "text, best as ${NAME}",
    Duration: "a duration, as 30d",
    date: "a day, as 2027-01-15",
    str: "text",
}
_SCALARS: dict[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    Points: "a number",
    Bound: "a number or an SQL expression",
    Share: "a share, as 60%",
    Precision: "a number of decimals, or none",
}


def is_union(kind: Any) -> bool:
    """Whether the annotation is ``A | B``."""
    return get_origin(kind) in (Union, types.UnionType)


def is_literal(kind: Any) -> bool:
    """Whether the annotation is ``Literal[…]``."""
    return get_origin(kind) is Literal


def is_tuple(kind: Any) -> bool:
    """Whether the annotation is ``tuple[…]``."""
    return get_origin(kind) is tuple


def is_mapping(kind: Any) -> bool:
    """Whether the annotation is ``Mapping[K, V]`` or ``dict[K, V]``."""
    origin = get_origin(kind)
    return isinstance(origin, type) and issubclass(origin, AbstractMapping)


def is_component(kind: Any) -> bool:
    """Whether the annotation is one of the five interfaces."""
    return isinstance(kind, type) and kind in KINDS


def is_words(kind: Any) -> bool:
    """Whether the annotation is an enumeration of words."""
    return isinstance(kind, type) and issubclass(kind, enum.StrEnum)


def is_configurable(kind: Any) -> bool:
    """Whether a setting may have the annotation: one of those that the how-to on plugins lists, or made of them."""
    if is_union(kind):
        return all(option is type(None) or is_configurable(option) for option in get_args(kind))
    if is_tuple(kind) or is_mapping(kind):
        return all(part is Ellipsis or is_configurable(part) for part in get_args(kind))
    if is_literal(kind) or is_words(kind) or is_component(kind) or kind in _TEXTS or kind in _SCALARS:
        return True
    return isinstance(kind, type) and attrs.has(kind) and not issubclass(kind, Component)


def words(kind: Any) -> tuple[Any, ...]:
    """The values of a Literal or a StrEnum."""
    return get_args(kind) if is_literal(kind) else tuple(member.value for member in kind)


def expected(kind: Any) -> str:
    """What a message says was expected."""
    if is_union(kind):
        options = [expected(option) for option in get_args(kind) if option is not type(None)]
        return " or ".join(dict.fromkeys(options))
    if is_literal(kind) or is_words(kind):
        return "one of " + ", ".join(str(word) for word in words(kind))
    if is_tuple(kind):
        return "a list"
    if is_component(kind):
        return with_article(KINDS[kind])
    if kind in _TEXTS or kind in _SCALARS:
        return _TEXTS.get(kind) or _SCALARS[kind]
    return "settings"


def fits(kind: Any, node: Node) -> bool:
    """Whether the shape of a value is one that the annotation can be made of; its content may still be wrong."""
    if kind is Secret:  # whatever it is, it must not be told by anyone else
        return not (isinstance(node, Scalar) and node.value is None)
    match node:
        case Sequence():
            return is_tuple(kind)
        case Mapping():
            return is_component(kind) or is_mapping(kind) or (attrs.has(kind) and kind not in _TEXTS)
        case Scalar():
            return _fits_scalar(kind, node)


def _fits_scalar(kind: Any, node: Scalar) -> bool:
    value = node.value
    if value is None or kind is type(None):
        return value is None and kind is type(None)
    if kind in (Expression, Condition):
        return True
    if kind == Bound:
        return not isinstance(value, bool)
    if isinstance(value, bool):
        return kind is bool or (is_literal(kind) and value in words(kind))
    is_number = kind in (int, float, Points, Share, Precision)
    if isinstance(value, int | float) and (is_number or node.interpolated is False):
        return is_number or (is_literal(kind) and value in words(kind))
    return is_component(kind) or is_literal(kind) or is_words(kind) or kind in _TEXTS or kind == Share
