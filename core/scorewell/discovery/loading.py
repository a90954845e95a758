"""Loading one plugin: import, hooks, registration; whatever it raises is told as that plugin's own."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import attrs
import pluggy

from scorewell.api.v1 import Hooks, ScorewellError
from scorewell.discovery.errors import BrokenPlugin
from scorewell.discovery.registered import IDENTIFIER, Registered
from scorewell.messages import did_you_mean, why

__all__ = ["Loaded", "distribution_of", "load_plugin", "observing"]


@attrs.frozen
class Loaded:
    """A plugin that loaded: what it registered, and its own hook manager, so that every call is attributed."""

    registered: Registered
    manager: pluggy.PluginManager


def distribution_of(entry_point: EntryPoint) -> tuple[str, str]:
    """The name and the version of the distribution that declares an entry point."""
    distribution = entry_point.dist
    return ("unknown distribution", "?") if distribution is None else (distribution.name, distribution.version)


def titled(entry_point: EntryPoint) -> str:
    """What a message calls a plugin: ``plugin 'acme' (scorewell-acme 0.3.1)``."""
    return f"plugin {entry_point.name!r} ({' '.join(distribution_of(entry_point))})"


def load_plugin(entry_point: EntryPoint) -> Loaded:
    """Import a plugin and let it register. Raises BrokenPlugin, whatever the plugin did."""
    registered = Registered(entry_point.name, *distribution_of(entry_point))
    try:
        return Loaded(registered, _registering(entry_point, registered))
    except (Exception, SystemExit) as error:
        # Of its own error also what that says to try: the hint here is about the plugin.
        cause = str(error) if isinstance(error, ScorewellError) else why(error)
        raise BrokenPlugin(f"{titled(entry_point)} failed to load: {cause}", hint=_hint(entry_point, error)) from error


def observing(observer: object) -> Loaded:
    """An object of this program that watches runs, called like a plugin: its errors are logged, never fatal."""
    manager = pluggy.PluginManager("scorewell")
    manager.add_hookspecs(Hooks)
    manager.register(observer)
    return Loaded(Registered(type(observer).__name__, "this program", "-"), manager)


def _registering(entry_point: EntryPoint, registered: Registered) -> pluggy.PluginManager:
    if not IDENTIFIER.fullmatch(entry_point.name):
        raise ScorewellError("the entry point's name is the prefix: lower case letters, digits and underscores")
    # A manager of its own: in a shared one a raising implementation loses the results of all others and names nobody.
    manager = pluggy.PluginManager("scorewell")
    manager.add_hookspecs(Hooks)
    plugin = entry_point.load()
    try:
        manager.register(plugin, name=entry_point.name)
    except pluggy.PluginValidationError as error:
        # Which hook, its arguments, and the one that there is not, each on a line of its own.
        raise ScorewellError(" ".join(str(error).split())) from error
    # An attribute of the manager that pluggy makes for a misspelt hook; check_pending() would name it without advice.
    known = [name for name in vars(Hooks) if not name.startswith("_")]
    for caller in manager.get_hookcallers(plugin) or ():
        if not caller.has_spec():
            raise ScorewellError(f"unknown hook {caller.name!r}{did_you_mean(caller.name, known)}")
    manager.check_pending()
    if not manager.get_hookcallers(plugin):
        raise ScorewellError("it implements no hook: mark scorewell_register with @hookimpl")
    manager.hook.scorewell_register(registry=registered)
    return manager


def _hint(entry_point: EntryPoint, error: BaseException) -> str | None:
    """What to try: install what is missing, or a newer core where the plugin wants an edition this one lacks."""
    if not isinstance(error, ImportError):
        return None
    missing = error.name or ""
    if missing == "scorewell" or missing.startswith("scorewell."):
        return "pip install -U scorewell"
    if not isinstance(error, ModuleNotFoundError) or not missing:
        return None
    package = missing.partition(".")[0]
    if entry_point.dist is not None and package == entry_point.module.partition(".")[0]:
        return f"pip install --force-reinstall {distribution_of(entry_point)[0]}"
    return f"pip install {package.replace('_', '-')}"
