"""Finding plugins: entry points are indexed without importing; each plugin is loaded, called and blamed by itself."""

from scorewell.discovery.errors import BrokenPlugin, UnknownComponent
from scorewell.discovery.observers import Observers
from scorewell.discovery.plugins import GROUP, PluginReport, Plugins
from scorewell.discovery.registered import KINDS, Registered, kind_of

__all__ = [
    "GROUP",
    "KINDS",
    "BrokenPlugin",
    "Observers",
    "PluginReport",
    "Plugins",
    "Registered",
    "UnknownComponent",
    "kind_of",
]
