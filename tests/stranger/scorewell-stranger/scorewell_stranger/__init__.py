"""A stranger's plugin: one component of each kind, and a theme."""

from importlib.resources import files

from scorewell.api.v1 import Registry, hookimpl
from scorewell_stranger.delivery import Bulletin
from scorewell_stranger.logbook import Logbook
from scorewell_stranger.opinions import Best, Halving, WeekendShare


@hookimpl
def scorewell_register(registry: Registry) -> None:
    """Called once, when a configuration first names something of ours."""
    for component in (Logbook, WeekendShare, Halving, Best, Bulletin):
        registry.component(component)
    registry.theme("night", files("scorewell_stranger") / "night")
