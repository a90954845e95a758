"""The same inputs and configuration give identical bytes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.project_on_disk import ProjectOnDisk

SCOREWELL = [sys.executable, "-c", "from scorewell.cli import main; main()"]


@pytest.fixture
def larger(project: ProjectOnDisk) -> ProjectOnDisk:
    """Enough customers and rows that threads and hashing could show."""
    ids = [f"k{number:04}" for number in range(400)]
    sizes = ("Large", "Small")
    project.write(
        "accounts.csv",
        "id,name,plan,seats\n" + "".join(f"{id_},Name {id_},{sizes[n % 2]},{n % 50}\n" for n, id_ in enumerate(ids)),
    )
    # Sums of these depend on the order in which they are added.
    minutes = ((number * 0.1) ** 1.5 for number in range(40_000))
    project.write(
        "usage.csv",
        "account,day,minutes\n"
        + "".join(f"{ids[n * 7919 % 400]},2026-02-{n % 27 + 1:02},{value!r}\n" for n, value in enumerate(minutes)),
    )
    project.replace("scorewell.yaml", "{normalizer: {type: linear, from: 0, to: 100}}", "{normalizer: percentile}")
    project.replace("scorewell.yaml", "  - {plugin: html, path: out/customers/, audience: customer}\n", "")
    return project


def run(folder: Path, threads: int, seed: str) -> None:
    """A run in a process of its own, with other threads and other hashes than the one before."""
    environment = {"POLARS_MAX_THREADS": str(threads), "PYTHONHASHSEED": seed, "PATH": "", "TZ": "Asia/Tokyo"}
    command = [*SCOREWELL, "run", "--as-of", "2026-03-01", "--quiet"]
    subprocess.run(command, cwd=folder, env=environment, check=True)


def test_two_runs_deliver_the_same_bytes_whatever_threads_and_hashes(larger: ProjectOnDisk) -> None:
    run(larger.folder, threads=1, seed="1")
    first = larger.delivered()
    assert len(first) > 400
    (larger.folder / "out").rename(larger.folder / "before")
    run(larger.folder, threads=4, seed="2")
    second = larger.delivered()
    assert sorted(second) == sorted(first)
    assert [path for path in first if first[path] != second[path]] == []


def test_a_run_over_an_earlier_one_leaves_the_same_files_with_the_same_bytes(project: ProjectOnDisk) -> None:
    assert project.scorewell("run").exit_code == 0
    first = project.delivered()
    assert project.scorewell("run").exit_code == 0
    assert project.delivered() == first


def test_the_order_of_rows_in_the_files_does_not_matter(project: ProjectOnDisk) -> None:
    assert project.scorewell("run").exit_code == 0
    first = project.delivered()
    for name in ("accounts.csv", "usage.csv", "tickets.csv"):
        head, *rows = (project.folder / name).read_text(encoding="utf-8").splitlines()
        project.write(name, "\n".join([head, *reversed(rows)]) + "\n")
    assert project.scorewell("run").exit_code == 0
    assert project.delivered() == first


def test_another_day_is_another_run(project: ProjectOnDisk) -> None:
    ids = set()
    for day in ("2026-03-01", "2026-03-02"):
        result = project.scorewell("run", "--json", "--dry-run", "--as-of", day)
        ids.add(result.stdout.split('"run_id": "')[1][:16])
    assert len(ids) == 2
