"""A source with its tables: the core's words beside the plugin's settings."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping as AbstractMapping
from typing import Any

import attrs

from scorewell.api.v1 import CustomerKey, Source, Table
from scorewell.configuration.later import later
from scorewell.configuration.model import SourceTables
from scorewell.configuration.nodes import Entry, Mapping, Node, Scalar, spelled
from scorewell.configuration.notes import BROKEN, Notes
from scorewell.configuration.structuring import Structuring
from scorewell.messages import did_you_mean, listed

__all__ = ["Sources"]

_OF_TABLE = tuple(field.name for field in attrs.fields(Table))


def expanded_key(node: Node) -> Node:
    """``customer: account_id`` is short for ``customer: {column: account_id}``."""
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return node
    return Mapping(entries=(Entry("column", node.mark, node),), mark=node.mark, at=node.at, keys=node.keys)


class Sources:
    """Reads the section ``sources``."""

    def __init__(self, structuring: Structuring, notes: Notes) -> None:
        self._structuring = structuring
        self._notes = notes
        structuring.shorthand(CustomerKey, expanded_key)
        structuring.beside(Source, (*_OF_TABLE, "tables"))

    def read(self, section: Mapping) -> dict[str, SourceTables]:
        """The sources by name, less those that could not be made."""
        sources = {}
        for entry in section.entries:
            source = self._source(entry.value)
            if source is not None:
                sources[entry.key] = source
        return sources

    def _source(self, node: Node) -> SourceTables | None:
        if not isinstance(node, Mapping):
            self._notes.value(node, f"expected settings, as {{plugin: files, path: …}}, got {spelled(node)}")
            return None
        refused = {entry.key: told for entry in node.entries if (told := later(Source, entry.key))}
        for entry in node.entries:
            if entry.key in refused:
                self._notes.beside(entry.mark, (*node.keys, entry.key), refused[entry.key])
        inline = _only(node, _OF_TABLE)
        tables = node.get("tables")
        plugin = self._structuring.structure(node.without(frozenset({*_OF_TABLE, "tables", *refused})), Source)
        if plugin is BROKEN:
            # The tables' own mistakes are still worth telling; which tables there are, nobody knows.
            self._given(inline, tables)
            return None
        known: AbstractMapping[str, Table] = type(plugin).tables
        if tables is not None and inline.entries:
            self._notes.key(tables, f"expected either tables or a single one, which is written as {inline.names[0]}")
        if tables is None and known and "" not in known:
            if inline.entries:
                self._notes.beside(
                    inline.entries[0].mark,
                    node.keys,
                    f"{inline.names[0]!r} of which table? It has {listed(known.keys())}: write it under tables",
                )
            return SourceTables(plugin=plugin, tables=known)
        return SourceTables(plugin=plugin, tables=self._amended(known, inline, tables))

    def _given(self, inline: Mapping, tables: Node | None) -> dict[str, tuple[Mapping, dict[str, Any]]]:
        """What the user says of each table, as arguments; the name "" is the single one."""
        if tables is None:
            return {"": (inline, self._structuring.fields(inline, Table))}
        if not isinstance(tables, Mapping):
            self._notes.value(tables, f"expected settings by name, got {spelled(tables)}")
            return {}
        given = {}
        for entry in tables.entries:
            value = entry.value
            if isinstance(value, Scalar) and value.value is None:  # `tickets:` says that the table is there
                value = Mapping(entries=(), mark=value.mark, at=value.at, keys=value.keys)
            if isinstance(value, Mapping):
                given[entry.key] = value, self._structuring.fields(value, Table)
            else:
                self._notes.value(value, f"expected settings, got {spelled(value)}")
        return given

    def _amended(self, known: AbstractMapping[str, Table], inline: Mapping, tables: Node | None) -> dict[str, Table]:
        amended = dict(known)
        for name, (node, arguments) in self._given(inline, tables).items():
            if known and name not in known:
                advice = did_you_mean(name, known.keys(), f"; it has {listed(known.keys())}")
                self._notes.key(node, f"unknown table {name!r}{advice}")
                continue
            amended[name] = attrs.evolve(known.get(name, Table()), **arguments)
        return amended


def _only(node: Mapping, keys: Collection[str]) -> Mapping:
    return attrs.evolve(node, entries=tuple(entry for entry in node.entries if entry.key in keys))
