"""What is wrong with how reports are to look, before there is anything to report."""

from __future__ import annotations

from collections.abc import Iterator

from scorewell.api.v1 import Appearance, ScorewellError
from scorewell.configuration import Project
from scorewell.discovery import Plugins
from scorewell.reporting.settings import branding, formats
from scorewell.reporting.theme import theme

__all__ = ["mistaken"]


def mistaken(appearance: Appearance, *, project: Project, plugins: Plugins) -> Iterator[tuple[str, ScorewellError]]:
    """What ``reports`` would refuse of it, with the names of the settings."""
    try:
        theme(appearance.theme, plugins=plugins, folder=project.folder)
    except ScorewellError as error:
        yield "theme", error
    for name, text in appearance.settings.items():
        try:
            branding({name: text}, project=project.name, folder=project.folder)
            formats({name: text})
        except ScorewellError as error:
            yield name, error
