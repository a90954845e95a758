"""Actions: a table that says of each when it was taken, and for whom."""

from __future__ import annotations

from scorewell.configuration.checks.context import Context

__all__ = ["check_actions"]


def check_actions(context: Context) -> None:
    """The table of actions."""
    actions, keys = context.project.actions, ("actions", "source")
    if actions is None or not (context.written(keys) and context.sound(*keys)):
        return
    timeless = f"table {actions.source} declares no time, but actions need a date: write time: COLUMN there"
    context.events(actions.source, keys, timeless)
