"""Events of PyYAML's C parser to its nodes.

PyYAML's own composer follows aliases (five lines can expand to thousands of values), loses where they stood, and
overruns the stack where brackets nest deeply. This one refuses all three, with their places.
"""

from __future__ import annotations

from typing import Any

import yaml

__all__ = ["RefusedError", "compose"]

_DEEPEST = 60
# The C parser where PyYAML has it, which is everywhere but in a build from source without libyaml.
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class RefusedError(yaml.MarkedYAMLError):
    """YAML that this language does not read; ``problem`` is what to tell the user."""


def compose(text: str) -> yaml.Node | None:
    """The only document of a text; None where it has none. Raises yaml.YAMLError."""
    loader = _LOADER(text)
    try:
        loader.get_event()  # the stream's start
        if loader.check_event(yaml.StreamEndEvent):
            return None
        loader.get_event()  # the document's start
        root = _node(loader, 0)
        loader.get_event()  # the document's end
        if not loader.check_event(yaml.StreamEndEvent):
            raise _refused(loader.get_event(), "a second document begins here: a file holds one, remove the line ---")
        return root
    finally:
        loader.dispose()


def _node(loader: Any, depth: int) -> yaml.Node:
    event = loader.get_event()
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
        raise _refused(event, "anchors and aliases (&x, *x) are not read: write the value out, a text in quotes")
    if event.tag is not None:
        raise _refused(event, "tags (!x) are not read: put a text that begins with ! in quotes")
    if depth > _DEEPEST:
        raise _refused(event, "this is nested too deeply")
    start, end = event.start_mark, event.end_mark
    if isinstance(event, yaml.ScalarEvent):
        return yaml.ScalarNode("", event.value, start, end, event.style)
    if isinstance(event, yaml.SequenceStartEvent):
        items = []
        while not loader.check_event(yaml.SequenceEndEvent):
            items.append(_node(loader, depth + 1))
        return yaml.SequenceNode("", items, start, loader.get_event().end_mark, event.flow_style)
    entries = []
    while not loader.check_event(yaml.MappingEndEvent):
        entries.append((_node(loader, depth + 1), _node(loader, depth + 1)))
    return yaml.MappingNode("", entries, start, loader.get_event().end_mark, event.flow_style)


def _refused(event: Any, problem: str) -> RefusedError:
    return RefusedError(None, None, problem, event.start_mark)
