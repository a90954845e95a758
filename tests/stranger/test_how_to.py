"""The how-to is the stranger: what it shows is what these tests build and run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.docs.samples import samples

from scorewell.api import v1

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs/how-to/write-a-plugin.md"
SHOWN = {sample.file: sample.body for sample in samples(PAGE)}
FILES = [
    str(path.relative_to(HERE / "scorewell-stranger"))
    for path in sorted((HERE / "scorewell-stranger").rglob("*"))
    if path.suffix in {".html", ".py", ".toml"}
]


@pytest.mark.parametrize("file", FILES)
def test_the_how_to_shows_the_strangers_file(file: str) -> None:
    assert SHOWN[file] == (HERE / "scorewell-stranger" / file).read_text()


def test_the_how_to_shows_the_strangers_project() -> None:
    assert SHOWN["scorewell.yaml"] in (HERE / "test_stranger.py").read_text()


def test_the_how_to_lists_every_name_of_the_edition_once() -> None:
    table = PAGE.read_text().partition("## All there is to import")[2].partition("\n\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ") and "scorewell.api.v1" not in line]
    assert sorted(re.findall(r"`(\w+)`", "".join(rows))) == sorted(v1.__all__)
