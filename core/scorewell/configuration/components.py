"""Components: a name, or a name with settings, becomes an instance of a plugin's class."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import attrs

from scorewell.api.v1 import Aggregator, Component, Expression, Measure, Normalizer, ScorewellError, Sink, Source
from scorewell.configuration.nodes import Entry, Mapping, Node, Scalar, spelled
from scorewell.configuration.notes import BROKEN, Notes
from scorewell.configuration.types import expected
from scorewell.configuration.written import BESIDE
from scorewell.discovery import KINDS, BrokenPlugin, Plugins, settings_of, yaml_name
from scorewell.messages import why

if TYPE_CHECKING:
    from scorewell.configuration.structuring import Structuring

__all__ = ["BARE", "component_hook", "made"]

BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?")


def component_hook(structuring: Structuring, notes: Notes, plugins: Plugins) -> Callable[[Node, Any], Any]:
    """The converter's hook for the five interfaces.

    ``linear``; ``{type: linear, from: 0, to: 5}`` (``plugin:`` for sources and sinks); ``{linear: {from: 0, to: 5}}``;
    and ``{steps: {"< 1": 20, else: 100}}`` where the component has a setting of its own name. Words of the core's own
    may stand beside. For a measure a text that is not a bare word is an SQL aggregate.
    """

    def hook(node: Node, kind: Any) -> Any:
        if (
            kind is Measure
            and isinstance(node, Scalar)
            and isinstance(node.value, str)
            and not BARE.fullmatch(node.raw)
        ):
            return _sql_aggregate(node, notes)
        if isinstance(node, Mapping):
            node = _apart(node, kind, structuring, notes)
        named = _named(node, kind, notes, plugins)
        if named is None:
            return BROKEN
        name, settings = named
        component = _found(name, kind, notes, plugins)
        if component is None:
            return BROKEN
        if settings is None:
            settings = _short_form(node, component, notes)
        if settings is None:
            return BROKEN
        return made(component, name.raw, _apart(settings, kind, structuring, notes), structuring, notes)

    return hook


def made(component: type[Component], name: str, settings: Mapping, structuring: Structuring, notes: Notes) -> Any:
    """An instance, or BROKEN: whatever the class raises or complains of is told at its place, as its own words."""
    before = len(notes.problems)
    arguments = structuring.fields(settings, component, name)
    if len(notes.problems) > before:
        return BROKEN
    try:
        instance = component(**arguments)
        complaints = _complaints(instance)
    except (TypeError, ValueError, ScorewellError) as error:
        return notes.key(settings, f"{name}: {error}")
    except Exception as error:  # noqa: BLE001 - a plugin's failure is told as the plugin's, whatever it raised
        return notes.key(settings, f"{name} failed: {why(error)}")
    for complaint in complaints:
        notes.key(settings, f"{name}: {complaint}")
    return instance


def _complaints(instance: Component) -> list[str]:
    answer: object = instance.problems()
    if isinstance(answer, str) or not isinstance(answer, Iterable):
        raise TypeError(f"problems answered {answer!r:.40}: expected sentences, as yield gives them")
    return list(answer)


def _apart(node: Mapping, kind: type[Component], structuring: Structuring, notes: Notes) -> Mapping:
    """The node without the core's words that stand beside a component's settings; what they say is noted."""
    beside = BESIDE.get(kind)
    if beside is None:
        return node
    words = frozenset(yaml_name(field) for field in settings_of(beside))
    said = attrs.evolve(node, entries=tuple(entry for entry in node.entries if entry.key in words))
    if said.entries:
        notes.beside_components[node.keys] = structuring.structure(said, beside)
    return node.without(words)


def _sql_aggregate(node: Scalar, notes: Notes) -> Any:
    from scorewell.dialect import SqlAggregate  # noqa: PLC0415 - sqlglot and polars, for projects that use SQL

    measure = SqlAggregate(sql=Expression(node.raw))
    for complaint in measure.problems():
        notes.value(node, complaint)
    return measure


def _named(node: Node, kind: type[Component], notes: Notes, plugins: Plugins) -> tuple[Scalar, Mapping | None] | None:
    """The node with the component's name, and its settings; no settings yet where the short form is used."""
    tag = "plugin" if kind in (Source, Sink) else "type"
    if isinstance(node, Scalar) and isinstance(node.value, str):
        return node, Mapping(entries=(), mark=node.mark, at=node.at, keys=node.keys)
    if not isinstance(node, Mapping):
        notes.value(node, f"expected {expected(kind)}, got {spelled(node)}")
        return None
    name = node.get(tag)
    if name is not None:
        if isinstance(name, Scalar) and isinstance(name.value, str):
            return name, node.without(frozenset((tag,)))
        notes.value(name, f"expected the name of {expected(kind)}, got {spelled(name)}")
        return None
    if tag == "plugin" or len(node.entries) != 1 or _is_a_setting(node.entries[0].key, kind, plugins):
        notes.key(node, f"missing setting {tag!r}: the name of {expected(kind)}", _as_a_whole(kind))
        return None
    entry = node.entries[0]
    return Scalar(value=entry.key, text=entry.key, mark=entry.mark, at=entry.mark, keys=node.keys, raw=entry.key), None


def _is_a_setting(word: str, kind: type[Component], plugins: Plugins) -> bool:
    """Whether a word that could begin a short form is no component's name, and what some component calls a setting."""
    try:
        plugins.component(kind, word)
    except BrokenPlugin:
        return False
    except ScorewellError:
        components = (plugins.component(kind, name) for name in plugins.names(kind))
        return any(yaml_name(field) == word for component in components for field in settings_of(component))
    return False


def _as_a_whole(kind: type[Component]) -> str | None:
    """What to try where settings stand without a name: one setting cannot be changed in what is extended."""
    if kind not in (Normalizer, Aggregator):
        return None
    return f"write its type and all its settings: with extends too, {expected(kind)} is replaced as a whole"


def _found(name: Scalar, kind: type[Component], notes: Notes, plugins: Plugins) -> type[Component] | None:
    try:
        return plugins.component(kind, name.raw)
    except BrokenPlugin as error:
        notes.once(name, error.message, error.hint)
    except ScorewellError as error:
        # What to install is made of the name, in which nobody would find the value of a variable again.
        notes.value(name, error.message, None if name.interpolated else error.hint)
    return None


def _short_form(node: Node, component: type[Component], notes: Notes) -> Mapping | None:
    """``{steps: …}``: the value is the setting of the component's own name, or else all its settings."""
    if not isinstance(node, Mapping):
        return None
    entry = node.entries[0]
    if any(yaml_name(field) == component.name for field in settings_of(component)):
        own = Entry(component.name, entry.mark, entry.value)
        return attrs.evolve(node, entries=(own,))
    if isinstance(entry.value, Mapping):
        return entry.value
    notes.value(
        entry.value, f"expected the settings of the {KINDS[_kind(component)]} {entry.key}, got {spelled(entry.value)}"
    )
    return None


def _kind(component: type[Component]) -> type[Component]:
    return next(kind for kind in KINDS if issubclass(component, kind))
