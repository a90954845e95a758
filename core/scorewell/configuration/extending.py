"""``extends``: a scorecard that is another one with changes. What loading sees has the changes made.

Settings and parts are merged by name, to any depth; a part that is ``none`` is taken away. What is no group of parts is
replaced as a whole: a normalizer, an aggregator, and lists, as bands and adjustments, so that what one reads at a place
is all that holds there. Every value keeps the place where it was written. What a scorecard says of its publication
(``status``, ``replaces``, ``effective_from``) is its own, and no other's that extends it.
"""

from __future__ import annotations

import attrs

from scorewell.configuration.nodes import Entry, Keys, Mapping, Node, Scalar, Sequence, spelled
from scorewell.configuration.notes import Notes
from scorewell.messages import did_you_mean, listed

__all__ = ["EXTENDS", "changed", "extended"]

EXTENDS = "extends"
_PARTS = ("dimensions", "metrics")
# What a scorecard says of its own publication: one that extends a draft is not another draft of the same.
_OWN = frozenset(("status", "replaces", "effective_from"))


def extended(root: Mapping, notes: Notes) -> tuple[Mapping, frozenset[str]]:
    """The tree with every scorecard whole, and the names of those of which that could not be made."""
    cards = root.get("scorecards")
    if not isinstance(cards, Mapping):
        return root, frozenset()
    extending = _Extending(cards, notes)
    entries = tuple(attrs.evolve(entry, value=extending.whole(entry.key) or entry.value) for entry in cards.entries)
    whole = attrs.evolve(cards, entries=entries)
    sections = (attrs.evolve(entry, value=whole) if entry.value is cards else entry for entry in root.entries)
    return attrs.evolve(root, entries=tuple(sections)), extending.broken


def changed(base: Mapping, change: Mapping, name: str, notes: Notes) -> Mapping:
    """The scorecard ``base``, called ``name`` and whole, with the changes to it."""
    return _Extending(base, notes).merged(base, change, name)


class _Extending:
    def __init__(self, cards: Mapping, notes: Notes) -> None:
        self._cards = cards
        self._notes = notes
        self._whole: dict[str, Node | None] = {}

    @property
    def broken(self) -> frozenset[str]:
        return frozenset(name for name, node in self._whole.items() if node is None)

    def whole(self, name: str, chain: tuple[str, ...] = ()) -> Node | None:
        """The scorecard with all that it extends; None where it extends what there is not."""
        if name not in self._whole:
            self._whole[name] = self._made(name, chain)
        return self._whole[name]

    def _made(self, name: str, chain: tuple[str, ...]) -> Node | None:
        card = self._cards.get(name)
        extends = card.get(EXTENDS) if isinstance(card, Mapping) else None
        if extends is None or not isinstance(card, Mapping):
            return card
        base_name = self._base(extends)
        if base_name is None:
            return None
        chain = (*chain, name)
        if base_name in chain:
            circle = " → ".join((*chain[chain.index(base_name) :], base_name))
            self._notes.value(extends, f"the scorecards extend each other: {circle}")
            return None
        base = self.whole(base_name, chain)
        if base is None:
            return None
        if not isinstance(base, Mapping):  # told where it stands
            return None
        return self.merged(base.without(_OWN), card.without(frozenset((EXTENDS,))), base_name)

    def _base(self, extends: Node) -> str | None:
        names = self._cards.names
        if not isinstance(extends, Scalar) or not isinstance(extends.value, str):
            self._notes.value(extends, f"expected the name of a scorecard, got {spelled(extends)}")
            return None
        if extends.raw not in names:
            advice = did_you_mean(extends.raw, names, f"; there is {listed(names)}")
            self._notes.value(extends, f"unknown scorecard {extends.raw!r}{advice}")
            return None
        return extends.raw

    def merged(self, base: Mapping, change: Mapping, of: str) -> Mapping:
        """A scorecard, dimension or metric of the scorecard ``of``, with the changes to it."""
        entries = {entry.key: _moved(entry, change.keys) for entry in base.entries}
        for entry in change.entries:
            known = entries.get(entry.key)
            if entry.key in _PARTS and isinstance(entry.value, Mapping):
                parts = known.value if known is not None and isinstance(known.value, Mapping) else None
                entries[entry.key] = attrs.evolve(entry, value=self._parts(parts, entry.value, of))
            else:
                entries[entry.key] = entry
        return attrs.evolve(change, entries=tuple(entries.values()))

    def _parts(self, base: Mapping | None, changes: Mapping, of: str) -> Mapping:
        entries = {} if base is None else {entry.key: entry for entry in base.entries}
        for entry in changes.entries:
            known = entries.get(entry.key)
            if isinstance(entry.value, Scalar) and entry.value.value in (None, "none"):
                if known is None:
                    advice = did_you_mean(entry.key, entries.keys(), f"; there is {listed(entries.keys())}")
                    self._notes.key(entry.value, f"{of} has no {entry.key!r} here to take away{advice}")
                entries.pop(entry.key, None)
            elif known is not None and isinstance(known.value, Mapping) and isinstance(entry.value, Mapping):
                entries[entry.key] = attrs.evolve(entry, value=self.merged(known.value, entry.value, of))
            else:
                entries[entry.key] = entry
        return attrs.evolve(changes, entries=tuple(entries.values()))


def _moved(entry: Entry, above: Keys) -> Entry:
    """An entry of the base under the path of what extends it."""
    return attrs.evolve(entry, value=_under(entry.value, (*above, entry.key)))


def _under(node: Node, keys: Keys) -> Node:
    match node:
        case Mapping():
            return attrs.evolve(node, keys=keys, entries=tuple(_moved(entry, keys) for entry in node.entries))
        case Sequence():
            items = tuple(_under(item, (*keys, str(number))) for number, item in enumerate(node.items, 1))
            return attrs.evolve(node, keys=keys, items=items)
        case _:
            return attrs.evolve(node, keys=keys)
