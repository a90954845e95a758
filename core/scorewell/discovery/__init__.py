"""Finding plugins: entry points are indexed without importing; each plugin is loaded, called and blamed by itself."""

from scorewell.discovery.errors import BrokenPlugin, UnknownComponent
from scorewell.discovery.observers import Observers
from scorewell.discovery.plugins import GROUP, PluginReport, Plugins, ships_with_scorewell
from scorewell.discovery.registered import KINDS, kind_of, settings_of, yaml_name

__all__ = [
    "GROUP",
    "KINDS",
    "BrokenPlugin",
    "Observers",
    "PluginReport",
    "Plugins",
    "UnknownComponent",
    "kind_of",
    "settings_of",
    "ships_with_scorewell",
    "yaml_name",
]
