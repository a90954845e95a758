"""Programs that are measured from their start to their end: as after an installation, with their modules compiled."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Sequence
from pathlib import Path

import attrs

__all__ = ["SCOREWELL", "Cost", "cost", "environment"]

SCOREWELL = str(Path(sysconfig.get_path("scripts")) / "scorewell")
"""The program of the environment that the benchmark runs in."""


@attrs.frozen
class Cost:
    """What a process took: seconds by the clock and of the CPU, and the most memory that it held, in GB."""

    clock: float
    cpu: float
    memory: float


def environment(folder: Path) -> dict[str, str]:
    """The environment of such a process: what it compiles at its first start is kept in ``folder`` for the next ones.

    pip compiles what it installs. A checkout's modules would be compiled at each start where Python is told to keep
    nothing, and a run would seem slower than it is for anyone who installed it.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": str(folder)}


def cost(command: Sequence[str], variables: dict[str, str], folder: Path | None = None) -> Cost:
    """Run a program in ``folder``, without what it prints. One that fails ends the benchmark."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=variables, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    clock = time.perf_counter() - begun
    if code := os.waitstatus_to_exitcode(status):
        sys.exit(f"{' '.join(command)}: exit code {code}")
    return Cost(clock, used.ru_utime + used.ru_stime, used.ru_maxrss / 1e6)
