"""The configuration as one text: what a history keeps of it, and reads again when the files are long changed.

Variables are replaced, extended scorecards are whole, secrets are left out; layout and comments are gone. The text is
YAML, and JSON wherever every value is quoted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Set

from scorewell.configuration.nodes import Keys, Mapping, Node, Scalar, Sequence

__all__ = ["SECRET", "kept"]

SECRET = "***"  # noqa: S105 - what stands in a secret's place
_NOT_PRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufdd0-\ufdef\ufeff\ufffe\uffff]|[\ud800-\udfff]")


def kept(root: Mapping, secrets: Set[Keys]) -> str:
    """The tree as text: one line a section, in the order written."""
    lines = (f"{_quoted(entry.key)}: {_written(entry.value, secrets)}" for entry in root.entries)
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _written(node: Node, secrets: Set[Keys]) -> str:
    match node:
        case Mapping():
            inside = (f"{_quoted(entry.key)}: {_written(entry.value, secrets)}" for entry in node.entries)
            return "{" + ", ".join(inside) + "}"
        case Sequence():
            return "[" + ", ".join(_written(item, secrets) for item in node.items) + "]"
        case Scalar():
            if node.keys in secrets:
                return _quoted(SECRET)
            # What was read has no variables any more. A number stays as it was written, 0.10 and 1e3 too.
            return _quoted(node.raw.replace("${", "$${")) if isinstance(node.value, str) else node.raw or "null"


def _quoted(text: str) -> str:
    """A double-quoted text of YAML."""
    escaped = json.dumps(text, ensure_ascii=False)
    return _NOT_PRINTABLE.sub(lambda found: f"\\U{ord(found[0]):08x}", escaped)
