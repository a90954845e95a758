"""The configuration as one text: what a history keeps of it, and reads again when the files are long changed.

Variables are replaced, extended scorecards are whole, secrets and the passwords of addresses are left out; layout and
comments are gone. The text is YAML, and JSON wherever every value is quoted.
"""

from __future__ import annotations

import json
import re

from scorewell.configuration.nodes import Mapping, Node, Scalar, Sequence
from scorewell.configuration.withheld import Withheld

__all__ = ["kept"]

_NOT_PRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufdd0-\ufdef\ufeff\ufffe\uffff]|[\ud800-\udfff]")


def kept(root: Mapping, withheld: Withheld) -> str:
    """The tree as text: one line a section, in the order written."""
    lines = (f"{_quoted(entry.key)}: {_written(entry.value, withheld)}" for entry in root.entries)
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _written(node: Node, withheld: Withheld) -> str:
    match node:
        case Mapping():
            inside = (f"{_quoted(entry.key)}: {_written(entry.value, withheld)}" for entry in node.entries)
            return "{" + ", ".join(inside) + "}"
        case Sequence():
            return "[" + ", ".join(_written(item, withheld) for item in node.items) + "]"
        case Scalar():
            text = withheld.told(node, node.raw)
            if text == node.raw and not isinstance(node.value, str):
                return text or "null"  # a number as it was written, 0.10 and 1e3 too
            # What was read has no variables any more.
            return _quoted(text.replace("${", "$${"))


def _quoted(text: str) -> str:
    """A double-quoted text of YAML."""
    escaped = json.dumps(text, ensure_ascii=False)
    return _NOT_PRINTABLE.sub(lambda found: f"\\U{ord(found[0]):08x}", escaped)
