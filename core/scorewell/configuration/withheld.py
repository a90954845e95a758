"""What is never told of a configuration: its secrets, and the passwords in addresses that are no secret as a whole."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from scorewell.api.v1 import without_passwords
from scorewell.api.v1.passwords import WITHHELD, is_password_name
from scorewell.configuration.interpolation import with_variables_as
from scorewell.configuration.nodes import Keys, Mapping, Node, Scalar, Sequence

__all__ = ["Withheld"]


@attrs.frozen
class Withheld:
    """Places of what is not told.

    ``secrets`` are whole values, ``credentials`` those that are a password and nothing else (a URL is a secret, too);
    ``texts`` are the other texts but SQL, in which the passwords of addresses are looked for.
    """

    secrets: set[Keys] = attrs.field(factory=set)
    credentials: set[Keys] = attrs.field(factory=set)
    texts: set[Keys] = attrs.field(factory=set)

    def told(self, node: Scalar, text: str) -> str:
        """What may be told of ``text``, which is the node's, as written or with its variables replaced."""
        if node.keys in self.secrets:
            return WITHHELD
        return without_passwords(text) if node.keys in self.texts else text

    def written(self, node: Node) -> Iterator[Keys]:
        """The places, in and below the node, of passwords that stand in the files themselves."""
        match node:
            case Mapping():
                for entry in node.entries:
                    yield from self.written(entry.value)
            case Sequence():
                for item in node.items:
                    yield from self.written(item)
            case Scalar():
                if self._is_written(node):
                    yield node.keys

    def _is_written(self, node: Scalar) -> bool:
        is_secret = node.keys in self.secrets
        if not is_secret and node.keys not in self.texts:
            return False
        text = with_variables_as(WITHHELD, node.text)
        if "://" in text or not is_secret:
            return without_passwords(text) != text
        is_password = node.keys in self.credentials or is_password_name(node.keys[-1])
        return is_password and text not in ("", WITHHELD)
