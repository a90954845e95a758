"""What an editor says of a configuration that has the schema."""

from __future__ import annotations

from functools import cache
from textwrap import indent
from typing import Any

from jsonschema import Draft202012Validator

from scorewell.configuration.documents import Document
from scorewell.configuration.interpolation import Environment
from scorewell.configuration.nodes import Mapping, Node, Sequence
from scorewell.configuration.schema import schema
from scorewell.discovery import Plugins


@cache
def validator(plugins: Plugins) -> Draft202012Validator:
    return Draft202012Validator(schema(plugins))


@cache
def installed() -> Plugins:
    return Plugins.installed()


def data(node: Node) -> Any:
    """A node as an editor sees it: nothing is replaced, words of YAML 1.2."""
    match node:
        case Mapping():
            return {entry.key: data(entry.value) for entry in node.entries}
        case Sequence():
            return [data(item) for item in node.items]
        case _:
            return node.text if node.interpolated else node.value


def refusals(text: str, plugins: Plugins | None = None, definition: str | None = None) -> list[str]:
    """What the schema, or one of its definitions, says is wrong with a text: for each the path and the message."""
    root = Document(f"part:\n{indent(text, '  ')}", "a file", Environment({})).root
    assert root is not None, "this is no YAML"
    whole = validator(plugins or installed())
    chosen = whole if definition is None else whole.evolve(schema={"$ref": definition, "$defs": whole.schema["$defs"]})
    return [f"{'.'.join(map(str, one.absolute_path))}: {one.message}" for one in chosen.iter_errors(data(root)["part"])]
