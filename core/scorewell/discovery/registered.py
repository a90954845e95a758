"""What one plugin registered: the registry object that is handed to it, and the rules a component must keep."""

from __future__ import annotations

import keyword
import re
from importlib.resources.abc import Traversable
from typing import Any

import attrs

from scorewell.api.v1 import Aggregator, Component, Measure, Normalizer, ScorewellError, Sink, Source

__all__ = ["IDENTIFIER", "KINDS", "Registered", "kind_of", "settings_of", "yaml_name"]

KINDS: dict[type[Component], str] = {
    Source: "source",
    Measure: "measure",
    Normalizer: "normalizer",
    Aggregator: "aggregator",
    Sink: "sink",
}
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")

# The core's own words beside a component's settings: a setting of that name could never be given.
_TAKEN: dict[type[Component], frozenset[str]] = {
    Source: frozenset(
        ("plugin", "tables", "customer", "time", "until", "known", "covers", "fresh_within", "time_limit")
    ),
    Measure: frozenset(("type", "relative_to")),
    Normalizer: frozenset(("type", "because", "owner", "review_by")),
    Aggregator: frozenset(("type",)),
    Sink: frozenset(("plugin",)),
}


def kind_of(component: type[Component]) -> type[Component] | None:
    """Which of the five interfaces a class implements; None for none or several."""
    kinds = [kind for kind in KINDS if issubclass(component, kind)]
    return kinds[0] if len(kinds) == 1 else None


def yaml_name(field: attrs.Attribute[Any]) -> str:
    """What a setting is called in the configuration: ``from`` for ``from_``, else the field's name."""
    bare = field.name.removesuffix("_")
    return bare if keyword.iskeyword(bare) else field.name


def settings_of(component: type[Any]) -> tuple[attrs.Attribute[Any], ...]:
    """The settings of a component, or the fields of a class of nested settings, with their annotations resolved."""
    attrs.resolve_types(component)
    return tuple(field for field in attrs.fields(component) if field.init)


class Registered:
    """The registry that one plugin speaks to; it knows the plugin's name, distribution and version.

    Implements ``scorewell.api.v1.Registry``.
    """

    def __init__(self, plugin: str, distribution: str, version: str) -> None:
        self.plugin = plugin
        self.distribution = distribution
        self.version = version
        self._components: dict[tuple[type[Component], str], type[Component]] = {}
        self._themes: dict[str, Traversable] = {}

    def component(self, component: type[Component]) -> None:
        """Take a component. Raises ScorewellError where it breaks a rule of the interface."""
        kind = _checked(component)
        known = self._components.get((kind, component.name))
        if known is not None and known is not component:
            raise ScorewellError(f"registers two {KINDS[kind]}s named {component.name!r}")
        self._components[kind, component.name] = component

    def theme(self, name: str, folder: Traversable) -> None:
        """Take a theme. Raises ScorewellError where its name is no identifier, is taken, or its folder is none."""
        if not IDENTIFIER.fullmatch(name):
            raise ScorewellError(f"theme {name!r}: a name is lower case letters, digits and underscores")
        if name in self._themes:
            raise ScorewellError(f"registers two themes named {name!r}")
        if not folder.is_dir():
            raise ScorewellError(f"theme {name!r}: its folder is not there")
        self._themes[name] = folder

    def get(self, kind: type[Component], name: str) -> type[Component] | None:
        """The component of that kind and name, None where there is none."""
        return self._components.get((kind, name))

    def names(self, kind: type[Component]) -> tuple[str, ...]:
        """The names of the components of one kind, sorted."""
        return tuple(sorted(name for known, name in self._components if known is kind))

    def kinds(self, name: str) -> tuple[type[Component], ...]:
        """The kinds in which the plugin has a component of that name."""
        return tuple(kind for kind in KINDS if (kind, name) in self._components)

    @property
    def themes(self) -> dict[str, Traversable]:
        """The themes by name."""
        return dict(self._themes)


def _checked(component: object) -> type[Component]:
    """The kind of a component that keeps the rules. Raises ScorewellError for one that does not.

    ``object``, for a plugin's author need not have run a type checker.
    """
    if not isinstance(component, type):
        raise ScorewellError(f"registers {component!r}: expected a class, not an instance")
    kind = kind_of(component) if issubclass(component, Component) else None
    if kind is None:
        expected = ", ".join(known.__name__ for known in KINDS)
        raise ScorewellError(f"registers class {component.__qualname__}: expected a subclass of one of {expected}")
    name = getattr(component, "name", None)
    if not isinstance(name, str):
        raise ScorewellError(f'registers {KINDS[kind]} {component.__qualname__} without a name: write name = "…"')
    if not IDENTIFIER.fullmatch(name):
        raise ScorewellError(
            f"registers {KINDS[kind]} {name!r}: a name is lower case letters, digits and underscores; "
            "the prefix is the entry point's"
        )
    if "__attrs_attrs__" not in vars(component):
        raise ScorewellError(f"registers {KINDS[kind]} {name!r}: class {component.__qualname__} is not made by @frozen")
    # Annotations are text under `from __future__ import annotations`; one that cannot be resolved is a broken plugin,
    # and is better told here than at the first configuration that uses it.
    settings = settings_of(component)
    # Beside one field without an annotation attrs takes no field whose annotation is all there is.
    untyped = next((field.name for field in settings if field.type is None), None)
    if untyped is not None:
        raise ScorewellError(f"registers {KINDS[kind]} {name!r}: its setting {untyped!r} has no type: annotate it")
    taken = sorted({yaml_name(field) for field in settings} & _TAKEN[kind])
    if taken:
        raise ScorewellError(f"registers {KINDS[kind]} {name!r}: its setting {taken[0]!r} is a word of the core's own")
    return kind
