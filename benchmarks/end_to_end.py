"""How long a whole run takes: `scorewell demo`'s company with 1,000 customers, from its files to scores and reports.

``python benchmarks/end_to_end.py`` makes the company up once, then runs ``scorewell run`` on it in processes of their
own, and prints the median of the wall clock and of the CPU time of all threads; the start of Python and all imports are
in it. Measured are the demo with one page for every customer (the internal reports with their portfolio), without a
history, which is to hold under 2 s; with a first run into an empty one; and with half a year of weekly runs behind it,
which every page then shows, with the causes of what changed. And the last with a second page for every customer that
may be sent.

A page is a file, so the folder's file system counts: ``TMPDIR`` says where. Every run writes into an empty folder, and
nothing is deleted between them: ext4 seeks long for a new file's place among files that were deleted just before, which
no real run meets. ``--profile`` prints where the time of one run goes, by function, without imports.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import statistics
import sys
import tempfile
from datetime import datetime
from datetime import time as day_time
from pathlib import Path

from installed import SCOREWELL, cost, environment

CUSTOMERS = 1_000
ROUNDS = 9
FIRST = "first.db"
FOR_CUSTOMERS = "  - {plugin: html, path: out/reports/customers/, audience: customer}\n"


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--customers", type=int, default=CUSTOMERS)
    arguments.add_argument("--profile", action="store_true")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "company"
        variables = environment(Path(folder) / "compiled")
        made = [SCOREWELL, "--quiet", "demo", str(project), "--customers", str(asked.customers)]
        cost(made, variables)
        if asked.profile:
            profile(project)
            return
        configuration = project / "scorewell.yaml"
        both = configuration.read_text(encoding="utf-8")
        internal = both.replace(FOR_CUSTOMERS, "")
        assert internal != both, "the demo's sink for customers is written in another way now"
        first = f"history: sqlite:///{FIRST}\n{internal}"
        for said, text in {
            "without a history": f"history: none\n{internal}",
            "the first run of a history": first,
            "with half a year behind it": internal,
            "with pages for customers too": both,
        }.items():
            configuration.write_text(text, encoding="utf-8")
            print(said)
            measure(project, asked.customers, variables)


def measure(project: Path, customers: int, variables: dict[str, str]) -> None:
    """Print the median wall and CPU seconds of some runs, each into an empty folder."""
    command = [SCOREWELL, "--quiet", "run", "--as-of", "2026-03-01"]
    taken = []
    for _ in range(ROUNDS):
        (project / "out").rename(tempfile.mkdtemp(dir=project.parent))
        (project / FIRST).unlink(missing_ok=True)
        taken.append(cost(command, variables, project))
    pages = sum(1 for _ in (project / "out").rglob("*.html"))
    print(f"{customers:,} customers, {pages:,} pages, {ROUNDS} runs")
    for name in ("clock", "cpu"):
        low, middle, high = statistics.quantiles([getattr(each, name) for each in taken], n=4)
        print(f"  {name:5}{middle:5.2f} s  (half of the runs within {low:.2f} to {high:.2f})")


def profile(project: Path) -> None:
    """Print the functions that one run spends most time in, in this process, without imports."""
    from scorewell import runner
    from scorewell.configuration import load
    from scorewell.demo import AS_OF
    from scorewell.discovery import Plugins

    profiler = cProfile.Profile()
    profiler.enable()
    plugins = Plugins.installed()
    loaded = load(project / "scorewell.yaml", plugins=plugins)
    runner.run(loaded, as_of=runner.moment(datetime.combine(AS_OF, day_time()), loaded.timezone), plugins=plugins)
    profiler.disable()
    pstats.Stats(profiler, stream=sys.stderr).sort_stats("cumulative").print_stats(70)


if __name__ == "__main__":
    main()
