"""The fingerprint of a configuration: what it says, not how it is laid out, and nothing secret."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Set

from scorewell.configuration.nodes import Keys, Mapping, Node, Scalar, Sequence, plain
from scorewell.configuration.withheld import Withheld

__all__ = ["fingerprint"]

# Their order is meaning: the first that matches wins, the first score is the headline.
_ORDERED = frozenset(("segments", "scores", "stages"))


def fingerprint(root: Mapping, withheld: Withheld, unscored: Set[Keys] = frozenset()) -> str:
    """16 hex digits of the SHA-256 of the merged tree, with ``${NAME}`` as written and without secrets
    and the passwords of addresses.

    What enters no score, as why a weight is what it is, may be written anew without making another run of it.
    The order of the sections, and of names within sources, metrics and scorecards, is layout; all other order counts.
    """
    entries = {}
    for section in root.entries:
        if section.value.keys in unscored:
            continue
        value = _told(section.value, withheld, unscored)
        if isinstance(value, dict) and section.key not in _ORDERED:
            value = dict(sorted(value.items()))
        entries[section.key] = value
    text = json.dumps(dict(sorted(entries.items())), ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _told(node: Node, withheld: Withheld, unscored: Set[Keys]) -> object:
    match node:
        case Mapping():
            said = (entry for entry in node.entries if entry.value.keys not in unscored)
            return {entry.key: _told(entry.value, withheld, unscored) for entry in said}
        case Sequence():
            return [_told(item, withheld, unscored) for item in node.items]
        case Scalar():
            text = withheld.told(node, node.text)
            return text if node.quoted or node.interpolated else plain(text)
