"""What may be written for an annotation, as JSON Schema: the mirror of how values are read."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, get_args

import attrs

from scorewell.api.v1 import (
    Bound,
    Column,
    Component,
    Condition,
    CustomerKey,
    Duration,
    Expression,
    Location,
    PartName,
    Points,
    Secret,
    Share,
)
from scorewell.api.v1.lengths import length_pattern
from scorewell.configuration.extending import EXTENDS
from scorewell.configuration.model import HistoryStore, Precision, Scorecard, SourceTables
from scorewell.configuration.nodes import Scalar
from scorewell.configuration.problems import Mark
from scorewell.configuration.schema.components import Components
from scorewell.configuration.schema.rules import NAMES, TOGETHER, VALUES
from scorewell.configuration.types import (
    fits,
    is_component,
    is_literal,
    is_mapping,
    is_tuple,
    is_union,
    is_words,
    words,
)
from scorewell.configuration.written import SPELLED, SUPPLIED, UNWRITTEN
from scorewell.discovery import Plugins, settings_of, yaml_name

__all__ = ["Schema", "Shapes"]

Schema = dict[str, Any]

_VARIABLE: Schema = {"$ref": "#/$defs/variable"}
_FILLED = {"type": "string", "pattern": r"\S"}
_SQL = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
_PERCENT = r"^0*(100(\.0+)?|[0-9]{1,2}(\.[0-9]+)?) ?%$"
_PLAIN: Mapping[Any, Schema] = {
    str: {"type": "string"},
    Column: _FILLED,
    Location: _FILLED,
    PartName: _FILLED,
    Secret: {"type": "string"},
    Expression: _SQL,
    Condition: _SQL,
}
"""Kinds of text: ``${NAME}`` is one anyway."""
_READ: Mapping[Any, tuple[Schema, ...]] = {
    bool: ({"type": "boolean"},),
    int: ({"type": "integer"},),
    float: ({"type": "number"},),
    Points: ({"type": "number"},),
    Bound: ({"type": "number"}, _FILLED),
    Duration: ({"type": "string", "pattern": length_pattern(("hour", "day", "week"))},),
    date: ({"type": "string", "format": "date", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"},),
    Share: ({"type": "number", "minimum": 0, "maximum": 1}, {"type": "string", "pattern": _PERCENT}),
    Precision: ({"type": "integer", "minimum": 0, "maximum": 9}, {"enum": ["none", None]}),
}
"""Kinds of which a text is read: in place of any, ``${NAME}`` may stand."""
_SHORT: Mapping[type[Any], type[Any]] = {CustomerKey: Column, HistoryStore: Secret}
"""Classes of settings that one value may stand for."""
_BASE = {"type": "string", "description": "the scorecard that this one is, but for what is written here"}
_MARK = Mark("")
_NONE = Scalar(value="none", text="none", mark=_MARK, at=_MARK, keys=(), raw="none")


class Shapes:
    """Makes schemas of annotations. What has a name, as a class of settings, is in ``definitions`` once."""

    def __init__(self, plugins: Plugins) -> None:
        self.definitions: dict[str, Schema] = {
            "variable": {
                "description": "the value of an environment variable",
                "type": "string",
                "pattern": r"\$\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\}",
            }
        }
        self._names: dict[tuple[Any, bool], str] = {}
        self._components = Components(plugins, self)

    def of(self, kind: Any) -> Schema:
        """What may be written for a setting of that annotation."""
        if kind in _PLAIN:
            return dict(_PLAIN[kind])
        if kind in _READ:
            return either(*_READ[kind], _VARIABLE)
        makers: tuple[tuple[Callable[[Any], bool], Callable[[Any], Schema]], ...] = (
            (is_union, self._union),
            (is_literal, _words),
            (is_words, _words),
            (is_tuple, self._tuple),
            (is_mapping, self._mapping),
            (is_component, self._component),
            (attrs.has, self._class),
        )
        make = next((make for is_one, make in makers if is_one(kind)), None)
        return {"not": {}} if make is None else make(kind)  # of a type unknown to us no setting can be configured

    def named(self, thing: tuple[Any, bool], make: Callable[[], Schema]) -> Schema:
        """A reference to the definition of a class, which is made the first time it is asked for."""
        if thing not in self._names:
            kind, is_change = thing
            name = snake(kind.__name__) + ("_changed" if is_change else "")
            # Two plugins may well have settings called Rule.
            name = name if name not in self.definitions else f"{kind.__module__}.{name}"
            self._names[thing] = name
            self.definitions[name] = {}  # taken: the class may hold itself
            self.definitions[name].update(make())
        return {"$ref": f"#/$defs/{self._names[thing]}"}

    def settings(self, kind: type[Any], *, changes: bool = False) -> tuple[dict[str, Schema], list[str]]:
        """The settings of a class by the names that YAML has for them, and which of them must be there."""
        properties: dict[str, Schema] = {}
        required = []
        for field in settings_of(kind):
            if field.name in UNWRITTEN.get(kind, ()):
                continue
            name = yaml_name(field)
            properties[name] = self._setting(kind, name, field, changes=changes)
            is_supplied = "component" in field.metadata or (kind, field.name) in SUPPLIED
            if field.default is attrs.NOTHING and not is_supplied:
                required.append(name)
        return properties, [] if changes else required

    def _setting(self, kind: type[Any], name: str, field: attrs.Attribute[Any], *, changes: bool) -> Schema:
        spelled = SPELLED.get((kind, field.name), field.type)
        schema = self._parts(spelled) if changes and name in ("dimensions", "metrics") else self.of(spelled)
        more = VALUES.get((kind, name), {})
        names = NAMES.get((kind, name))
        return {
            **_described(field),
            **schema,
            **({"propertyNames": dict(names)} if names else {}),
            # Where there is a choice, a limit is for the number and not for what may stand in its place.
            **({"anyOf": [schema["anyOf"][0] | more, *schema["anyOf"][1:]]} if "anyOf" in schema and more else more),
        }

    def _mapping(self, kind: Any) -> Schema:
        names, values = get_args(kind)
        return {"type": "object", "propertyNames": self._key(names), "additionalProperties": self.of(values)}

    def _component(self, kind: type[Component]) -> Schema:
        return self.named((kind, False), lambda: self._components.any_of(kind))

    def _class(self, kind: type[Any]) -> Schema:
        if kind is SourceTables:
            return self.named((kind, False), self._components.source)
        whole = self.named((kind, False), lambda: self._object(kind))
        if kind in _SHORT:
            return either(self.of(_SHORT[kind]), whole)
        return either(whole, self._change(kind)) if kind is Scorecard else whole

    def _object(self, kind: type[Any], *, changes: bool = False) -> Schema:
        properties, required = self.settings(kind, changes=changes)
        if changes and kind is Scorecard:
            properties, required = {EXTENDS: _BASE, **properties}, [EXTENDS]
        return {
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": False,
            **({} if changes else TOGETHER.get(kind, {})),
        }

    def _change(self, kind: type[Any]) -> Schema:
        return self.named((kind, True), lambda: self._object(kind, changes=True))

    def _parts(self, kind: Any) -> Schema:
        """Dimensions or metrics of a scorecard that extends another: changed, added, or taken away."""
        values = get_args(kind)[1]
        away = {"enum": [None, "none"], "description": "takes it away"}
        return {"type": "object", "additionalProperties": either(self._change(values), away)}

    def _union(self, kind: Any) -> Schema:
        options = [option for option in get_args(kind) if option is not types.NoneType]
        schemas = [self.of(option) for option in options]
        if types.NoneType in get_args(kind):
            schemas.append({"type": "null"})
            if all(is_component(option) for option in options if fits(option, _NONE)):
                schemas.append({"const": "none"})
        return either(*schemas)

    def _tuple(self, kind: Any) -> Schema:
        kinds = get_args(kind)
        if kinds[-1] is Ellipsis:
            return {"type": "array", "items": self.of(kinds[0])}
        length: Schema = {"type": "array", "minItems": len(kinds), "maxItems": len(kinds)}
        if len(set(kinds)) == 1:  # older editors do not know prefixItems
            return {**length, "items": self.of(kinds[0])}
        return {**length, "prefixItems": [self.of(kind) for kind in kinds]}

    def _key(self, kind: Any) -> Schema:
        schema = self.of(kind)
        # A key is never replaced by a variable.
        return next(iter(schema.get("anyOf", [schema]))) if kind is not str else {"minLength": 1}


def either(*schemas: Schema) -> Schema:
    """Any of these; choices within choices laid flat, each once."""
    flat: list[Schema] = []
    for schema in schemas:
        for one in schema["anyOf"] if set(schema) == {"anyOf"} else [schema]:
            if one not in flat:
                flat.append(one)
    return flat[0] if len(flat) == 1 else {"anyOf": flat}


def snake(name: str) -> str:
    """``ScoredMetric`` as ``scored_metric``."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).strip("_")


def _words(kind: Any) -> Schema:
    return either({"enum": list(words(kind))}, _VARIABLE)


def _described(field: attrs.Attribute[Any]) -> Schema:
    told: Schema = {}
    if field.metadata.get("help"):
        told["description"] = field.metadata["help"]
    if "component" in field.metadata:
        told["default"] = field.metadata["component"]
    elif isinstance(field.default, str | bool | int | float):
        told["default"] = field.default
    elif isinstance(field.default, Duration):
        told["default"] = str(field.default)
    return told
