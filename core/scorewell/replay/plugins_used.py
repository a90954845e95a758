"""Which plugins a project uses, whoever loaded or built it.

Observers are called and fingerprints are made of the plugins that a run knows: they must not depend on whether the run
was given the plugins that the project was loaded with.
"""

from __future__ import annotations

from collections.abc import Iterator

from scorewell.api.v1 import Component
from scorewell.configuration import Project
from scorewell.configuration.inside import inside
from scorewell.discovery import Plugins

__all__ = ["plugins_for"]


def plugins_for(project: Project, plugins: Plugins | None) -> Plugins:
    """``plugins``, else those of this environment, with all that the project's components come from imported."""
    known = plugins or Plugins.installed()
    known.meet(set(_components(project)))
    return known


def _components(value: object) -> Iterator[type[Component]]:
    """The classes of all components in a project, those inside others too."""
    if isinstance(value, Component):
        yield type(value)
    for each in inside(value):
        yield from _components(each)
