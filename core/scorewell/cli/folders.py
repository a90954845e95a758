"""Folders that a command writes a project into."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from scorewell.templates_folder import templates_folder

__all__ = ["copied", "require_empty"]


def require_empty(folder: Path) -> None:
    """Raise a usage error where ``folder`` holds anything."""
    if folder.is_dir() and any(folder.iterdir()):
        raise click.UsageError(f"{folder.resolve()} is not empty: name a folder that is empty or does not exist yet")


def copied(template: str, folder: Path) -> list[Path]:
    """Copy ``templates/<template>`` into ``folder``, replacing files of the same names; returns the files written."""
    origin = templates_folder(template)
    written = []
    for file in sorted(path for path in origin.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        target = folder / file.relative_to(origin)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        written.append(target)
    return written
