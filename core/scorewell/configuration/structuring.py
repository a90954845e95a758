"""Nodes to objects: one strict cattrs converter. Nothing is coerced, nothing is ignored, every mistake is kept.

Hooks are given nodes, so each knows the place of what it refuses. A hook that cannot answer notes the problem and
returns BROKEN; what holds the value goes on without it, so that all mistakes are found in one pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Mapping as AbstractMapping
from datetime import date
from pathlib import Path
from typing import Any, get_args

import attrs
from cattrs import Converter

from scorewell.api.v1 import Bound, Component, Duration, Points, Secret, Share, Sink, Source
from scorewell.api.v1.passwords import is_password_name
from scorewell.configuration.components import component_hook
from scorewell.configuration.later import later
from scorewell.configuration.model import Precision
from scorewell.configuration.nodes import Entry, Mapping, Node, Scalar, Sequence, spelled
from scorewell.configuration.notes import BROKEN, Notes
from scorewell.configuration.scalars import Scalars
from scorewell.configuration.types import (
    expected,
    fits,
    is_component,
    is_configurable,
    is_literal,
    is_mapping,
    is_tuple,
    is_union,
)
from scorewell.configuration.written import BESIDE
from scorewell.discovery import Plugins, settings_of, yaml_name
from scorewell.messages import listed, near_miss

__all__ = ["Structuring"]

Default = Callable[[], Any]


class Structuring:
    """Makes objects of nodes. ``defaults`` fill required fields of the model that YAML may leave out."""

    def __init__(
        self, notes: Notes, plugins: Plugins, folder: Path, defaults: AbstractMapping[tuple[type[Any], str], Default]
    ) -> None:
        self._notes = notes
        self._defaults = defaults
        self._fields: dict[type[Any], dict[str, attrs.Attribute[Any]]] = {}
        self._short: set[type[Any]] = set()
        self._beside: dict[type[Any], tuple[str, ...]] = {}
        self._converter = Converter()
        for component, words in BESIDE.items():
            self.beside(component, (yaml_name(field) for field in settings_of(words)))
        self._register(Scalars(notes, folder), component_hook(self, notes, plugins))

    def structure(self, node: Node, kind: Any) -> Any:
        """The object, or BROKEN; where a part could not be made, the rest is there and the problem is noted."""
        return self._converter.structure(node, kind)

    def shorthand(self, kind: type[Any], expand: Callable[[Node], Node]) -> None:
        """Let ``expand`` turn a short form of ``kind`` into its settings."""
        self._short.add(kind)
        self._converter.register_structure_hook_func(
            lambda other: other is kind, lambda node, _: self._settings(expand(node), kind)
        )

    def beside(self, kind: type[Any], keys: Iterable[str]) -> None:
        """``keys`` stand beside the settings of every class of ``kind``, and somebody else reads them."""
        self._beside[kind] = tuple(keys)

    def fields(self, node: Mapping, kind: type[Any], name: str = "") -> dict[str, Any]:
        """The constructor's arguments; a field that could not be made is left out, or None where it has no default.

        ``name`` is what a message calls the class, where it has a name that the user knows.
        """
        known = self._known(kind)
        arguments: dict[str, Any] = {}
        misspelt = set()
        for entry in node.entries:
            field = known.get(entry.key)
            if field is None:
                misspelt.add(self._unknown(entry, node, kind, name))
            else:
                self._withhold(entry, field, kind)
                value = self._field(entry.value, field, name)
                if value is not BROKEN:
                    arguments[field.alias or field.name] = value
        for key, field in known.items():
            argument = field.alias or field.name
            if argument in arguments or field.default is not attrs.NOTHING:
                continue
            if "component" in field.metadata and node.get(key) is None:
                arguments[argument] = self._field(_unwritten(field.metadata["component"], key, node), field, name)
                continue
            default = self._defaults.get((kind, field.name))
            if default is not None and node.get(key) is None:
                arguments[argument] = default()
                continue
            if node.get(key) is None and key not in misspelt:
                of = f" of {name}" if name else ""
                self._notes.key(node, f"missing setting {key!r}{of}: {field.metadata.get('help', 'it is required')}")
            arguments[argument] = None
        return arguments

    def _field(self, node: Node, field: attrs.Attribute[Any], name: str) -> Any:
        if field.metadata.get("enters_no_score"):
            self._notes.unscored.add(node.keys)
        kind: Any = field.type
        # Asked before, for cattrs itself would make a list or a set of our nodes, and a path of what is none.
        if not is_configurable(kind):
            of = f" of {name}" if name else ""
            told = f"setting {field.name!r}{of} has a type that cannot be configured: {_annotation(kind)}"
            return self._notes.key(node, told, "tell the plugin's authors: a list is tuple[…, ...], a path Location")
        return self._converter.structure(node, kind)

    def _withhold(self, entry: Entry, field: attrs.Attribute[Any], kind: type[Any]) -> None:
        """Remember a setting that holds a password and nothing else, also where its plugin calls it a plain text."""
        is_plain = field.type in (str, str | None) and issubclass(kind, Source | Sink) and is_password_name(entry.key)
        if is_plain:
            self._notes.withheld.secrets.add(entry.value.keys)
        if is_plain or field.type in (Secret, Secret | None):
            self._notes.withheld.credentials.add(entry.value.keys)

    def _known(self, kind: type[Any]) -> dict[str, attrs.Attribute[Any]]:
        if kind not in self._fields:
            self._fields[kind] = {yaml_name(field): field for field in settings_of(kind)}
        return self._fields[kind]

    def _unknown(self, entry: Entry, node: Mapping, kind: type[Any], name: str) -> str | None:
        """Note a setting that is not known; the one that it was probably meant to be, None where nothing is near."""
        told = later(kind, entry.key)
        if told:
            self._notes.beside(entry.mark, (*node.keys, entry.key), told)
            return None
        known = tuple(self._known(kind))
        beside = tuple(key for other, keys in self._beside.items() if issubclass(kind, other) for key in keys)
        near = near_miss(entry.key, (*known, *beside))
        others = f"; beside them there are {listed(beside)}" if beside else ""
        advice = f", did you mean {near!r}?" if near else f"; {name or 'it'} has {listed(known, 20)}{others}"
        self._notes.beside(entry.mark, node.keys, f"unknown setting {entry.key!r}{advice}")
        return near

    def _register(self, scalars: Scalars, component: Callable[[Node, Any], Any]) -> None:
        converter = self._converter
        converter.register_structure_hook_func(is_union, self._union)
        converter.register_structure_hook_func(is_literal, scalars.word)
        converter.register_structure_hook_func(is_tuple, self._tuple)
        converter.register_structure_hook_func(is_mapping, self._mapping)
        converter.register_structure_hook_func(lambda kind: kind == Points, scalars.points)
        converter.register_structure_hook_func(lambda kind: kind == Bound, scalars.bound)
        converter.register_structure_hook_func(lambda kind: kind == Share, scalars.share)
        converter.register_structure_hook_func(lambda kind: kind == Precision, scalars.precision)
        converter.register_structure_hook_func(_is_settings, self._settings)
        converter.register_structure_hook_func(is_component, component)
        converter.register_structure_hook_func(lambda kind: kind is Secret, scalars.secret)
        converter.register_structure_hook_func(lambda kind: kind is Duration, scalars.duration)
        converter.register_structure_hook_func(lambda kind: kind is date, scalars.day)
        # cattrs looks up plain classes before it asks predicates: these are registered as classes.
        converter.register_structure_hook(str, scalars.text)
        converter.register_structure_hook(int, scalars.whole)
        converter.register_structure_hook(float, scalars.number)
        converter.register_structure_hook(bool, scalars.truth)

    def _settings(self, node: Node, kind: type[Any]) -> Any:
        if not isinstance(node, Mapping):
            return self._notes.value(node, f"expected settings, got {spelled(node)}")
        before = len(self._notes.problems)
        arguments = self.fields(node, kind)
        if len(self._notes.problems) > before and not kind.__module__.startswith(_OWN):
            return BROKEN
        try:
            return kind(**arguments)
        except (TypeError, ValueError) as error:
            return self._notes.key(node, str(error))

    def _union(self, node: Node, kind: Any) -> Any:
        options = [option for option in get_args(kind) if fits(option, node) or self._is_short(option, node)]
        # The word is as good as YAML's null where no text is expected: `unknown: none`.
        says_none = isinstance(node, Scalar) and node.value == "none" and type(None) in get_args(kind)
        if options == [type(None)] or (says_none and all(is_component(option) for option in options)):
            return None
        if not options:
            return self._notes.value(node, f"expected {expected(kind)}, got {spelled(node)}")
        for option in options[:-1]:
            before = self._notes.written()
            value = self._converter.structure(node, option)
            if self._notes.written()[0] == before[0]:
                return value
            self._notes.strike(before)
        return self._converter.structure(node, options[-1])

    def _is_short(self, kind: Any, node: Node) -> bool:
        return kind in self._short and isinstance(node, Scalar) and isinstance(node.value, str)

    def _tuple(self, node: Node, kind: Any) -> Any:
        if not isinstance(node, Sequence):
            dash = ": each of its items begins with a dash" if isinstance(node, Mapping) else ""
            return self._notes.value(node, f"expected a list, got {spelled(node)}{dash}")
        options = get_args(kind)
        if options[-1] is not Ellipsis and len(options) != len(node.items):
            return self._notes.key(node, f"expected a list of {len(options)}, got {len(node.items)}")
        kinds = [options[0]] * len(node.items) if options[-1] is Ellipsis else options
        values = [self._converter.structure(item, one) for item, one in zip(node.items, kinds, strict=True)]
        whole = [value for value in values if value is not BROKEN]
        return BROKEN if options[-1] is not Ellipsis and len(whole) < len(values) else tuple(whole)

    def _mapping(self, node: Node, kind: Any) -> Any:
        if not isinstance(node, Mapping):
            return self._notes.value(node, f"expected settings by name, got {spelled(node)}")
        key_kind, value_kind = get_args(kind)
        values = {}
        for entry in node.entries:
            key: Any = entry.key
            if key_kind is not str:
                named = Scalar(
                    value=entry.key,
                    text=entry.key,
                    mark=entry.mark,
                    at=entry.mark,
                    keys=(*node.keys, entry.key),
                    raw=entry.key,
                )
                key = self._converter.structure(named, key_kind)
            value = self._converter.structure(entry.value, value_kind)
            if key is not BROKEN and value is not BROKEN:
                values[key] = value
        return values


def _unwritten(name: str, key: str, inside: Mapping) -> Scalar:
    """A component's name that nobody wrote: told, where it is not found, at what it would stand in."""
    return Scalar(value=name, text=name, mark=inside.mark, at=inside.at, keys=(*inside.keys, key), raw=name)


def _annotation(kind: Any) -> str:
    return kind.__name__ if isinstance(kind, type) and not get_args(kind) else str(kind)


# The core's own classes only store what they are given, so they may hold what is there; a plugin's may choke on it.
_OWN = "scorewell."


def _is_settings(kind: Any) -> bool:
    return isinstance(kind, type) and attrs.has(kind) and not issubclass(kind, Component)
