"""Another process that writes to a store: ``python -m tests.faults.writing URL WHAT [NUMBER]``.

``over`` remembers the run of Monday over and over, every time with other values, until it is killed, and ``many`` does
so with as many customers as go into SQLite through a file of their own; ``hold`` holds the lock until a line comes in;
``week`` remembers the run of week NUMBER; ``large`` remembers another run, and may make no file of more than NUMBER
bytes.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from itertools import count
from pathlib import Path

from tests.support.remembered import MONDAY, record, transition

from scorewell.history import History, HistoryError, RunRecord
from scorewell.history.staging import FEWEST_ROWS

CUSTOMERS = 3_000


def written(value: float, week: int = 0, customers: int = CUSTOMERS) -> RunRecord:
    """A run in which every customer has this score."""
    scores: dict[str, float | None] = {f"c{number:05}": value for number in range(customers)}
    as_of = MONDAY + timedelta(weeks=week)
    return record(scores, as_of=as_of, transitions=transition("c00001"), fit=f'{{"learned": {value}}}')


def main(url: str, what: str, number: int = 0) -> None:
    history = History.open(url, project="Acme", folder=Path())
    print("ready", flush=True)
    match what:
        case "over" | "many":
            customers = FEWEST_ROWS if what == "many" else CUSTOMERS
            for value in count(1):
                with history.writing() as writer:
                    writer.replace(written(value % 100, customers=customers))
        case "hold":
            with history.writing() as writer:
                print("holding", flush=True)
                sys.stdin.readline()
                writer.replace(written(1.0))
        case "week":
            with history.writing() as writer:
                writer.replace(written(1.0, number))
        case "large":
            import resource  # Unix has it

            resource.setrlimit(resource.RLIMIT_FSIZE, (number, number))
            with history.writing() as writer:
                writer.replace(written(1.0, week=1))


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
    except HistoryError as error:
        sys.exit(f"{error}")
