"""What is told does not depend on where the project lies."""

from pathlib import Path

from scorewell.api.v1 import Finding, Level
from scorewell.metrics.places import told_in_project


def test_no_part_of_a_finding_says_where_the_project_lies(tmp_path: Path) -> None:
    file = str(tmp_path / "data" / "usage.csv")
    told = told_in_project(
        tmp_path,
        Finding(
            id="x", level=Level.WARNING, where=file, message=f"{file}: 2 lines", examples=(f"{file} line 3", "C-1")
        ),
    )
    assert (told.where, told.message) == ("data/usage.csv", "data/usage.csv: 2 lines")
    assert told.examples == ("data/usage.csv line 3", "C-1")
