"""A proposal laid over a project: a file that holds some sections, read as the project with these in place of its own.

Metrics and scorecards are laid over by name, so that a proposal writes only those it changes; of every other section
the whole is replaced. A scorecard that extends its own name is the project's with the changes made.
"""

from __future__ import annotations

import attrs

from scorewell.configuration.extending import EXTENDS, changed, extended
from scorewell.configuration.nodes import Entry, Mapping, Scalar
from scorewell.configuration.notes import Notes

__all__ = ["laid_over"]

_BY_NAME = frozenset(("metrics", "scorecards"))
_EITHER = {"segments": "scores", "scores": "segments"}
"""Of these two a project has one: it goes where the proposal has the other."""


def laid_over(root: Mapping, proposal: Mapping, notes: Notes) -> Mapping:
    """The tree of the project ``root`` with the sections of ``proposal``; every value keeps its place."""
    entries = {entry.key: entry for entry in root.entries}
    for entry in proposal.entries:
        known = entries.get(entry.key)
        if entry.key in _EITHER:
            entries.pop(_EITHER[entry.key], None)
        if entry.key in _BY_NAME and known is not None and _are_mappings(known, entry):
            base = _whole(root, notes) if entry.key == "scorecards" else None
            entry = attrs.evolve(entry, value=_by_name(known, entry, base, notes))  # noqa: PLW2901 - the same, whole
        entries[entry.key] = entry
    return attrs.evolve(root, entries=tuple(entries.values()), mark=proposal.mark)


def _are_mappings(first: Entry, second: Entry) -> bool:
    return isinstance(first.value, Mapping) and isinstance(second.value, Mapping)


def _whole(root: Mapping, notes: Notes) -> Mapping | None:
    """The project's own scorecards with what they extend; what is wrong with them is told where they are loaded."""
    cards = extended(root, Notes(notes.environment))[0].get("scorecards")
    return cards if isinstance(cards, Mapping) else None


def _by_name(known: Entry, entry: Entry, cards: Mapping | None, notes: Notes) -> Mapping:
    """The section of the project with those of the proposal, each in the place of the one of its name."""
    section, changes = known.value, entry.value
    assert isinstance(section, Mapping)  # noqa: S101 - both are, as the caller saw; tells the type checker so
    assert isinstance(changes, Mapping)  # noqa: S101
    entries = {each.key: each for each in section.entries}
    for change in changes.entries:
        base, card = None if cards is None else cards.get(change.key), change.value
        if isinstance(base, Mapping) and isinstance(card, Mapping) and _extends_itself(change.key, card):
            without = card.without(frozenset((EXTENDS,)))
            change = attrs.evolve(change, value=changed(base, without, change.key, notes))  # noqa: PLW2901 - the same, whole
        entries[change.key] = change
    return attrs.evolve(changes, entries=tuple(entries.values()))


def _extends_itself(name: str, card: Mapping) -> bool:
    extends = card.get(EXTENDS)
    return isinstance(extends, Scalar) and extends.raw == name
