"""The installed plugins: names to classes, importing only what a name points to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib.metadata import EntryPoint, entry_points
from importlib.resources.abc import Traversable
from typing import Self, TypeVar, cast

import attrs

from scorewell.api.v1 import Component
from scorewell.discovery.errors import BrokenPlugin, UnknownComponent
from scorewell.discovery.loading import Loaded, distribution_of, load_plugin, observing
from scorewell.discovery.observers import Observers
from scorewell.discovery.registered import IDENTIFIER, KINDS, Registered
from scorewell.messages import did_you_mean, listed, with_article

__all__ = ["GROUP", "PluginReport", "Plugins", "ships_with_scorewell"]

GROUP = "scorewell.plugins"
_OWN = "scorewell"  # the distribution whose plugins may be used without their prefix

C = TypeVar("C", bound=Component)


@attrs.frozen(kw_only=True)
class PluginReport:
    """One plugin as ``scorewell plugins`` shows it; ``problem`` is why it cannot be used, None where it can."""

    name: str
    distribution: str
    version: str
    edition: str | None
    components: Mapping[str, tuple[str, ...]]
    themes: tuple[str, ...]
    problem: str | None


class Plugins:
    """The plugins behind a set of entry points. Nothing is imported until a name asks for it.

    Names are ``<entry point>.<component>``. Those of the distribution ``scorewell`` itself may be used without prefix,
    and a bare name that is an entry point stands for that plugin's component of the same name.
    """

    def __init__(self, found: Iterable[EntryPoint]) -> None:
        index: dict[str, list[EntryPoint]] = {}
        for entry_point in found:
            known = index.setdefault(entry_point.name, [])
            if all(_identity(other) != _identity(entry_point) for other in known):
                known.append(entry_point)
        self._index = {name: tuple(sorted(index[name], key=_identity)) for name in sorted(index)}
        # The plugins of the distribution that ships the framework.
        self._own = tuple(
            name for name, points in self._index.items() if any(distribution_of(one)[0] == _OWN for one in points)
        )
        self._loaded: dict[str, Loaded | BrokenPlugin] = {}
        self._observers: list[Loaded] = []

    @classmethod
    def installed(cls) -> Self:
        """The plugins of this environment."""
        return cls(entry_points(group=GROUP))

    def component(self, kind: type[C], name: str) -> type[C]:
        """The class of a component.

        Raises UnknownComponent where there is none of that kind and name, BrokenPlugin where its plugin does not load.
        """
        prefix, dot, bare = name.partition(".")
        found = self._registered(prefix).get(kind, bare) if dot else self._unprefixed(kind, name)
        if found is None:
            raise self._unknown(kind, name)
        return cast("type[C]", found)

    def names(self, kind: type[Component]) -> tuple[str, ...]:
        """The names of one kind that may be used without prefix."""
        return tuple(sorted(name for plugin in self._own for name in self._registered(plugin).names(kind)))

    def theme(self, name: str) -> Traversable:
        """The folder of a registered theme. Raises UnknownComponent or BrokenPlugin, as ``component`` does."""
        prefix, dot, bare = name.partition(".")
        asked = [(prefix, bare)] if dot else [(own, name) for own in self._own]
        if not dot and name in self._index:
            asked.append((name, name))
        for plugin, theme in asked:
            folder = self._registered(plugin).themes.get(theme)
            if folder is not None:
                return folder
        known = tuple(sorted(theme for plugin, _ in asked for theme in self._registered(plugin).themes))
        raise UnknownComponent(f"unknown theme {name!r}; the themes are {listed(known)}")

    def overview(self) -> tuple[PluginReport, ...]:
        """Every plugin that is installed, loaded or not. Imports all of them, each isolated."""
        return tuple(self._report(entry_point) for found in self._index.values() for entry_point in found)

    def observe(self, observer: object) -> None:
        """Let an object of this program watch runs as a plugin would: its methods marked ``@hookimpl`` are called."""
        self._observers.append(observing(observer))

    def hooks(self) -> Observers:
        """The observer hooks of the plugins imported so far, then of what was given to ``observe``."""
        return Observers((*self._imported(), *self._observers))

    def meet(self, components: Iterable[type[Component]]) -> None:
        """Import the plugins that these classes come from, as naming them in a configuration would have done.

        A class that belongs to no plugin, as one written in a notebook, is nobody's; a plugin that does not load is
        told of where it is named.
        """
        modules = {component.__module__ for component in components}
        for name, (point, *_) in self._index.items():
            home = point.module.rpartition(".")[0] or point.module
            if any(module == home or module.startswith(f"{home}.") for module in modules):
                with suppress(BrokenPlugin):
                    self._registered(name)

    def versions(self) -> Mapping[str, str]:
        """The version of each distribution whose plugins were imported so far, sorted by name."""
        return dict(sorted((one.registered.distribution, one.registered.version) for one in self._imported()))

    def _imported(self) -> tuple[Loaded, ...]:
        return tuple(loaded for _, loaded in sorted(self._loaded.items()) if isinstance(loaded, Loaded))

    def _unprefixed(self, kind: type[Component], name: str) -> type[Component] | None:
        for plugin in self._own:
            found = self._registered(plugin).get(kind, name)
            if found is not None:
                return found
        return self._registered(name).get(kind, name) if name in self._index else None

    def _registered(self, name: str) -> Registered:
        """What a plugin registered, loading it the first time. Raises UnknownComponent or BrokenPlugin."""
        if name not in self._index:
            near = did_you_mean(name, self._index)
            # Nobody shall be told to install a package of a misspelt name, or of what is no plugin's name.
            is_sound = IDENTIFIER.fullmatch(name) is not None and not near
            hint = f"pip install scorewell-{name.replace('_', '-')} may provide it" if is_sound else None
            raise UnknownComponent(f"no plugin {name!r} is installed{near}", hint=hint)
        if name not in self._loaded:
            try:
                self._loaded[name] = self._load(name)
            except BrokenPlugin as error:
                self._loaded[name] = error
        loaded = self._loaded[name]
        if isinstance(loaded, BrokenPlugin):
            raise loaded
        return loaded.registered

    def _load(self, name: str) -> Loaded:
        found = self._index[name]
        if len(found) > 1:
            both = " and ".join(" ".join(distribution_of(entry_point)) for entry_point in found)
            raise BrokenPlugin(
                f"plugin {name!r} is provided by {both}: a name must lead to one plugin",
                hint=f"pip uninstall {distribution_of(found[-1])[0]}",
            )
        return load_plugin(found[0])

    def _unknown(self, kind: type[Component], name: str) -> UnknownComponent:
        prefix, dot, bare = name.partition(".")
        word = KINDS[kind]
        if dot:
            registered = self._registered(prefix)
            known = tuple(f"{prefix}.{one}" for one in registered.names(kind))
            others = registered.kinds(bare)
        else:
            known = self.names(kind)
            others = tuple(one for plugin in self._own for one in self._registered(plugin).kinds(name))
            if name in self._index:
                known += tuple(f"{name}.{one}" for one in self._registered(name).names(kind))
        if others:
            return UnknownComponent(
                f"{name!r} is {with_article(KINDS[others[0]])}, not {with_article(word)}; "
                f"the {word}s are {listed(known)}"
            )
        near = did_you_mean(name, known)
        there = f" The {word}s are" if near else f"; the {word}s are"
        return UnknownComponent(f"unknown {word} {name!r}{near}{there} {listed(known)}")

    def _report(self, entry_point: EntryPoint) -> PluginReport:
        components: dict[str, tuple[str, ...]] = {}
        themes: tuple[str, ...] = ()
        problem = None
        try:
            registered = self._registered(entry_point.name)
        except BrokenPlugin as error:
            problem = str(error)
        else:
            components = {word: names for kind, word in KINDS.items() if (names := registered.names(kind))}
            themes = tuple(sorted(registered.themes))
        distribution, version = distribution_of(entry_point)
        return PluginReport(
            name=entry_point.name,
            distribution=distribution,
            version=version,
            edition="v1" if problem is None else None,
            components=components,
            themes=themes,
            problem=problem,
        )


def ships_with_scorewell(component: type[Component]) -> bool:
    """Whether a class comes with the framework: its mistakes are nobody else's, and need no name beside them."""
    package = component.__module__.partition(".")[0]
    return any(
        point.module.partition(".")[0] == package and distribution_of(point)[0] == _OWN
        for point in entry_points(group=GROUP)
    )


def _identity(entry_point: EntryPoint) -> tuple[str, str, str]:
    return (*distribution_of(entry_point), entry_point.value)
