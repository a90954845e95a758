"""The page of the history's tables names every table with its columns."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scorewell.history.schema import metadata

PAGE = (Path(__file__).parents[2] / "docs/reference/history.md").read_text()


@pytest.mark.parametrize("table", metadata.tables)
def test_the_table_is_told_with_its_columns(table: str) -> None:
    section = PAGE.split(f"\n## {table}\n")[1].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE) == list(metadata.tables[table].c.keys())
