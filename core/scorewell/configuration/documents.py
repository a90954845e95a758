"""One YAML file as nodes: PyYAML's C parser and a strict walk.

Duplicate keys, aliases, merge keys and tags are refused; booleans are ``true`` and ``false`` only; dates stay text.
"""

from __future__ import annotations

import yaml

from scorewell.configuration.composing import compose
from scorewell.configuration.interpolation import Environment, MissingVariable
from scorewell.configuration.nodes import Entry, Keys, Mapping, Node, Scalar, Sequence, plain
from scorewell.configuration.problems import Mark, Problem
from scorewell.configuration.yaml_traps import QUOTE, broken_off, explained, lines_of

__all__ = ["Document"]


class Document:
    """Reads one file's text. ``root`` is None where it cannot be read; ``problems`` says all that is wrong."""

    def __init__(self, text: str, file: str, environment: Environment) -> None:
        self._text = text
        self._lines = lines_of(text)
        self._file = file
        self._environment = environment
        self.problems: list[Problem] = []
        self.root: Mapping | None = self._read()

    def _read(self) -> Mapping | None:
        try:
            composed = compose(self._text)
        except yaml.MarkedYAMLError as error:
            line, column, message = explained(error, self._text)
            self._problem(Mark(self._file, line + 1, column + 1), (), message)
            return None
        except yaml.reader.ReaderError as error:
            code = error.character if isinstance(error.character, int) else ord(error.character)
            before = self._text[: max(self._text.find(chr(code)), 0)]
            place = Mark(self._file, before.count("\n") + 1, len(before) - before.rfind("\n"))
            self._problem(place, (), f"a control character (U+{code:04X}) is in the text")
            return None
        top = Mark(self._file, 1, 1)
        if composed is None or (isinstance(composed, yaml.ScalarNode) and not composed.value):
            self._problem(Mark(self._file), (), "the file is empty")
            return None
        root = self._node(composed, top, ())
        if not isinstance(root, Mapping):
            self._problem(top, (), "expected settings, as `name: Acme Cloud`")
            return None
        return root

    def _node(self, node: yaml.Node, at: Mark, keys: Keys) -> Node:
        mark = self._mark(node)
        match node:
            case yaml.MappingNode():
                return Mapping(entries=self._entries(node, keys), mark=mark, at=at, keys=keys)
            case yaml.SequenceNode():
                if node.flow_style:
                    self._trapped(tuple(item for item in node.value if _is_plain(item)), keys)
                items = tuple(
                    self._node(item, self._mark(item), (*keys, str(number)))
                    for number, item in enumerate(node.value, 1)
                )
                return Sequence(items=items, mark=mark, at=at, keys=keys)
            case yaml.ScalarNode():
                return self._scalar(node, mark, at, keys)
        raise TypeError(f"PyYAML has a node of kind {type(node).__name__}")

    def _entries(self, node: yaml.MappingNode, keys: Keys) -> tuple[Entry, ...]:
        entries: dict[str, Entry] = {}
        previous: yaml.Node | None = None
        for key, value in node.value:
            mark = self._mark(key)
            if not isinstance(key, yaml.ScalarNode):
                self._problem(mark, keys, f"expected a key, got a list or a mapping: {QUOTE} if it is an expression")
            elif previous is not None and node.flow_style and _is_plain(previous) and _is_void(value):
                cut = self._mark(previous)
                self._problem(cut, keys, f"inside {{ }} a comma ends the text {previous.value!r}: {QUOTE}")
            elif key.value == "<<" and _is_plain(key):
                self._problem(mark, keys, "merge keys (<<) are not read: write the settings out")
            elif key.value == "":
                self._problem(mark, keys, "a key is empty")
            elif key.value in entries:
                self._problem(mark, (*keys, key.value), f"the key is already on line {entries[key.value].mark.line}")
            else:
                entries[key.value] = Entry(key.value, mark, self._node(value, mark, (*keys, key.value)))
            previous = value
        return tuple(entries.values())

    def _scalar(self, node: yaml.ScalarNode, mark: Mark, at: Mark, keys: Keys) -> Scalar:
        text = str(node.value)
        is_plain = _is_plain(node)
        if is_plain and broken_off(text) and self._rest(node).startswith("#"):
            self._problem(mark, keys, f"' #' begins a comment and cuts this text off: {QUOTE}")
        raw = text
        if "${" in text:
            try:
                raw = self._environment.replace(text)
            except MissingVariable as error:
                self._problem(mark, keys, str(error))
        return Scalar(
            value=plain(raw) if is_plain else raw,
            text=text,
            mark=mark,
            at=at,
            keys=keys,
            quoted=not is_plain,
            interpolated="${" in text,
            raw=raw,
        )

    def _trapped(self, items: tuple[yaml.Node, ...], keys: Keys) -> None:
        """A list item with an open bracket was cut at its comma."""
        for item in items:
            if broken_off(item.value):
                self._problem(self._mark(item), keys, f"inside [ ] a comma ends the text {item.value!r}: {QUOTE}")
                return

    def _rest(self, node: yaml.Node) -> str:
        end = node.end_mark
        return self._lines[end.line][end.column :].lstrip() if end.line < len(self._lines) else ""

    def _mark(self, node: yaml.Node) -> Mark:
        return Mark(self._file, node.start_mark.line + 1, node.start_mark.column + 1)

    def _problem(self, mark: Mark, keys: Keys, message: str) -> None:
        self.problems.append(
            Problem(file=mark.file, line=mark.line, column=mark.column, path=".".join(keys), message=message)
        )


def _is_plain(node: yaml.Node | None) -> bool:
    return isinstance(node, yaml.ScalarNode) and not node.style


def _is_void(node: yaml.Node) -> bool:
    return _is_plain(node) and node.value == ""
