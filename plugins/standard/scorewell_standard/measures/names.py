"""Names of columns, roles and attributes inside SQL."""

from __future__ import annotations

__all__ = ["quoted"]


def quoted(name: str) -> str:
    """The name as SQL takes it for one, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'
