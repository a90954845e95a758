"""Where the templates are: beside this file in an installed wheel, in the checkout's ``templates/`` otherwise.

An editable install reads the checkout's files, so an edit of a template is seen at once.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["templates_folder"]


def templates_folder(name: str) -> Path:
    """The folder ``templates/<name>``. Raises FileNotFoundError where the installation lacks it."""
    package = Path(__file__).resolve().parent
    for templates in (package / "templates", package.parents[1] / "templates"):
        if (templates / name).is_dir():
            return templates / name
    raise FileNotFoundError(f"this installation of scorewell has no templates/{name}")
