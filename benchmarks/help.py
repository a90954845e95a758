"""How long ``scorewell --help`` takes, beside an empty Python and the least that a click program can do.

``python benchmarks/help.py`` prints the median of 21 runs of each, taken in turns. To hold: help under 100 ms.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from installed import SCOREWELL, cost, environment

ROUNDS = 21
CLICK = "import click; click.command(name='x')(lambda: None).main(['--help'])"
PROGRAMS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "the least click program": [sys.executable, "-c", CLICK],
    "scorewell --help": [SCOREWELL, "--help"],
}


def main() -> None:
    taken: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    with tempfile.TemporaryDirectory() as folder:
        variables = environment(Path(folder))
        for command in PROGRAMS.values():
            cost(command, variables)  # the first start compiles
        for _ in range(ROUNDS):
            for name, command in PROGRAMS.items():
                taken[name].append(1000 * cost(command, variables).clock)
    for name, times in taken.items():
        low, middle, high = statistics.quantiles(times, n=4)
        print(f"{name:25} {middle:6.1f} ms  (half of the runs within {low:.1f} to {high:.1f})")


if __name__ == "__main__":
    main()
