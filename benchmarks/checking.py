"""How long ``scorewell check --no-data`` takes on a project of 200 metrics, beside an empty Python.

``python benchmarks/checking.py`` prints the median of 15 runs of each, taken in turns: by the clock, and CPU seconds,
which a busy machine changes less. To hold: check under a second.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from installed import environment

ROUNDS = 15
METRICS, DIMENSIONS = 200, 20
SCOREWELL = str(Path(sysconfig.get_path("scripts")) / "scorewell")


def lines() -> Iterator[str]:
    """The project: three measured metrics of four, each with an aggregate, a window and a condition of its own."""
    yield "version: 1\nname: Two hundred"
    yield "sources:\n  crm: {plugin: files, path: crm.csv, customer: id}"
    yield "  usage: {plugin: files, path: usage.csv, customer: id, time: day}"
    yield "customers: {source: crm, roles: {owner: csm}, attributes: [plan, seats]}\nmetrics:"
    for number in range(METRICS):
        if number % 4 == 3:
            yield f"  m{number}: {{sql: m{number - 1} / seats + {number}}}"
        else:
            where = f"feature = 'f{number}' and minutes > {number}"
            measure = f"sum(minutes) / {number + 1}"
            yield f'  m{number}: {{source: usage, measure: {measure}, window: {number + 10}d, where: "{where}"}}'
    yield "scorecards:\n  standard:\n    dimensions:"
    each = METRICS // DIMENSIONS
    for dimension in range(DIMENSIONS):
        yield f"      d{dimension}:\n        weight: {dimension + 1}\n        metrics:"
        for number in range(dimension * each, (dimension + 1) * each):
            line = f"{{type: linear, from: 0, to: {number + 1}}}"
            yield f"          m{number}: {{weight: 1, when: seats > {number}, normalizer: {line}}}"
    yield "segments:\n  big: {when: plan = 'Enterprise', scorecard: standard}\n  rest: {scorecard: standard}"


def seconds(command: list[str], kept: Path) -> tuple[float, float]:
    """By the clock, and of the CPU; what Python compiles is in ``kept``."""
    begun, before = time.perf_counter(), os.times()
    subprocess.run(command, check=True, capture_output=True, env=environment(kept))
    after = os.times()
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    return time.perf_counter() - begun, cpu


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "scorewell.yaml"
        project.write_text("\n".join(lines()) + "\n")
        programs = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "check --no-data": [SCOREWELL, "check", "--no-data", "-c", str(project)],
        }
        compiled = Path(folder) / "compiled"
        for command in programs.values():
            seconds(command, compiled)
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
        for _ in range(ROUNDS):
            for name, command in programs.items():
                taken[name].append(seconds(command, compiled))
    for name, times in taken.items():
        clock, cpu = (statistics.median(column) for column in zip(*times, strict=True))
        print(f"{name:18} {clock:6.2f} s by the clock  {cpu:6.2f} s of CPU")


if __name__ == "__main__":
    main()
