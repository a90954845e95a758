"""How long ``scorewell check --no-data`` takes on a project of 200 metrics, beside an empty Python.

``python benchmarks/checking.py`` prints the median of 15 runs of each, taken in turns: by the clock, and CPU seconds,
which a busy machine changes less. To hold: check under a second.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from installed import SCOREWELL, Cost, cost, environment

ROUNDS = 15
METRICS, DIMENSIONS = 200, 20


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


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "scorewell.yaml"
        project.write_text("\n".join(lines()) + "\n")
        programs = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "check --no-data": [SCOREWELL, "check", "--no-data", "-c", str(project)],
        }
        variables = environment(Path(folder) / "compiled")
        for command in programs.values():
            cost(command, variables)
        taken: dict[str, list[Cost]] = {name: [] for name in programs}
        for _ in range(ROUNDS):
            for name, command in programs.items():
                taken[name].append(cost(command, variables))
    for name, costs in taken.items():
        clock, cpu = (statistics.median(getattr(each, what) for each in costs) for what in ("clock", "cpu"))
        print(f"{name:18} {clock:6.2f} s by the clock  {cpu:6.2f} s of CPU")


if __name__ == "__main__":
    main()
