"""How a program that is measured from its start is started: as after an installation, with its modules compiled."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["environment"]


def environment(folder: Path) -> dict[str, str]:
    """The environment of such a process: what it compiles at its first start is kept in ``folder`` for the next ones.

    pip compiles what it installs. A checkout's modules would be compiled at each start where Python is told to keep
    nothing, and a run would seem slower than it is for anyone who installed it.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": str(folder)}
