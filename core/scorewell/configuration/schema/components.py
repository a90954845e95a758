"""The ways to write a component: a word, a name with its settings, or one key; for a measure also an SQL aggregate."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import attrs

from scorewell.api.v1 import Component, Measure, ScorewellError, Sink, Source, Table
from scorewell.configuration.components import BARE
from scorewell.configuration.written import BESIDE
from scorewell.discovery import KINDS, Plugins
from scorewell.messages import with_article

if TYPE_CHECKING:
    from scorewell.configuration.schema.shapes import Schema, Shapes

__all__ = ["Components"]

_VARIABLE = {"$ref": "#/$defs/variable"}


@attrs.frozen
class _Known:
    """A component of an installed plugin, and every name that it may be written by."""

    component: type[Component]
    names: tuple[str, ...]


class Components:
    """Schemas of the components of the installed plugins. One that does not load is left out."""

    def __init__(self, plugins: Plugins, shapes: Shapes) -> None:
        self._plugins = plugins
        self._shapes = shapes
        self._reports = tuple(report for report in plugins.overview() if report.problem is None)

    def any_of(self, kind: type[Component]) -> Schema:
        """What may stand where a component of that kind is expected."""
        tag = "plugin" if kind in (Source, Sink) else "type"
        known = list(self._known(kind))
        words = [name for one in known if not self._required(one.component) for name in one.names]
        options: list[Schema] = [{"enum": words}, _VARIABLE] if words else [_VARIABLE]
        if kind is Measure:
            aggregate = "an SQL aggregate of the table's columns, as sum(minutes)"
            options.append(
                {"type": "string", "pattern": r"\S", "not": {"pattern": f"^{BARE.pattern}$"}, "description": aggregate}
            )
        beside = self._shapes.settings(BESIDE[kind])[0] if kind in BESIDE else {}
        options += [self._tagged(one, tag, beside) for one in known]
        if tag == "type":
            options += [short for one in known for short in self._short(one, beside)]
        options.append({"type": "object", "properties": {tag: _VARIABLE}, "required": [tag]})
        return {"description": with_article(KINDS[kind]), "anyOf": options}

    def source(self) -> Schema:
        """A source with its tables: the core's words stand beside the plugin's settings."""
        options = [option for one in self._known(Source) for option in self._source(one)]
        unnamed: Schema = {"type": "object", "properties": {"plugin": _VARIABLE}, "required": ["plugin"]}
        return {"anyOf": [*options, unnamed]}

    def _known(self, kind: type[Component]) -> Iterator[_Known]:
        for report in self._reports:
            for name in report.components.get(KINDS[kind], ()):
                component = self._plugins.component(kind, f"{report.name}.{name}")
                bare = [name] if self._means(kind, name, component) else []
                yield _Known(component, (*bare, f"{report.name}.{name}"))

    def _means(self, kind: type[Component], name: str, component: type[Component]) -> bool:
        """Whether the name without its prefix stands for that component."""
        try:
            return self._plugins.component(kind, name) is component
        except ScorewellError:
            return False

    def _required(self, component: type[Component]) -> list[str]:
        return self._shapes.settings(component)[1]

    def _tagged(self, known: _Known, tag: str, beside: dict[str, Schema]) -> Schema:
        properties, required = self._shapes.settings(known.component)
        return self._object(known, {tag: {"enum": list(known.names)}, **properties, **beside}, [tag, *required])

    def _short(self, known: _Known, beside: dict[str, Schema]) -> Iterator[Schema]:
        """``{linear: {from: 0, to: 5}}``; ``{steps: …}`` where a setting has the component's own name."""
        properties, required = self._shapes.settings(known.component)
        own = known.component.name
        if own in properties:
            if set(required) <= {own}:
                for name in known.names:
                    yield self._object(known, {name: properties[own], **beside}, [name])
            return
        settings: Schema = {
            "type": "object",
            "properties": {**properties, **beside},
            "required": required,
            "additionalProperties": False,
        }
        for name in known.names:
            yield self._object(known, {name: settings, **beside}, [name])

    def _object(self, known: _Known, properties: dict[str, Any], required: list[str]) -> Schema:
        return {
            "description": _summary(known.component),
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": False,
        }

    def _source(self, known: _Known) -> Iterator[Schema]:
        component: Any = known.component
        tables = dict(component.tables)
        words, _ = self._shapes.settings(Table)
        plugin: Schema = {"plugin": {"enum": list(known.names)}}
        settings, required = self._shapes.settings(known.component)
        if not tables or "" in tables:
            yield self._object(known, {**plugin, **settings, **words}, ["plugin", *required])
        table = {"anyOf": [self._shapes.of(Table), {"type": "null"}]}
        several: Schema = {"description": "what the columns of each table mean", "type": "object"}
        if tables:
            several |= {"properties": dict.fromkeys(tables, table), "additionalProperties": False}
        else:
            several |= {"additionalProperties": table, "propertyNames": {"minLength": 1}}
        needed = ["plugin", "tables", *required] if not tables or "" in tables else ["plugin", *required]
        yield self._object(known, {**plugin, **settings, "tables": several}, needed)


def _summary(component: type[Component]) -> str:
    told = (inspect.getdoc(component) or "").partition("\n\n")[0]
    return " ".join(told.split()).replace("``", "`")
