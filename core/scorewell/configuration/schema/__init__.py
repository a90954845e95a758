"""JSON Schema (2020-12) of the configuration, for editors: made of the classes that it is read into.

A setting's ``help`` is its description. Wherever a value is not simply text, ``${NAME}`` may stand for it. The schema
knows the structure; names that must lead somewhere, SQL and what settings mean together are ``scorewell check``'s to
tell.
"""

from __future__ import annotations

from typing import Any

from scorewell.configuration.loading import REQUIRED
from scorewell.configuration.model import Project
from scorewell.configuration.schema.shapes import Shapes
from scorewell.discovery import Plugins

__all__ = ["schema"]

_FILES = {
    "description": "further files of the project, relative to this one, as metrics.yaml or scorecards/*.yaml",
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
}
_VERSION = {"description": "the version of the configuration language", "const": 1}


def schema(plugins: Plugins) -> dict[str, Any]:
    """The schema of one file of a project, with the settings of these plugins' components.

    A file with a name and a version that includes no other is taken for a whole project as soon as it has a section;
    any other may be a part of one.
    """
    shapes = Shapes(plugins)
    sections, _ = shapes.settings(Project)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Scorewell configuration",
        "description": "A project, or one file of several.",
        "type": "object",
        "properties": {"version": _VERSION, "include": _FILES, **sections},
        "additionalProperties": False,
        "not": {"required": ["segments", "scores"]},
        "anyOf": [
            {"required": sorted(REQUIRED), "anyOf": [{"required": ["segments"]}, {"required": ["scores"]}]},
            {"required": ["include"]},
            {"not": {"required": ["name", "version"]}},
            {"not": {"anyOf": [{"required": [name]} for name in sections if name not in ("name", "timezone")]}},
        ],
        "$defs": shapes.definitions,
    }
